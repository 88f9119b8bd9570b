// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace acsl {

/// All bytes of a file.
/// @throws acsl::file_error with the system's reason when it cannot be opened or read (missing, a folder, no
/// permission), or when it is larger than memory
[[nodiscard]] inline std::vector<std::uint8_t> read_file(std::filesystem::path const& path) try {
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string const name = path.string();
  errno = 0;
  std::unique_ptr<std::FILE, closer> const file(std::fopen(name.c_str(), "rb"));
  if (!file) throw file_error(name, std::string("cannot open: ") + std::strerror(errno));

  std::error_code unknown;  // a pipe has no size; it is read in steps all the same
  auto const expected = std::filesystem::file_size(path, unknown);
  std::vector<std::uint8_t> bytes(unknown ? 65536 : static_cast<std::size_t>(expected) + 1);
  std::size_t filled = 0;
  for (;;) {
    filled += std::fread(bytes.data() + filled, 1, bytes.size() - filled, file.get());
    if (std::ferror(file.get())) throw file_error(name, std::string("cannot read: ") + std::strerror(errno));
    if (filled < bytes.size()) break;
    bytes.resize(bytes.size() * 2);
  }
  bytes.resize(filled);
  return bytes;
} catch (std::bad_alloc const&) {
  throw file_error(path.string(), "is larger than the memory that there is");
}

}  // namespace acsl
