// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace test {

/// The folder of real photographs beside the source tree, if it is there. A machine that sets CI must have it.
inline std::optional<std::filesystem::path> photographs() {
  std::filesystem::path const folder = std::filesystem::path(ACSL_TEST_SOURCE) / ".." / "shared" / "data" / "coco128";
  if (std::filesystem::exists(folder / "train.json")) return folder;
  if (std::getenv("CI")) FAIL("the photographs are missing: " << folder.string());
  else MESSAGE("skipped: no photographs at " << folder.string());
  return std::nullopt;
}

}  // namespace test
