// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <cmath>

/// The scalar functions that every loss is built of: exact in the limits, never overflowing.
namespace acsl {

/// 1 / (1 + exp(−x)).
template <class T>
ACSL_HOST_DEVICE T sigmoid(T x) {
  T const e = std::exp(x < 0 ? x : -x);
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/// ln(1 + exp(x)) = max(x, 0) + log1p(exp(−|x|)). NaN passes.
template <class T>
ACSL_HOST_DEVICE T softplus(T x) {
  return (x < 0 ? T(0) : x) + std::log1p(std::exp(x < 0 ? x : -x));
}

/// Binary cross-entropy of a logit and a target in [0, 1]: softplus(z) − z · t. Derivative: sigmoid(z) − t.
template <class T>
ACSL_HOST_DEVICE T bce(T z, T t) {
  return softplus(z) - z * t;
}

/// A value and its derivative.
template <class T>
struct value_and_slope {
  T value;
  T slope;
};

/// `bce` and its derivative by z, sigmoid(z) − t: one exponential serves both.
template <class T>
ACSL_HOST_DEVICE value_and_slope<T> bce_and_slope(T z, T t) {
  T const e = std::exp(z < 0 ? z : -z);
  T const p = z < 0 ? e / (1 + e) : 1 / (1 + e);
  return {(z < 0 ? T(0) : z) + std::log1p(e) - z * t, p - t};
}

}  // namespace acsl
