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
#include <string>
#include <vector>

namespace bench {

using acsl::index_t;

/// Rows and columns of a benchmark; the last column set is that of LVIS v0.5 with background.
struct shape {
  index_t rows, columns;
};
inline std::vector<shape> shapes() {
  std::vector<shape> all;
  for (index_t const rows : {512, 1024, 4096})
    for (index_t const columns : {81, 1204, 1231}) all.push_back({rows, columns});
  return all;
}
inline std::string name_of(std::string const& method, shape of) {
  return method + "/" + std::to_string(of.rows) + "x" + std::to_string(of.columns);
}

/// Bytes that no cache of today's servers holds.
inline constexpr std::size_t beyond_caches = std::size_t{512} << 20;

/// Batches as a box head sees them: a quarter of the rows foreground, classes by a power law, logits around −2 as of a
/// detector in training. As many copies as leave no cache a chance; `next()` walks over them.
class batches {
 public:
  batches(shape of, index_t classes) : shape_(of) {
    auto const size = static_cast<std::size_t>(of.rows * of.columns);
    copies_ = std::max<std::size_t>(2, beyond_caches / (2 * sizeof(float) * size));
    logits_.resize(copies_ * size);
    gradients_.resize(copies_ * size);
    acsl::random_key const key{17};
    for (std::size_t i = 0; i < size; ++i)
      logits_[i] = static_cast<float>(-2 + 2 * key.normal(static_cast<std::uint64_t>(i)));
    for (std::size_t c = 1; c < copies_; ++c)
      std::copy_n(logits_.begin(), size, logits_.begin() + static_cast<std::ptrdiff_t>(c * size));
    auto const draw = key.with(std::uint64_t{1});
    for (index_t i = 0; i < of.rows; ++i) {
      double const u = draw.uniform(static_cast<std::uint64_t>(i));
      auto const c = static_cast<std::int32_t>(std::pow(static_cast<double>(classes), u));  // density ~ 1 / c
      labels_.push_back(i % 4 == 0 ? std::min(c, static_cast<std::int32_t>(classes)) : 0);
    }
  }
  explicit batches(shape of) : batches(of, of.columns - 1) {}
  void next() { at_ = (at_ + 1) % copies_; }
  [[nodiscard]] float* logits() { return logits_.data() + offset(); }
  [[nodiscard]] float* gradient() { return gradients_.data() + offset(); }
  [[nodiscard]] acsl::tensor_view<std::int32_t const> labels() const { return {labels_.data(), {shape_.rows}}; }

  /// Counts on the power law of the labels, LVIS-like.
  [[nodiscard]] static acsl::class_statistics statistics(index_t classes) {
    acsl::class_statistics result;
    result.images = 50000;
    for (index_t c = 1; c <= classes; ++c) {
      auto const n = std::max<std::int64_t>(1, 20000 / (c * std::max<index_t>(1, c / 64)));
      result.image_count.push_back(std::max<std::int64_t>(1, n / 2));
      result.instance_count.push_back(n);
      result.frequency.push_back(acsl::frequency_of(result.image_count.back()));
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

inline constexpr int threads = 2;

}  // namespace bench
