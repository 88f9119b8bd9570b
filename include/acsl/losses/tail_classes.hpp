// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_statistics.hpp>
#include <acsl/losses/column_layout.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

/// One flag per column: 1 for a class whose share of the training images is below `threshold` (strictly). 0.00177 makes
/// exactly the rare and common classes of LVIS v0.5 the tail; 0.0011 gives nearly the same split of v1.
inline std::vector<std::uint32_t> tail_columns(class_statistics const& classes, double threshold,
                                               column_layout layout) {
  ACSL_EXPECTS(threshold > 0, "the frequency below which a class is in the tail is positive", threshold);
  column_map const map{layout, columns_of(layout, classes.classes())};
  std::vector<std::uint32_t> result(static_cast<std::size_t>(map.columns), 0);
  for (index_t c = 1; c <= classes.classes(); ++c)
    result[static_cast<std::size_t>(map.of_class(c))] = classes.image_frequency(c - 1) < threshold;
  return result;
}

}  // namespace acsl
