// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace test {

/// The folder of LVIS annotations and official figures beside the source tree, if it is there. A machine that sets CI
/// must have it.
inline std::optional<std::filesystem::path> lvis_data() {
  std::filesystem::path const folder = std::filesystem::path(ACSL_TEST_SOURCE) / ".." / "shared" / "data" / "lvis";
  if (std::filesystem::exists(folder / "lvis_val_100.json")) return folder;
  if (std::getenv("CI")) FAIL("the LVIS data are missing: " << folder.string());
  else MESSAGE("skipped: no LVIS data at " << folder.string());
  return std::nullopt;
}

}  // namespace test
