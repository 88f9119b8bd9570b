// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/core/host_device.hpp>
#include <acsl/core/math.hpp>

/// The scalar functions that every loss is built of: exact in the limits, never overflowing.
namespace acsl {

/// 1 / (1 + exp(−x)).
template <class T>
ACSL_LEAF T sigmoid(T x) {
  T const e = exponential_share(minus_magnitude(x)), up = 1 / (1 + e);
  return blend(x < 0, e * up, up);
}

/// ln(1 + exp(x)) = max(x, 0) + log1p(exp(−|x|)). NaN passes.
template <class T>
ACSL_LEAF T softplus(T x) {
  return blend(x < 0, T(0), x) + logarithm_one_plus(exponential_share(minus_magnitude(x)));
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

/// A value linear + ln(1 + excess), 0 <= excess <= 1, and its derivative. In this form the logarithms of many terms can
/// become one of a product.
template <class T>
struct logarithmic_term {
  T linear, excess;
  T slope;
};

/// The value of a term in any form.
template <class T>
ACSL_LEAF T value_of(T x) {
  return x;
}
template <class T>
ACSL_LEAF T value_of(value_and_slope<T> term) {
  return term.value;
}
template <class T>
ACSL_LEAF T value_of(logarithmic_term<T> term) {
  return term.linear + logarithm_one_plus(term.excess);
}

/// σ(|x|), σ(−|x|) and ln(1 + exp(−|x|)) by one exponential; float by one division.
template <class T>
struct logistic_parts {
  T above, below, tail;
};
template <class T>
ACSL_LEAF logistic_parts<T> logistic(T x) {
  T const e = exponential_share(minus_magnitude(x));
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    float const u = 1.0F + e, v = 2.0F + e, inverse = 1.0F / (u * v), above = v * inverse;
    return {above, e * above, detail::twice_artanh(e * u * inverse)};
  }
#endif
  T const above = 1 / (1 + e);
  return {above, e * above, logarithm_one_plus(e)};
}

/// w times `bce` with target 1 or 0, and its derivative by z: with x = −z for the target and z for others, w
/// softplus(x) and ±w sigmoid(x), which does not cancel. NaN and infinities are not hidden by w = 0. @pre w is 0 or 1
template <class T>
ACSL_LEAF logarithmic_term<T> bce_and_slope(T z, bool target, T w = T(1)) {
  T const x = blend(target, -z, z), e = w * exponential_share(minus_magnitude(z));
  T const share = blend(x < 0, e, w) / (1 + e);
  return {w * multiply_add(x, T(0), blend(x < 0, T(0), x)), e, blend(target, -share, share)};  // 0 · ∞ is not hidden
}

}  // namespace acsl
