// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor.hpp>
#include <acsl/io/json.hpp>
#include <string>
#include <vector>

/// Reading the vectors under tests/golden/.
namespace test {

inline acsl::json_value golden(std::string const& path) {
  return acsl::read_json(ACSL_TEST_SOURCE "/tests/golden/" + path);
}

/// The entry of an id among the vectors of losses, heads and corrections.
inline acsl::json_value golden_vector(std::string const& id) {
  auto const all = golden("losses/loss-vectors.json").at("vectors");
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all.at(i).at("id").text() == id) return all.at(i);
  throw acsl::error("there is no vector " + id);
}

/// The lengths of nested arrays, outermost first.
inline acsl::shape extents_of(acsl::json_value value) {
  acsl::shape result;
  while (value.is_array()) {
    result.push_back(static_cast<acsl::index_t>(value.size()));
    if (value.size() == 0) break;
    value = value.at(std::size_t{0});
  }
  return result;
}

/// Nested arrays as a tensor in host memory.
template <class T>
acsl::tensor<T> golden_tensor(acsl::json_value const& value) {
  acsl::tensor<T> result(extents_of(value));
  auto const all = acsl::numbers_of(value);
  for (acsl::index_t i = 0; i < result.size(); ++i) result[i] = static_cast<T>(all[static_cast<std::size_t>(i)]);
  return result;
}

}  // namespace test
