// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/stat.h>
#include <unistd.h>
#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace acsl::detail {

/// The descriptor that a name like /dev/stdout or /dev/fd/3 stands for; -1 for every other name.
inline int inherited_descriptor(std::filesystem::path const& path) {
  auto const name = path.string();
  if (name == "/dev/stdout") return STDOUT_FILENO;
  if (name == "/dev/stderr") return STDERR_FILENO;
  for (std::string const folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!name.starts_with(folder)) continue;
    int number = -1;
    auto const* const end = name.data() + name.size();
    auto const [rest, problem] = std::from_chars(name.data() + folder.size(), end, number);
    if (problem == std::errc{} && rest == end && number >= 0) return number;
  }
  return -1;
}

/// Whether a name stands for something that takes bytes but cannot be replaced: a device, a FIFO, an open descriptor.
inline bool takes_bytes_only(std::filesystem::path const& path) {
  if (inherited_descriptor(path) >= 0) return true;
  struct stat found = {};
  return ::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

/// The file behind symbolic links, which need not exist yet.
inline std::filesystem::path behind_links(std::filesystem::path path) {
  std::error_code problem;
  constexpr int most_links = 40;  // the limit of Linux: in a loop the result is a link itself
  for (int i = 0; i < most_links && std::filesystem::is_symlink(path, problem); ++i) {
    auto const next = std::filesystem::read_symlink(path, problem);
    if (problem) break;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

}  // namespace acsl::detail
