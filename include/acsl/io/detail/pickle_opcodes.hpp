// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace acsl::detail {

/// The opcodes that checkpoints are made of. @source Python's pickletools
namespace pickle_opcode {
inline constexpr std::uint8_t protocol = 0x80, frame = 0x95, stop = '.';
inline constexpr std::uint8_t none = 'N', yes = 0x88, no = 0x89;
inline constexpr std::uint8_t integer1 = 'K', integer2 = 'M', integer4 = 'J', long1 = 0x8A, long4 = 0x8B, real = 'G';
inline constexpr std::uint8_t string1 = 'U', string4 = 'T', unicode1 = 0x8C, unicode4 = 'X', unicode8 = 0x8D;
inline constexpr std::uint8_t bytes1 = 'C', bytes4 = 'B', bytes8 = 0x8E;
inline constexpr std::uint8_t mark = '(', pop = '0', pop_mark = '1', duplicate = '2';
inline constexpr std::uint8_t empty_tuple = ')', tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87, tuple = 't';
inline constexpr std::uint8_t empty_list = ']', append = 'a', appends = 'e';
inline constexpr std::uint8_t empty_dict = '}', set_item = 's', set_items = 'u';
inline constexpr std::uint8_t empty_set = 0x8F, add_items = 0x90;
inline constexpr std::uint8_t put1 = 'q', put4 = 'r', memoize = 0x94, get1 = 'h', get4 = 'j';
inline constexpr std::uint8_t global = 'c', stack_global = 0x93, reduce = 'R', new_object = 0x81, build = 'b';
inline constexpr std::uint8_t persistent_id = 'Q';
inline constexpr std::uint8_t instance = 'i';  // refused, by the name that it calls
}  // namespace pickle_opcode

/// The name of an opcode that is refused.
inline std::string refused_opcode_name(std::uint8_t code) {
  struct entry {
    std::uint8_t code;
    char const* name;
  };
  constexpr entry names[] = {
      {'o', "OBJ"},
      {'P', "PERSID"},
      {'S', "STRING"},
      {'V', "UNICODE"},
      {'I', "INT"},
      {'L', "LONG"},
      {'F', "FLOAT"},
      {'p', "PUT"},
      {'g', "GET"},
      {'l', "LIST"},
      {'d', "DICT"},
      {0x82, "EXT1"},
      {0x83, "EXT2"},
      {0x84, "EXT4"},
      {0x91, "FROZENSET"},
      {0x92, "NEWOBJ_EX"},
      {0x96, "BYTEARRAY8"},
      {0x97, "NEXT_BUFFER"},
      {0x98, "READONLY_BUFFER"},
  };
  for (auto const& one : names)
    if (one.code == code) return one.name;
  return std::to_string(code);
}

}  // namespace acsl::detail
