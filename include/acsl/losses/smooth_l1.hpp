// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/stable.hpp>

namespace acsl {

/// d² / (2β) where |d| < β, else |d| − β / 2; the derivative is d / β, else sign(d). β below 1e-5 is plain L1, with
/// derivative 0 at 0.
/// @source Girshick, "Fast R-CNN", ICCV 2015. β is 1 in the box head and 1/9 in the proposal network
struct smooth_l1_element {
  double beta = 1;
  template <class T>
  ACSL_LEAF value_and_slope<T> operator()(T d) const {
    auto const b = static_cast<T>(beta);
    T const size = d < 0 ? -d : d;
    if (beta >= 1e-5 && size < b) return {d * d / (2 * b), d / b};
    T const half = beta >= 1e-5 ? b / 2 : T(0);
    return {size - half, static_cast<T>((d > 0) - (d < 0))};
  }
};

/// |d|; the derivative is sign(d), 0 at 0.
struct l1_element {
  template <class T>
  ACSL_LEAF value_and_slope<T> operator()(T d) const {
    return smooth_l1_element{0}(d);
  }
};

}  // namespace acsl
