// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <acsl/core/file_error.hpp>
#include <acsl/io/detail/output_target.hpp>
#include <cerrno>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// A file that appears whole or not at all. Bytes go to a temporary name in the same folder; `commit` syncs them to the
/// disk and renames. Without `commit`, and after any failure, the temporary file is removed and a file that had the
/// name before stays as it was. A replaced file's rights are kept; a symbolic link stays, and the file behind it is
/// replaced. What cannot be replaced (a device, a FIFO, /dev/stdout) is written to directly, as bytes come. POSIX.
///
/// @throws acsl::file_error from every member, with the name asked for and the system's reason (disk full, no
///         permission, no such folder)
class atomic_file {
 public:
  explicit atomic_file(std::filesystem::path path) : path_(std::move(path)) {
    if (detail::takes_bytes_only(path_)) open_directly();
    else open_temporary();
  }
  atomic_file(atomic_file const&) = delete;
  atomic_file& operator=(atomic_file const&) = delete;
  ~atomic_file() { discard(); }

  void write(void const* bytes, std::size_t count) {
    ACSL_EXPECTS(descriptor_ >= 0, "nothing can be written after commit or a failure", path_.string());
    auto const* next = static_cast<char const*>(bytes);
    while (count > 0) {
      ssize_t const written = ::write(descriptor_, next, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) abandon("cannot write");
      next += written;
      count -= static_cast<std::size_t>(written);
    }
  }
  void write(std::string_view text) { write(text.data(), text.size()); }
  void write(std::span<std::uint8_t const> bytes) { write(bytes.data(), bytes.size()); }

  /// Makes the file appear under its name, on the disk.
  void commit() {
    ACSL_EXPECTS(descriptor_ >= 0, "a file is committed once", path_.string());
    bool const replaces = !temporary_.empty();
    if (replaces && ::fsync(descriptor_) != 0) abandon("cannot write");
    if (::close(std::exchange(descriptor_, -1)) != 0) abandon("cannot write");
    if (!replaces) return;
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) abandon("cannot rename to");
    temporary_.clear();
    sync_folder();
  }

 private:
  void open_directly() {
    if (int const own = detail::inherited_descriptor(path_); own >= 0) {
      std::fflush(nullptr);  // what was printed before stands before
      descriptor_ = ::dup(own);
    } else {
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    }
    if (descriptor_ < 0) fail("cannot open");
  }
  void open_temporary() {
    target_ = detail::behind_links(path_);
    std::error_code ignored;
    bool const loop = std::filesystem::is_symlink(target_, ignored);
    if (loop || std::filesystem::is_directory(target_, ignored)) {
      errno = loop ? ELOOP : EISDIR;
      fail("cannot create");
    }
    temporary_ = target_.string() + ".part-XXXXXX";
    descriptor_ = ::mkstemp(temporary_.data());
    if (descriptor_ < 0) {
      temporary_.clear();
      fail("cannot create");
    }
    mode_t const mask = ::umask(0);  // mkstemp makes private files; ours get the usual rights
    ::umask(mask);
    struct stat before = {};
    mode_t const rights = ::stat(target_.c_str(), &before) == 0 ? before.st_mode & 0777 : 0666 & ~mask;
    if (::fchmod(descriptor_, rights) != 0) abandon("cannot set the rights of");
  }
  // The new name itself must survive a power cut. Some file systems cannot sync a folder; the data are safe all the
  // same.
  void sync_folder() const {
    auto const folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
    int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
  }
  void discard() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
  }
  [[noreturn]] void fail(char const* what) const {
    throw file_error(path_.string(), std::string(what) + " the file: " + std::strerror(errno));
  }
  [[noreturn]] void abandon(char const* what) {
    int const reason = errno;
    discard();
    errno = reason;
    fail(what);
  }

  std::filesystem::path path_, target_;  // as asked for; what is replaced
  std::string temporary_;                // empty: nothing is replaced
  int descriptor_ = -1;
};

/// Writes a file whole or not at all; see `atomic_file`. The second form calls `fill(atomic_file&)`.
inline void write_file_atomically(std::filesystem::path const& path, std::span<std::uint8_t const> bytes) {
  atomic_file file(path);
  file.write(bytes);
  file.commit();
}
inline void write_file_atomically(std::filesystem::path const& path, std::string_view text) {
  atomic_file file(path);
  file.write(text);
  file.commit();
}
template <std::invocable<atomic_file&> Fill>
void write_file_atomically(std::filesystem::path const& path, Fill&& fill) {
  atomic_file file(path);
  fill(file);
  file.commit();
}

/// Removes what killed programs left of files with these endings: "<name><ending>.part-XXXXXX".
inline void remove_partial_files(std::filesystem::path const& folder, std::vector<std::string> const& endings) {
  std::vector<std::filesystem::path> partial;
  std::error_code ignored;
  for (auto const& entry : std::filesystem::directory_iterator(folder, ignored)) {
    auto const name = entry.path().filename().string();
    auto const mark = name.rfind(".part-");
    if (mark == std::string::npos || name.size() != mark + std::string_view(".part-XXXXXX").size()) continue;
    for (auto const& ending : endings)
      if (std::string_view(name).substr(0, mark).ends_with(ending)) partial.push_back(entry.path());
  }
  for (auto const& path : partial) std::filesystem::remove(path, ignored);
}

/// For the time before long work: throws what `atomic_file` would when it is opened afterwards. Leaves nothing behind.
inline void expect_writable(std::filesystem::path const& path) {
  if (!detail::takes_bytes_only(path)) atomic_file const probe(path);
}

}  // namespace acsl
