// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/core/tensor.hpp>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

/// Arrays of numbers for tests, in host memory, and their comparison.
namespace test {

/// Normal numbers of a seed, times `scale`.
template <class T = float>
acsl::tensor<T> noise(acsl::shape const& extents, std::uint64_t seed, double scale = 1) {
  acsl::tensor<T> result(extents);
  acsl::random_key const key{seed};
  for (acsl::index_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<T>(scale * key.normal(static_cast<std::uint64_t>(i)));
  return result;
}

/// Largest |a − b|; infinity for a NaN on one side only or different sizes.
template <class A, class B>
double largest_difference(A const& a, B const& b) {
  auto const n = static_cast<acsl::index_t>(a.size());
  if (static_cast<acsl::index_t>(b.size()) != n) return INFINITY;
  double largest = 0;
  for (acsl::index_t i = 0; i < n; ++i) {
    auto const x = static_cast<double>(a.data()[i]), y = static_cast<double>(b.data()[i]);
    if (std::isnan(x) != std::isnan(y)) return INFINITY;
    if (x == y || std::isnan(x)) continue;
    largest = std::max(largest, std::abs(x - y));
  }
  return largest;
}

template <class A>
double largest_magnitude(A const& a) {
  double largest = 0;
  for (acsl::index_t i = 0; i < static_cast<acsl::index_t>(a.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a.data()[i])));
  return largest;
}

/// Largest (|a − b| − relative · |b|), to be compared with an absolute tolerance; infinity as above.
template <class A, class B>
double excess(A const& a, B const& b, double relative) {
  if (static_cast<acsl::index_t>(a.size()) != static_cast<acsl::index_t>(b.size())) return INFINITY;
  double largest = 0;
  for (acsl::index_t i = 0; i < static_cast<acsl::index_t>(a.size()); ++i) {
    auto const x = static_cast<double>(a.data()[i]), y = static_cast<double>(b.data()[i]);
    if (!(std::abs(x - y) < INFINITY)) return INFINITY;
    largest = std::max(largest, std::abs(x - y) - relative * std::abs(y));
  }
  return largest;
}

template <class A, class B>
bool same_bits(A const& a, B const& b) {
  if (a.size() != b.size()) return false;
  return a.size() == 0 ||
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(a.data()[0])) == 0;
}

}  // namespace test
