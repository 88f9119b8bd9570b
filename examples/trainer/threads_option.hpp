// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>

#include "option_checks.hpp"

namespace trainer {

/// The option --threads; 0, where it is not given, means all.
inline void add_threads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "threads; default: all; results do not depend on it")
      ->check(whole_number(1, 1024));
}

}  // namespace trainer
