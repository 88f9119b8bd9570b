// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace acsl::detail {

/// A file of JSON text that is cut into chunks between the elements of its lists: where `}`, a comma and `{` follow
/// each other, with white space between them. A cut may fall into a string or into a list of a list; whoever parses the
/// chunk before it notices.
///
/// It has no chunks when it is no regular file, cannot be read, is too short to be worth it, or has a piece without a
/// cut that is longer than `most_bytes`.
class chunked_file {
 public:
  static constexpr std::size_t most_bytes = std::size_t{64} << 20;

  /// @param chunk_bytes a chunk is at least as long, but for the last one
  explicit chunked_file(std::filesystem::path const& path, std::size_t chunk_bytes) {
    struct stat found = {};
    // Asked by name: a pipe that is opened and closed again has lost its writer.
    if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return;
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) return;
    auto const size = static_cast<std::size_t>(found.st_size);
    std::vector<char> window(4096);
    for (std::size_t first = 0; first < size;) {
      auto const last = first + chunk_bytes < size ? find_cut(first + chunk_bytes, size, window) : cut{size, size};
      if (last.comma - first > most_bytes) {
        chunks_.clear();
        return;
      }
      chunks_.push_back({first, last.comma});
      first = last.next;
    }
  }
  ~chunked_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  chunked_file(chunked_file const&) = delete;
  chunked_file& operator=(chunked_file const&) = delete;

  [[nodiscard]] std::size_t size() const { return chunks_.size(); }
  [[nodiscard]] std::size_t bytes(std::size_t chunk) const { return chunks_[chunk].last - chunks_[chunk].first; }
  /// False: the file has become shorter, or the disk fails.
  [[nodiscard]] bool read(std::size_t chunk, char* to) const {
    return read_at(chunks_[chunk].first, to, bytes(chunk)) == bytes(chunk);
  }

 private:
  struct range {
    std::size_t first, last;
  };
  /// Between two elements: the place of the comma and that of the next element.
  struct cut {
    std::size_t comma, next;
  };

  std::size_t read_at(std::size_t place, char* to, std::size_t count) const {
    std::size_t done = 0;
    while (done < count) {
      auto const got = ::pread(descriptor_, to + done, count - done, static_cast<off_t>(place + done));
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }
  /// The first cut behind a place; the end of the file when there is none in reach.
  cut find_cut(std::size_t from, std::size_t size, std::vector<char>& window) const {
    enum { text, brace, comma } state = text;
    std::size_t comma_place = 0;
    for (std::size_t place = from; place < size && place - from <= most_bytes; place += window.size()) {
      auto const count = read_at(place, window.data(), window.size());
      for (std::size_t i = 0; i < count; ++i) {
        char const c = window[i];
        if (c == '}') {
          state = brace;
        } else if (c == ',' && state == brace) {
          state = comma;
          comma_place = place + i;
        } else if (c == '{' && state == comma) {
          return {comma_place, place + i};
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
          state = text;
        }
      }
      if (count < window.size()) break;
    }
    return {size, size};
  }

  int descriptor_ = -1;
  std::vector<range> chunks_;
};

}  // namespace acsl::detail
