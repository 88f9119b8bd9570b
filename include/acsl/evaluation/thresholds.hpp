// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>

namespace acsl {

/// What LVIS (and COCO) average over. The numbers are those of the official tool to the last bit, which matters where
/// an overlap or a recall lies exactly on a threshold: overlap threshold 8 is the double below 0.9, and recall
/// threshold 70 is 0.7000000000000001, which 7 of 10 objects do not reach.
inline constexpr std::array<double, 10> overlap_thresholds = [] {
  std::array<double, 10> values{};
  double const step = (0.95 - 0.5) / 9;
  for (std::size_t i = 0; i < 9; ++i) values[i] = 0.5 + static_cast<double>(i) * step;
  values[9] = 0.95;
  return values;
}();

inline constexpr std::array<double, 101> recall_thresholds = [] {
  std::array<double, 101> values{};
  for (std::size_t i = 0; i < 100; ++i) values[i] = static_cast<double>(i) * 0.01;
  values[100] = 1.0;
  return values;
}();

/// COCO also asks how many objects the best detection, and the best ten, of an image and category find.
inline constexpr std::array<std::size_t, 2> fewer_detections{1, 10};

/// Sizes of objects, in square pixels; both ends belong to the range.
struct area_range {
  double least, most;
  [[nodiscard]] constexpr bool holds(double area) const { return !(area < least || area > most); }
};
enum class object_size { all, small, medium, large };
inline constexpr std::array<area_range, 4> area_ranges{{{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}}};

}  // namespace acsl
