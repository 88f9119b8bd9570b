// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/math.hpp>

namespace acsl::detail {

/// A number with its derivatives by four variables: what a function of a box computes, its gradient along with it.
template <class T>
struct dual {
  T value = 0;
  T by[4] = {0, 0, 0, 0};

  ACSL_HOST_DEVICE static constexpr dual variable(T value, int i) {
    dual result{value, {0, 0, 0, 0}};
    result.by[i] = 1;
    return result;
  }
  /// f(a, b) whose derivatives by a and b are given.
  ACSL_HOST_DEVICE static constexpr dual chain(T value, dual const& a, T by_a, dual const& b, T by_b) {
    dual result{value, {0, 0, 0, 0}};
    for (int i = 0; i < 4; ++i) result.by[i] = a.by[i] * by_a + b.by[i] * by_b;
    return result;
  }
  ACSL_HOST_DEVICE friend constexpr dual operator+(dual const& a, dual const& b) {
    return chain(a.value + b.value, a, 1, b, 1);
  }
  ACSL_HOST_DEVICE friend constexpr dual operator-(dual const& a, dual const& b) {
    return chain(a.value - b.value, a, 1, b, -1);
  }
  ACSL_HOST_DEVICE friend constexpr dual operator*(dual const& a, dual const& b) {
    return chain(a.value * b.value, a, b.value, b, a.value);
  }
  ACSL_HOST_DEVICE friend constexpr dual operator/(dual const& a, dual const& b) {
    return chain(a.value / b.value, a, 1 / b.value, b, -a.value / (b.value * b.value));
  }
};

template <class T>
ACSL_HOST_DEVICE constexpr dual<T> constant(T value) {
  return {value, {0, 0, 0, 0}};
}
/// The larger one. Where both are equal the derivative is the mean of both sides.
template <class T>
ACSL_HOST_DEVICE constexpr dual<T> larger(dual<T> const& a, dual<T> const& b) {
  T const share = a.value > b.value ? T(1) : (a.value < b.value ? T(0) : T(0.5));
  return dual<T>::chain(a.value < b.value ? b.value : a.value, a, share, b, 1 - share);
}
template <class T>
ACSL_HOST_DEVICE constexpr dual<T> smaller(dual<T> const& a, dual<T> const& b) {
  T const share = a.value < b.value ? T(1) : (a.value > b.value ? T(0) : T(0.5));
  return dual<T>::chain(b.value < a.value ? b.value : a.value, a, share, b, 1 - share);
}
/// max(a, low); at and below the limit the derivative is 0.
template <class T>
ACSL_HOST_DEVICE constexpr dual<T> at_least(dual<T> const& a, T low) {
  return a.value <= low ? constant(low) : a;
}
template <class T>
ACSL_HOST_DEVICE dual<T> log(dual<T> const& a) {
  return dual<T>::chain(math::log(a.value), a, 1 / a.value, a, 0);
}
template <class T>
ACSL_HOST_DEVICE dual<T> atan(dual<T> const& a) {
  return dual<T>::chain(math::atan(a.value), a, 1 / (1 + a.value * a.value), a, 0);
}
/// |a|, with derivative 0 at 0.
template <class T>
ACSL_HOST_DEVICE constexpr dual<T> magnitude(dual<T> const& a) {
  T const sign = static_cast<T>((a.value > 0) - (a.value < 0));
  return dual<T>::chain(a.value < 0 ? -a.value : a.value, a, sign, a, 0);
}

}  // namespace acsl::detail
