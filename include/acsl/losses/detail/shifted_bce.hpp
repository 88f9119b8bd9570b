// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_table.hpp>
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl::detail {

/// φ = w · bce(m·z + δ, t) with a weight, a factor and a shift of every column.
struct shifted_bce {
  column_table::device weight, shift;
  double factor;
  bool foreground_only;  // the shift; background rows keep their logits
  template <class T>
  ACSL_LEAF value_and_slope<T> operator()(T z, row_word const& row, std::int32_t column) const {
    T const t = blend(column == row.target, T(1), T(0)), m = static_cast<T>(factor);
    T const w = weight.template at<T>(column);
    T const a = m * z + blend(foreground_only & row.background, T(0), shift.template at<T>(column));
    auto const term = bce_and_slope(a, t);
    return {w * term.value, w * m * term.slope};
  }
};

}  // namespace acsl::detail
