// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/crc32.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace acsl::detail {

/// A zip file of stored entries whose bytes begin at multiples of 64, as PyTorch lays them out so that they can be
/// mapped into memory. Up to 4 GiB.
class zip_output {
 public:
  /// @param name what messages call the file
  zip_output(atomic_file& file, std::string name) : file_(file), name_(std::move(name)) {}

  void add(std::string const& name, std::span<std::uint8_t const> bytes) {
    constexpr std::uint64_t header = 30, alignment = 64;
    std::uint64_t const unpadded = at_ + header + name.size() + 4;
    std::size_t const padding = (alignment - unpadded % alignment) % alignment;
    if (unpadded + padding + bytes.size() + directory_.size() + 200 >= UINT32_MAX)
      throw file_error(name_, "would be larger than 4 GiB, which is not supported; a safetensors file may be");
    auto const entry = fields({{20, 2},
                               {0, 2},
                               {0, 2},
                               {0, 2},
                               {0x21, 2},  // version; flags; stored; 1 January 1980
                               {crc32(bytes), 4},
                               {bytes.size(), 4},
                               {bytes.size(), 4},
                               {name.size(), 2}});
    auto const start = at_;
    write("PK\3\4" + entry + fields({{padding + 4, 2}}) + name + fields({{0x4246, 2}, {padding, 2}}) +
          std::string(padding, 'Z'));
    file_.write(bytes);
    at_ += bytes.size();
    directory_ += "PK\1\2" + fields({{20, 2}}) + entry + fields({{0, 2}, {0, 2}, {0, 2}, {0, 2}, {0, 4}, {start, 4}}) +
                  name;  // no extra, comment, disk, rights
    ++count_;
  }
  void add(std::string const& name, std::string_view text) {
    add(name, {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()});
  }
  /// Writes the directory.
  void finish() {
    if (count_ >= UINT16_MAX) throw file_error(name_, "would have more than 65,534 entries, which is not supported");
    auto const start = at_;
    write(directory_);
    write("PK\5\6" + fields({{0, 2}, {0, 2}, {count_, 2}, {count_, 2}, {directory_.size(), 4}, {start, 4}, {0, 2}}));
  }

 private:
  struct field {
    std::uint64_t value;
    int bytes;
  };
  static std::string fields(std::initializer_list<field> list) {
    std::string result;
    for (auto const& [value, bytes] : list)
      for (int i = 0; i < bytes; ++i) result += static_cast<char>(value >> 8 * i & 0xFF);
    return result;
  }
  void write(std::string const& text) {
    file_.write(text);
    at_ += text.size();
  }

  atomic_file& file_;
  std::string name_, directory_;
  std::uint64_t at_ = 0, count_ = 0;
};

}  // namespace acsl::detail
