// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/io/json.hpp>
#include <charconv>
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

/// Numbers of training boxes or images, small enough to be added.
[[nodiscard]] inline std::vector<std::int64_t> counts_of(json_value const& list) {
  auto const small = integers_of(list, 0, INT32_MAX);
  return {small.begin(), small.end()};
}

/// Rows of equally many numbers, row after row.
struct number_matrix {
  shape extents;
  std::vector<double> numbers;
};
/// A list of lists of numbers; at least one row and one column.
/// @param columns wanted; 0: as many as the first row has
[[nodiscard]] inline number_matrix matrix_of(json_value const& list, index_t columns = 0) {
  if (list.size() == 0 || list.at(std::size_t{0}).size() == 0) list.fail("expected rows of numbers");
  if (columns == 0) columns = static_cast<index_t>(list.at(std::size_t{0}).size());
  number_matrix result{{static_cast<index_t>(list.size()), columns}, {}};
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto const row = list.at(i);
    expect_count(row, row.size(), columns);
    for (std::size_t j = 0; j < row.size(); ++j) result.numbers.push_back(row.at(j).number());
  }
  return result;
}
/// The number in a key like "tau=0.5". @param name "tau" @param object whose key it is
[[nodiscard]] inline double number_in_key(json_value const& object, std::string const& key, std::string const& name) {
  double result = 0;
  auto const* const end = key.data() + key.size();
  bool const named = key.starts_with(name + "=");
  if (!named || std::from_chars(key.data() + name.size() + 1, end, result).ptr != end || key.size() == name.size() + 1)
    object.fail("expected keys like \"" + name + "=0.5\", found \"" + key + "\"");
  return result;
}

}  // namespace acsl::detail
