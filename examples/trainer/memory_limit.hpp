// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <acsl/io/memory_budget.hpp>
#include <cstdint>

#include "option_checks.hpp"

namespace trainer {

inline constexpr std::uint64_t usual_memory_mib = acsl::memory_budget::usual_bytes >> 20;

/// --memory-limit, of commands that read files that may come from anywhere.
inline void add_memory_limit(CLI::App& command, std::uint64_t& mib) {
  command.add_option("--memory-limit", mib, "MiB that the file may take in memory; more is refused before it is taken")
      ->check(whole_number(1, std::int64_t{1} << 40))
      ->capture_default_str();
}

}  // namespace trainer
