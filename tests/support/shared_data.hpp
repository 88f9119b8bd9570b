// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace test {

/// A folder of the data beside the source tree, if it is there. A machine that sets CI must have it.
/// @param witness a file of the folder that tells that it is whole
inline std::optional<std::filesystem::path> shared_data(char const* name, char const* witness) {
  std::filesystem::path const folder = std::filesystem::path(ACSL_TEST_SOURCE) / ".." / "shared" / "data" / name;
  if (std::filesystem::exists(folder / witness)) return folder;
  if (std::getenv("CI")) FAIL("test data are missing: " << folder.string());
  else MESSAGE("skipped: no test data at " << folder.string());
  return std::nullopt;
}

/// Real photographs with boxes.
inline auto photographs() { return shared_data("coco128", "train.json"); }
/// LVIS annotations, detections, and the official evaluator's figures for them.
inline auto lvis_data() { return shared_data("lvis", "lvis_val_100.json"); }

}  // namespace test
