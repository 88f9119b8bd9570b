// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl::detail {

/// φ = w · bce(m·z + δ, t) with a weight, a factor and a shift of every column.
struct shifted_bce {
  double const *weight, *shift;
  double factor;
  bool foreground_only;  // the shift; background rows keep their logits
  template <class T>
  ACSL_HOST_DEVICE value_and_slope<T> operator()(T z, row_word const& row, index_t column) const {
    T const t = column == row.target ? T(1) : T(0), m = static_cast<T>(factor);
    T const w = weight ? static_cast<T>(weight[column]) : T(1);
    T const a = m * z + (foreground_only && row.background ? T(0) : static_cast<T>(shift[column]));
    auto const term = bce_and_slope(a, t);
    return {w * term.value, w * m * term.slope};
  }
};

}  // namespace acsl::detail
