// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>

namespace acsl {

/// A new tensor in the backend's memory with the same elements.
template <backend Backend, class T>
tensor<std::remove_const_t<T>> clone(Backend& exec, tensor_view<T> x) {
  tensor<std::remove_const_t<T>> result(x.extents(), exec.memory());
  exec.copy(tensor_view<std::remove_const_t<T> const>(x), result.view());
  return result;
}

/// A new tensor in the backend's memory, every element `value`.
template <backend Backend, class T>
tensor<T> filled(Backend& exec, shape extents, T value) {
  tensor<T> result(extents, exec.memory());
  exec.fill(result.view(), value);
  return result;
}

}  // namespace acsl
