// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <filesystem>
#include <system_error>

namespace acsl {

/// Makes a folder and those above it; one that is there is fine.
/// @throws acsl::file_error when it cannot be made
inline void make_folder(std::filesystem::path const& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) throw file_error(folder.string(), "cannot be made: " + problem.message());
}

}  // namespace acsl
