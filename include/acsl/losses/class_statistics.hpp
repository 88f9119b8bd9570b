// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

/// What a data set says about its foreground classes, in the order of their labels. Losses for long tails read it.
struct class_statistics {
  std::vector<char> frequency;               ///< 'r', 'c' or 'f'; 0 where unknown
  std::vector<std::int64_t> image_count;     ///< training images that hold the class
  std::vector<std::int64_t> instance_count;  ///< training boxes
  std::int64_t images = 0;                   ///< training images; 0 where unknown

  [[nodiscard]] index_t classes() const { return static_cast<index_t>(frequency.size()); }

  /// Share of the training images that hold a class, the class counted in one image at least.
  /// @throws acsl::error where the number of images is unknown
  [[nodiscard]] double image_frequency(index_t label_minus_one) const {
    ACSL_EXPECTS(images > 0, "the statistics hold the number of training images", images);
    ACSL_EXPECTS(label_minus_one >= 0 && label_minus_one < static_cast<index_t>(image_count.size()),
                 "the statistics hold the number of images of every class", label_minus_one, image_count.size());
    auto const n = image_count[static_cast<std::size_t>(label_minus_one)];
    return static_cast<double>(n > 0 ? n : 1) / static_cast<double>(images);
  }

  /// From one letter per class, counts unknown: `from_groups("rcf")`.
  static class_statistics from_groups(char const* letters) {
    class_statistics result;
    for (; *letters; ++letters) {
      char const letter[] = {*letters, '\0'};
      ACSL_EXPECTS(*letter == 'r' || *letter == 'c' || *letter == 'f', "a frequency group is r, c or f", letter);
      result.frequency.push_back(*letter);
    }
    result.image_count.assign(result.frequency.size(), 0);
    result.instance_count.assign(result.frequency.size(), 0);
    return result;
  }
};

/// LVIS's letter for a number of training images: 1 to 10 rare, 11 to 100 common, more frequent. 0 images: rare.
constexpr char frequency_of(std::int64_t images) { return images <= 10 ? 'r' : (images <= 100 ? 'c' : 'f'); }

}  // namespace acsl
