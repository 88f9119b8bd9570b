// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/io/json.hpp>
#include <cstdint>
#include <string>
#include <vector>

/// Numbers of a file that are going to be used as indices, or side by side with others.
namespace acsl::detail {

/// @throws acsl::file_error naming the place of `where` unless found == wanted
inline void expect_count(json_value const& where, std::size_t found, index_t wanted) {
  if (static_cast<index_t>(found) != wanted)
    where.fail("expected " + std::to_string(wanted) + " numbers, found " + std::to_string(found));
}
/// As many numbers as are wanted, in lists of any depth.
[[nodiscard]] inline std::vector<double> numbers_of(json_value const& list, index_t wanted) {
  auto result = acsl::numbers_of(list);
  expect_count(list, result.size(), wanted);
  return result;
}
/// A whole number from low to high.
[[nodiscard]] inline std::int64_t integer_of(json_value const& value, std::int64_t low, std::int64_t high) {
  auto const found = value.integer();
  if (found < low || found > high)
    value.fail("expected a whole number from " + std::to_string(low) + " to " + std::to_string(high) + ", found " +
               std::to_string(found));
  return found;
}
/// A list of them.
[[nodiscard]] inline std::vector<std::int32_t> integers_of(json_value const& list, std::int32_t low,
                                                           std::int32_t high) {
  std::vector<std::int32_t> result;
  for (std::size_t i = 0; i < list.size(); ++i)
    result.push_back(static_cast<std::int32_t>(integer_of(list.at(i), low, high)));
  return result;
}

}  // namespace acsl::detail
