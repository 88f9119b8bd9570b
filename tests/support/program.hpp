// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <support/process.hpp>
#include <support/tiny_data_set.hpp>
#include <vector>

namespace test {

/// `acsl train ../tiny.toml` and further arguments, in the folder runs/ of a set, running.
inline std::unique_ptr<process> start_train(tiny_data_set const& set, std::vector<std::string> arguments,
                                            process_options options = {}) {
  options.folder = set.folder / "runs";
  std::filesystem::create_directories(options.folder);
  arguments.insert(arguments.begin(), {ACSL_PROGRAM, "train", "../tiny.toml"});
  return std::make_unique<process>(std::move(arguments), options);
}
/// The same, until it has ended.
inline ended train(tiny_data_set const& set, std::vector<std::string> arguments, process_options const& options = {}) {
  return start_train(set, std::move(arguments), options)->wait();
}

}  // namespace test
