// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <vector>

/// Numbers of a file in a backend's memory, and results back.
namespace acsl::detail {

/// @pre as many numbers as the extents have elements
template <class T, backend Backend>
tensor<T> on_backend(Backend& exec, std::vector<double> const& numbers, shape const& extents) {
  std::vector<T> host;
  for (double const x : numbers) host.push_back(static_cast<T>(x));
  tensor<T> result(extents, exec.memory());
  if (!host.empty()) exec.copy_from_host(tensor_view<T const>(host.data(), extents), result.view());
  return result;
}
template <class T, backend Backend>
std::vector<double> on_host(Backend& exec, tensor<T> const& from) {
  std::vector<T> copy(static_cast<std::size_t>(from.size()));
  if (!copy.empty()) exec.copy_to_host(from.view(), tensor_view<T>(copy.data(), from.extents()));
  return {copy.begin(), copy.end()};
}

}  // namespace acsl::detail
