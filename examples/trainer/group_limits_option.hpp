// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <acsl/io/class_group_files.hpp>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "option_checks.hpp"

namespace trainer {

/// Reads "10,100,1000". @throws CLI::ValidationError unless it is ascending whole numbers from 1 on
inline std::vector<std::int64_t> group_limits(std::string const& text) {
  std::vector<std::int64_t> limits;
  char const *at = text.data(), *const end = at + text.size();
  for (;;) {
    std::int64_t value = 0;
    auto const [next, problem] = std::from_chars(at, end, value);
    bool const ascends = value > (limits.empty() ? 0 : limits.back());
    if (problem != std::errc{} || !ascends || (next != end && *next != ','))
      throw CLI::ValidationError("--cuts",
                                 "ascending whole numbers are wanted, as in 10,100,1000; found \"" + text + "\"");
    limits.push_back(value);
    if (next == end) return limits;
    at = next + 1;
  }
}

/// `--cuts` and `--groups`: numbers of boxes from which a category is in the next group.
/// @param usual `limits` as a text, for the help
inline void add_group_limits(CLI::App& command, std::vector<std::int64_t>& limits, std::string const& usual) {
  auto* const cuts = command
                         .add_option_function<std::string>(
                             "--cuts", [&limits](std::string const& text) { limits = group_limits(text); },
                             "boxes from which a category is in the next group: 10,100,1000")
                         ->default_str(usual);
  command
      .add_option_function<int>(
          "--groups", [&limits](int const& groups) { limits = acsl::published_group_limits(groups); },
          "the original's cuts for so many groups: 2 (100), 3 (100,1000), 4 (10,100,1000), 5 (100,500,1000,5000), "
          "6 (50 before those of 5), 7 (10 before those of 6), 8 (5 before those of 7)")
      ->check(whole_number(2, 8))
      ->excludes(cuts);
}

}  // namespace trainer
