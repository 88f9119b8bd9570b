// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <xxhash.h>
#include <acsl/backend/concepts.hpp>
#include <acsl/io/byte_source.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// 128 bits that differ for different contents, but for an accident of one in 10^19 among billions of files: XXH3. Who
/// wants two contents with one hash can make them: it is no signature.
class content_digest {
 public:
  content_digest() : state_(XXH3_createState(), &XXH3_freeState) {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
  }

  void add(std::span<std::uint8_t const> bytes) {
    if (!bytes.empty()) XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  template <class T>
  void add(std::vector<T> const& values) {
    add({reinterpret_cast<std::uint8_t const*>(values.data()), values.size() * sizeof(T)});
  }

  [[nodiscard]] std::array<std::uint8_t, 16> bytes() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    return std::to_array(canonical.digest);
  }
  /// 32 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    std::string result;
    for (std::uint8_t const byte : bytes()) {
      result += "0123456789abcdef"[byte >> 4];
      result += "0123456789abcdef"[byte & 15];
    }
    return result;
  }

 private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

/// The `content_digest` of a file, read on all of a backend's threads: that of the digests of its pieces of 1 MiB, the
/// same for any number of threads. Where the file lies in memory already, 0.43 GB take 0.1 s.
/// @throws acsl::file_error when the file cannot be read
template <has_loops Backend>
[[nodiscard]] std::string content_hash(Backend& exec, std::filesystem::path const& path) {
  constexpr std::uint64_t piece = std::uint64_t{1} << 20;
  byte_source const source(path);
  std::vector<std::array<std::uint8_t, 16>> digests(source.size() / piece + 1);
  exec.for_each(
      static_cast<index_t>(digests.size()),
      [&](index_t i) {
        auto const first = static_cast<std::uint64_t>(i) * piece;
        std::vector<std::uint8_t> bytes(std::min(piece, source.size() - first));
        source.read(first, bytes);
        content_digest digest;
        digest.add(bytes);
        digests[static_cast<std::size_t>(i)] = digest.bytes();
      },
      2e5);
  content_digest whole;
  whole.add(digests);
  return whole.text();
}

}  // namespace acsl
