// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/category_result.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace acsl {
namespace detail {

/// Columns that a text takes in a terminal: its code points, bytes that go on with one left out.
inline std::size_t printed_width(std::string const& utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace detail

/// Names and average precisions of all categories, three side by side, as `--classwise` of the common detection
/// toolkits prints them: AP as a fraction with three decimals, `nan` for a category without objects. Categories run
/// along the rows, in the order given. No categories: the head alone.
///
///     +----------+-------+----------+-------+----------+-------+
///     | category | AP    | category | AP    | category | AP    |
///     +----------+-------+----------+-------+----------+-------+
///     | person   | 0.508 | bicycle  | 0.274 | car      | nan   |
///     +----------+-------+----------+-------+----------+-------+
[[nodiscard]] inline std::string classwise_table(std::vector<category_result> const& categories) {
  std::size_t const columns = 2 * std::clamp<std::size_t>(categories.size(), 1, 3);
  std::vector<std::string> cells;
  for (std::size_t c = 0; c < columns; ++c) cells.push_back(c % 2 == 0 ? "category" : "AP");
  for (auto const& category : categories) {
    double const ap = category.ap();
    char number[32] = "nan";
    if (ap >= 0) std::snprintf(number, sizeof number, "%.3f", ap);
    cells.push_back(category.name);
    cells.emplace_back(number);
  }
  cells.resize((cells.size() + columns - 1) / columns * columns);
  std::array<std::size_t, 6> widths = {};
  for (std::size_t i = 0; i < cells.size(); ++i)
    widths[i % columns] = std::max(widths[i % columns], detail::printed_width(cells[i]));
  std::string rule = "+";
  for (std::size_t c = 0; c < columns; ++c) rule += std::string(widths[c] + 2, '-') + "+";
  rule += '\n';
  std::string text = rule;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % columns == 0) text += '|';
    text += " " + cells[i] + std::string(widths[i % columns] - detail::printed_width(cells[i]), ' ') + " |";
    if (i % columns + 1 < columns) continue;
    text += '\n';
    if (i + 1 == columns) text += rule;
  }
  return categories.empty() ? text : text + rule;
}

}  // namespace acsl
