// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <filesystem>
#include <string>
#include <system_error>

namespace acsl::detail {

/// Points work_dir/latest.safetensors at a checkpoint, in one step.
inline void point_latest(std::filesystem::path const& work_dir, std::string const& name) {
  auto const link = work_dir / "latest.safetensors", fresh = work_dir / "latest.safetensors.new";
  std::error_code problem;
  std::filesystem::remove(fresh, problem);
  std::filesystem::create_symlink(name, fresh, problem);
  if (!problem) std::filesystem::rename(fresh, link, problem);
  if (problem) throw file_error(link.string(), "cannot be set to " + name + ": " + problem.message());
}

}  // namespace acsl::detail
