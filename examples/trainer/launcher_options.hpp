// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace trainer {

namespace detail {

inline constexpr char launcher_group[] = "Options of the original's launchers, of no use here";

/// An option with one value that changes nothing.
/// @param why what the message says of every other value
inline void add_fixed_option(CLI::App& command, char const* name, std::string const& about, char const* value,
                             char const* why) {
  command.add_option(name, about)->group(launcher_group)->check([=](std::string const& text) {
    return text == value ? std::string() : std::string(why) + ": " + text;
  });
}

}  // namespace detail

/// Options of the original's launchers, which start a process per GPU: what means one process is taken, all else is
/// refused with the reason, so that a command line of the original says what to change.
inline void add_launcher_options(CLI::App& command) {
  detail::add_fixed_option(command, "--launcher", "none: acsl runs in one process, on all cores", "none",
                           "acsl runs in one process, on all cores; only \"none\" is accepted");
  detail::add_fixed_option(command, "--local_rank", "0: there is one process", "0",
                           "there is one process, whose number is 0");
}

/// The same for commands that test, whose processes exchange what they found.
inline void add_launcher_options_of_tests(CLI::App& command) {
  add_launcher_options(command);
  command.add_option("--tmpdir", "processes of a distributed run would exchange files there")
      ->group(detail::launcher_group)
      ->check([](std::string const& text) {
        return "there is one process, which exchanges no files: leave it out (" + text + ")";
      });
}

/// The same for commands that train.
inline void add_launcher_options_of_training(CLI::App& command) {
  add_launcher_options(command);
  detail::add_fixed_option(command, "--gpus", "1: there is one device; data.batch_size has the photographs of a step",
                           "1", "there is one device; what N devices share is --set data.batch_size=<N times theirs>");
}

}  // namespace trainer
