// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/core/host_device.hpp>
#include <cmath>

/// The scalar functions that every loss is built of: exact in the limits, never overflowing.
namespace acsl {

/// 1 / (1 + exp(−x)).
template <class T>
ACSL_LEAF T sigmoid(T x) {
  T const e = exponential(-std::fabs(x)), up = 1 / (1 + e);
  return blend(x < 0, e * up, up);
}

/// ln(1 + exp(x)) = max(x, 0) + log1p(exp(−|x|)). NaN passes.
template <class T>
ACSL_LEAF T softplus(T x) {
  return blend(x < 0, T(0), x) + logarithm_one_plus(exponential(-std::fabs(x)));
}

/// Binary cross-entropy of a logit and a target in [0, 1]: softplus(z) − z · t. Derivative: sigmoid(z) − t.
template <class T>
ACSL_LEAF T bce(T z, T t) {
  return softplus(z) - z * t;
}

/// A value and its derivative.
template <class T>
struct value_and_slope {
  T value;
  T slope;
};

/// σ(|x|), σ(−|x|) and ln(1 + exp(−|x|)) by one exponential; float by one division.
template <class T>
struct logistic_parts {
  T above, below, tail;
};
template <class T>
ACSL_LEAF logistic_parts<T> logistic(T x) {
  T const e = exponential(-std::fabs(x));
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    float const u = 1.0F + e, v = 2.0F + e, inverse = 1.0F / (u * v), above = v * inverse;
    return {above, e * above, detail::twice_artanh(e * u * inverse)};
  }
#endif
  T const above = 1 / (1 + e);
  return {above, e * above, logarithm_one_plus(e)};
}

/// `bce` and its derivative by z, sigmoid(z) − t.
template <class T>
ACSL_LEAF value_and_slope<T> bce_and_slope(T z, T t) {
  auto const [above, below, tail] = logistic(z);
  return {blend(z < 0, T(0), z) + tail - z * t, blend(z < 0, below, above) - t};
}

}  // namespace acsl
