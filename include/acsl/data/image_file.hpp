// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace acsl {

/// The part of an image's name that its file has: that behind the last underscore ("COCO_train2014_000000391895.jpg" is
/// stored as "000000391895.jpg"); a name without one is whole.
[[nodiscard]] inline std::string stored_name(std::string const& name) {
  return name.substr(name.rfind('_') + 1);  // npos + 1 is 0
}

/// The file of an image in the first of the folders that has it under its stored name, or under its whole name. Empty:
/// none has.
[[nodiscard]] inline std::filesystem::path find_image_file(std::vector<std::filesystem::path> const& folders,
                                                           std::string const& name) {
  std::error_code unreadable;
  for (auto const& folder : folders)
    for (auto const& file : {folder / stored_name(name), folder / name})
      if (std::filesystem::exists(file, unreadable)) return file;
  return {};
}

}  // namespace acsl
