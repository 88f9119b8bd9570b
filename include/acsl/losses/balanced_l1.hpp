// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl {

/// Balanced L1 with β = 1 and b = exp(γ/α) − 1:
///
///   (α/b) (b|d| + 1) log(b|d| + 1) − α|d| where |d| < 1, else γ|d| + γ/b − α;   slope α log(b|d| + 1), else γ
///
/// @source Pang, Chen, Shi, Feng, Ouyang, Lin, CVPR 2019 (losses-spec 8). Other β are left out: the two branches of the
///         released expression do not meet with equal slopes there
struct balanced_l1_element {
  double alpha = 0.5, gamma = 1.5;
  template <class T>
  ACSL_LEAF value_and_slope<T> operator()(T d) const {
    auto const a = static_cast<T>(alpha), g = static_cast<T>(gamma), b = static_cast<T>(math::expm1(gamma / alpha));
    T const size = d < 0 ? -d : d, sign = static_cast<T>((d > 0) - (d < 0));
    if (!(size < 1)) return {g * size + g / b - a, sign * g};
    T const logarithm = math::log1p(b * size);
    return {a / b * (b * size + 1) * logarithm - a * size, sign * a * logarithm};
  }
};

}  // namespace acsl
