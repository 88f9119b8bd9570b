// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl {

/// P(c) ∝ n_c^q over the classes that have objects: instance-balanced q = 1, square root q = ½, class-balanced q = 0.
/// A class without objects has probability 0; no object at all gives zeros.
/// @source Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis, ICLR 2020 (losses-spec 9.3)
[[nodiscard]] inline std::vector<double> class_sampling_probabilities(std::vector<std::int64_t> const& counts,
                                                                      double power) {
  ACSL_EXPECTS(power >= 0 && std::isfinite(power), "the power of a count is not negative", power);
  std::vector<double> result;
  double sum = 0;
  for (auto const n : counts) sum += result.emplace_back(n > 0 ? std::pow(static_cast<double>(n), power) : 0);
  for (double& p : result) p = sum > 0 ? p / sum : 0;
  return result;
}

/// From instance-balanced to class-balanced: (1 − e/E) P_{q=1} + (e/E) P_{q=0} in epoch e of E, e from 0.
[[nodiscard]] inline std::vector<double> progressive_probabilities(std::vector<std::int64_t> const& counts,
                                                                   index_t epoch, index_t epochs) {
  ACSL_EXPECTS(epoch >= 0 && epochs > 0, "an epoch of a number of epochs", epoch, epochs);
  double const share = std::min(1.0, static_cast<double>(epoch) / static_cast<double>(epochs));
  auto result = class_sampling_probabilities(counts, 1);
  auto const balanced = class_sampling_probabilities(counts, 0);
  for (std::size_t c = 0; c < result.size(); ++c) result[c] = (1 - share) * result[c] + share * balanced[c];
  return result;
}

struct class_power_options {
  double power = 0.5;
  bool progressive = false;  ///< instead of `power`, from 1 to 0 over the epochs
  index_t epochs = 1;        ///< E of `progressive`
};

/// As many draws as there are images, each independent: a class by its probability, then the image of one of its
/// objects, all objects of the class alike. With q = 1 every object of the set has the same chance. An `image_list`: a
/// function of (seed, epoch) alone.
class class_power_list {
 public:
  /// @param image_classes of every image the classes of its objects, 0-based, one entry per object; one is there
  class_power_list(std::vector<std::vector<std::int32_t>> const& image_classes, index_t classes,
                   class_power_options options, std::uint64_t seed)
      : images_of_objects_(static_cast<std::size_t>(classes)),
        length_(static_cast<index_t>(image_classes.size())),
        options_(options),
        seed_(seed) {
    for (std::size_t i = 0; i < image_classes.size(); ++i)
      for (std::int32_t const c : image_classes[i]) {
        ACSL_EXPECTS(c >= 0 && c < classes, "a class is below the number of classes", c, classes);
        images_of_objects_[static_cast<std::size_t>(c)].push_back(static_cast<index_t>(i));
      }
    for (auto const& images : images_of_objects_) counts_.push_back(static_cast<std::int64_t>(images.size()));
    ACSL_EXPECTS(std::any_of(counts_.begin(), counts_.end(), [](auto n) { return n > 0; }),
                 "sampling by class needs an object");
  }

  [[nodiscard]] std::vector<index_t> operator()(index_t epoch) const {
    auto sums = options_.progressive ? progressive_probabilities(counts_, epoch, options_.epochs)
                                     : class_sampling_probabilities(counts_, options_.power);
    std::size_t last = 0;  // with objects: rounding of the sums must not lead beyond it
    for (std::size_t c = 0; c < sums.size(); ++c) {
      if (counts_[c] > 0) last = c;
      if (c > 0) sums[c] += sums[c - 1];
    }
    auto const key = random_key{seed_}.with(static_cast<std::uint64_t>(epoch)).with(purpose::sample_class);
    std::vector<index_t> list;
    for (index_t i = 0; i < length_; ++i) {
      auto const n = 2 * static_cast<std::uint64_t>(i);
      auto const found = std::upper_bound(sums.begin(), sums.end(), key.uniform(n)) - sums.begin();
      auto const& images = images_of_objects_[std::min(last, static_cast<std::size_t>(found))];
      list.push_back(images[static_cast<std::size_t>(key.below(n + 1, images.size()))]);
    }
    return list;
  }

 private:
  std::vector<std::vector<index_t>> images_of_objects_;
  std::vector<std::int64_t> counts_;
  index_t length_;
  class_power_options options_;
  std::uint64_t seed_;
};

}  // namespace acsl
