// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>

namespace acsl {

/// Where background and classes stand among the columns of the logits. Labels do not depend on it: 0 is background, c
/// is the c-th foreground class, a negative label marks a row that is ignored.
enum class column_layout : std::uint8_t {
  background_first,  ///< C + 1 columns: background, then the classes
  background_last,   ///< C + 1 columns: the classes, then background
  no_background,     ///< C columns: a background row has no true column
  objectness_pair,   ///< C + 2 columns: the classes, then object and background
};

/// A layout with a number of columns.
struct column_map {
  column_layout layout = column_layout::background_first;
  index_t columns = 0;

  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t classes() const {
    return layout == column_layout::no_background ? columns
                                                  : columns - (layout == column_layout::objectness_pair ? 2 : 1);
  }
  /// Column of a class, c in [1, classes()].
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t of_class(index_t c) const {
    return layout == column_layout::background_first ? c : c - 1;
  }
  /// `columns`, which is no column, where background has none.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t background() const {
    if (layout == column_layout::background_first) return 0;
    return layout == column_layout::no_background ? columns : columns - 1;
  }
};

[[nodiscard]] constexpr index_t columns_of(column_layout layout, index_t classes) {
  return layout == column_layout::no_background ? classes
                                                : classes + (layout == column_layout::objectness_pair ? 2 : 1);
}

}  // namespace acsl
