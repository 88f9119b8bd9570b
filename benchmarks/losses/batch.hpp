// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <benchmark/benchmark.h>
#include <acsl/core/random_key.hpp>
#include <acsl/core/tensor_view.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "../machine.hpp"

namespace bench {

/// Rows and columns of a benchmark; the last column set is that of LVIS v0.5 with background.
struct shape {
  index_t rows, columns;
  bool cached = false;  ///< one batch and one gradient again and again, as a product has just written it
};
inline std::vector<shape> shapes() {
  std::vector<shape> all;
  for (index_t const rows : {512, 1024, 4096})
    for (index_t const columns : {81, 1204, 1231}) all.push_back({rows, columns});
  all.push_back({1024, 1231, true});
  return all;
}
inline std::string name_of(std::string const& method, shape of) {
  return method + "/" + std::to_string(of.rows) + "x" + std::to_string(of.columns) + (of.cached ? "_cached" : "");
}

/// Bytes that no cache of today's servers holds.
inline constexpr std::size_t beyond_caches = std::size_t{1024} << 20;

/// The classes by the number of their images, most first: in no order of their numbers, as data sets have them.
inline std::vector<std::int32_t> classes_by_rank(index_t classes) {
  std::vector<std::int32_t> result(static_cast<std::size_t>(classes));
  std::iota(result.begin(), result.end(), 1);
  acsl::random_key const key{3};
  std::sort(result.begin(), result.end(), [&](std::int32_t a, std::int32_t b) {
    return key.bits(static_cast<std::uint64_t>(a)) < key.bits(static_cast<std::uint64_t>(b));
  });
  return result;
}

/// Batches as a box head sees them: a quarter of the rows foreground, classes by a power law, logits around −2 as of a
/// detector in training. As many copies as leave no cache a chance, over which `next()`
/// walks, or one where the shape is `cached`.
class batches {
 public:
  batches(shape of, index_t classes) : shape_(of) {
    auto const size = static_cast<std::size_t>(of.rows * of.columns);
    copies_ = of.cached ? 1 : std::max<std::size_t>(2, beyond_caches / (2 * sizeof(float) * size));
    logits_.resize(copies_ * size);
    gradients_.resize(copies_ * size);
    acsl::random_key const key{17};
    for (std::size_t i = 0; i < size; ++i)
      logits_[i] = static_cast<float>(-2 + 2 * key.normal(static_cast<std::uint64_t>(i)));
    for (std::size_t c = 1; c < copies_; ++c)
      std::copy_n(logits_.begin(), size, logits_.begin() + static_cast<std::ptrdiff_t>(c * size));
    auto const draw = key.with(std::uint64_t{1});
    auto const ranked = classes_by_rank(classes);
    for (index_t i = 0; i < of.rows; ++i) {
      double const u = draw.uniform(static_cast<std::uint64_t>(i));
      auto const rank = static_cast<std::size_t>(std::pow(static_cast<double>(classes), u));  // density ~ 1 / rank
      labels_.push_back(i % 4 == 0 ? ranked[std::min(rank, ranked.size()) - 1] : 0);
    }
  }
  explicit batches(shape of) : batches(of, of.columns - 1) {}
  void next() { at_ = (at_ + 1) % copies_; }
  [[nodiscard]] float* logits() { return logits_.data() + offset(); }
  [[nodiscard]] float* gradient() { return gradients_.data() + offset(); }
  [[nodiscard]] acsl::tensor_view<std::int32_t const> labels() const { return {labels_.data(), {shape_.rows}}; }

  /// Counts like those of LVIS v0.5: 26 % of the classes in more than 100 images, 37 % in at most 10.
  [[nodiscard]] static acsl::class_statistics statistics(index_t classes) {
    acsl::class_statistics result;
    result.images = 57000;
    auto const size = static_cast<std::size_t>(classes);
    result.image_count.resize(size);
    auto const frequent = 0.26 * static_cast<double>(classes);
    double rank = 0;
    for (std::int32_t const c : classes_by_rank(classes)) {
      double const share = ++rank / frequent;
      double const images = 100 * std::pow(share, share < 1 ? -0.92 : -2.55);
      result.image_count[static_cast<std::size_t>(c) - 1] = std::max<std::int64_t>(1, std::llround(images));
    }
    for (auto const images : result.image_count) {
      result.instance_count.push_back(2 * images);
      result.frequency.push_back(acsl::frequency_of(images));
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t offset() const { return at_ * static_cast<std::size_t>(shape_.rows * shape_.columns); }

  shape shape_;
  std::size_t copies_ = 0, at_ = 0;
  std::vector<float> logits_, gradients_;
  std::vector<std::int32_t> labels_;
};

/// One read and one write of the matrix: what every method moves at least.
inline void count_bytes(benchmark::State& state, shape of) {
  state.SetBytesProcessed(state.iterations() * of.rows * of.columns * index_t{2 * sizeof(float)});
}

}  // namespace bench
