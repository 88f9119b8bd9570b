// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_table.hpp>
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl::detail {

/// φ = bce(m·z + δ, t) with a factor, and a shift of every column.
struct shifted_bce {
  column_table::device shift;
  double factor;
  bool foreground_only;  // the shift; background rows keep their logits
  template <class T>
  ACSL_LEAF logarithmic_term<T> operator()(T z, row_word const& row, std::int32_t column) const {
    T const m = static_cast<T>(factor);
    T const own_shift = blend(foreground_only & row.background, T(0), shift.template at<T>(column));
    auto const term = bce_and_slope(multiply_add(m, z, own_shift), column == row.target);
    return {term.linear, term.excess, m * term.slope};
  }
};

}  // namespace acsl::detail
