// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_opcodes.hpp>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace acsl::detail {

/// Python's pickle protocol 2, opcode by opcode.
class pickle_output {
 public:
  pickle_output() {
    opcode(pickle_opcode::protocol);
    bytes_ += '\2';
  }
  std::string& bytes() { return bytes_; }

  void opcode(std::uint8_t code) { bytes_ += static_cast<char>(code); }
  void stop() { opcode(pickle_opcode::stop); }

  void global(std::string_view module, std::string_view name) {
    opcode(pickle_opcode::global);
    bytes_.append(module).append("\n").append(name).append("\n");
  }
  void integer(std::int64_t value) {
    bool const small =
        value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
    opcode(small ? pickle_opcode::integer4 : pickle_opcode::long1);
    if (!small) bytes_ += '\x08';
    little_endian(static_cast<std::uint64_t>(value), small ? 4 : 8);
  }
  void real(double value) {
    opcode(pickle_opcode::real);
    auto const bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 7; i >= 0; --i) bytes_ += static_cast<char>(bits >> 8 * i & 0xFF);  // big-endian
  }
  /// @pre UTF-8 of less than 4 GiB
  void text(std::string_view utf8) {
    opcode(pickle_opcode::unicode4);
    little_endian(utf8.size(), 4);
    bytes_ += utf8;
  }

  /// Writes a thing the first time, recalls it from the reader's memo later.
  template <class Write>
  void once(std::uint8_t place, Write write) {
    if (written_[place]) {
      opcode(pickle_opcode::get1);
    } else {
      write();
      opcode(pickle_opcode::put1);
      written_[place] = true;
    }
    bytes_ += static_cast<char>(place);
  }

 protected:
  void little_endian(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> 8 * i & 0xFF);
  }

  std::string bytes_;

 private:
  std::array<bool, 256> written_ = {};
};

}  // namespace acsl::detail
