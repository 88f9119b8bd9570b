// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/random_key.hpp>
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

/// For test bodies that run on every backend, also on those whose memory the host cannot touch: numbers go there with
/// `on` and come back with `host`.
namespace test {

/// The elements in the backend's memory; without extents, as a vector.
template <acsl::backend Exec, class T>
acsl::tensor<T> on(Exec& exec, std::vector<T> const& values, acsl::shape extents) {
  acsl::tensor<T> result(extents, exec.memory());
  exec.copy_from_host(acsl::tensor_view<T const>(values.data(), extents), result.view());
  return result;
}
template <acsl::backend Exec, class T>
acsl::tensor<T> on(Exec& exec, std::vector<T> const& values) {
  return on(exec, values, {static_cast<acsl::index_t>(values.size())});
}

/// The elements in host memory.
template <acsl::backend Exec, class T>
std::vector<std::remove_const_t<T>> host(Exec& exec, acsl::tensor_view<T> x) {
  std::vector<std::remove_const_t<T>> result(static_cast<std::size_t>(x.size()));
  exec.copy_to_host(acsl::tensor_view<std::remove_const_t<T> const>(x),
                    acsl::tensor_view<std::remove_const_t<T>>(result.data(), {x.size()}));
  return result;
}
template <acsl::backend Exec, class T>
std::vector<T> host(Exec& exec, acsl::tensor<T> const& x) {
  return host(exec, x.view());
}

/// Uniform numbers in [−1, 1).
inline std::vector<float> uniform_floats(acsl::index_t count, std::uint64_t seed) {
  std::vector<float> result(static_cast<std::size_t>(count));
  acsl::random_key const key{seed};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<float>(key.uniform(i, -1, 1));
  return result;
}

/// Largest |a − b| / (1 + |b|); infinity where one is no number or the sizes differ.
inline double distance(std::vector<float> const& a, std::vector<float> const& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])) / (1 + std::abs(double{b[i]}));
    if (!(d < std::numeric_limits<double>::infinity())) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, d);
  }
  return largest;
}

}  // namespace test
