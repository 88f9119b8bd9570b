// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <acsl/core/file_error.hpp>
#include <acsl/io/file.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Bytes that are read piece by piece, from any place: a file, which is not taken into memory as a whole, or memory
/// that the caller keeps. What has no places (a pipe) is read to its end first.
///
/// @throws acsl::file_error with the system's reason; from `read`, when the bytes end before the piece does
class byte_source {
 public:
  explicit byte_source(std::filesystem::path const& path) : name_(path.string()) {
    descriptor_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) throw file_error(name_, std::string("cannot open: ") + std::strerror(errno));
    struct stat found = {};
    if (::fstat(descriptor_, &found) == 0 && S_ISREG(found.st_mode)) {
      size_ = static_cast<std::uint64_t>(found.st_size);
      return;
    }
    ::close(std::exchange(descriptor_, -1));
    whole_ = read_file(path);
    bytes_ = whole_;
    size_ = bytes_.size();
  }
  byte_source(std::span<std::uint8_t const> bytes, std::string name)
      : name_(std::move(name)), bytes_(bytes), size_(bytes.size()) {}
  byte_source(byte_source const&) = delete;
  byte_source& operator=(byte_source const&) = delete;
  ~byte_source() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Fills a piece with the bytes from `offset` on.
  void read(std::uint64_t offset, std::span<std::uint8_t> piece) const {
    if (offset > size_ || piece.size() > size_ - offset)
      throw file_error(name_, "byte " + std::to_string(size_), "the file ends here: it is cut short");
    if (piece.empty()) return;
    if (descriptor_ < 0) {
      std::memcpy(piece.data(), bytes_.data() + offset, piece.size());
      return;
    }
    for (std::size_t filled = 0; filled < piece.size();) {
      ssize_t const got =
          ::pread(descriptor_, piece.data() + filled, piece.size() - filled, static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw file_error(name_, std::string("cannot read: ") + std::strerror(errno));
      if (got == 0) throw file_error(name_, "became shorter while it was read");
      filled += static_cast<std::size_t>(got);
    }
  }

 private:
  std::string name_;
  int descriptor_ = -1;
  std::vector<std::uint8_t> whole_;  // of what is no regular file
  std::span<std::uint8_t const> bytes_;
  std::uint64_t size_ = 0;
};

}  // namespace acsl
