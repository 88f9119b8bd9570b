// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_output.hpp>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace acsl::detail {

/// A list that is being written: items go to it in batches, as Python's own pickler does.
struct pickle_list {
  static constexpr int batch = 1000;
  int open = 0;  ///< items since the last mark
};

/// The part of Python's pickle protocol 2 that holds lists and maps of NumPy float32 arrays. What repeats (functions,
/// the dtype, the empty array) is written once and then recalled from the reader's memo.
class pickle_writer : public pickle_output {
 public:
  void begin_list(pickle_list& list) {
    bytes_ += ']';  // EMPTY_LIST
    list.open = 0;
  }
  /// Before each item of the list.
  void begin_item(pickle_list& list) {
    if (list.open == pickle_list::batch) end_list(list);
    if (list.open++ == 0) bytes_ += '(';  // MARK
  }
  void end_list(pickle_list& list) {
    if (list.open > 0) bytes_ += 'e';  // APPENDS
    list.open = 0;
  }
  void begin_map() { bytes_ += "}("; }  // EMPTY_DICT, MARK
  /// Before each value of the map.
  void key(std::string_view ascii) { text(ascii); }
  void end_map() { bytes_ += 'u'; }  // SETITEMS

  /// A float32 array of `values.size() / columns` rows.
  void float_rows(std::span<float const> values, int columns) {
    if (!values.empty()) return array(values, columns);
    once(empty_array, [&] { array(values, columns); });
  }

 private:
  enum memo : std::uint8_t { reconstruct, blank_array, encode, float_type, empty_array };

  /// Code points below 256 as a text, UTF-8 in the file.
  void latin1_text(std::span<unsigned char const> code_points) {
    opcode(pickle_opcode::unicode4);
    std::size_t const length_at = bytes_.size();
    little_endian(0, 4);
    for (unsigned char const c : code_points)
      if (c < 0x80) {
        bytes_ += static_cast<char>(c);
      } else {
        bytes_ += static_cast<char>(0xC0 | c >> 6);
        bytes_ += static_cast<char>(0x80 | (c & 0x3F));
      }
    auto const length = static_cast<std::uint32_t>(bytes_.size() - length_at - 4);
    for (std::size_t i = 0; i < 4; ++i) bytes_[length_at + i] = static_cast<char>(length >> 8 * i & 0xFF);
  }
  /// Protocol 2 has no bytes; Python writes them as _codecs.encode(text, "latin1").
  void byte_string(std::span<unsigned char const> data) {
    once(encode, [&] { global("_codecs", "encode"); });
    latin1_text(data);
    text("latin1");
    bytes_ += "\x86R";  // TUPLE2, REDUCE
  }
  /// numpy.dtype("f4", False, True), little endian.
  void dtype() {
    once(float_type, [&] {
      global("numpy", "dtype");
      text("f4");
      bytes_ += "\x89\x88\x87R";  // NEWFALSE, NEWTRUE, TUPLE3, REDUCE
      bytes_ += "(K\x03";         // MARK, BININT1 3: the version of the state
      text("<");
      bytes_ += "NNN";  // no fields
      integer(-1);
      integer(-1);
      bytes_.append("K\0tb", 4);  // BININT1 0, TUPLE, BUILD
    });
  }
  /// _reconstruct(ndarray, (0,), b"b") with the state (1, shape, dtype, False, bytes).
  void array(std::span<float const> values, int columns) {
    once(reconstruct, [&] { global("numpy.core.multiarray", "_reconstruct"); });
    once(blank_array, [&] {
      global("numpy", "ndarray");
      bytes_.append("K\0\x85", 3);  // BININT1 0, TUPLE1
      byte_string(std::array<unsigned char, 1>{'b'});
      bytes_ += '\x87';  // TUPLE3
    });
    bytes_ += "R(K\x01";  // REDUCE, MARK, BININT1 1
    integer(static_cast<std::int64_t>(values.size()) / columns);
    integer(columns);
    bytes_ += '\x86';  // TUPLE2: the shape
    dtype();
    bytes_ += '\x89';  // NEWFALSE: rows are contiguous
    raw_.clear();
    for (float const value : values)
      for (int i = 0; i < 4; ++i)
        raw_.push_back(static_cast<unsigned char>(std::bit_cast<std::uint32_t>(value) >> 8 * i & 0xFF));
    byte_string(raw_);
    bytes_ += "tb";  // TUPLE, BUILD
  }

  std::vector<unsigned char> raw_;
};

}  // namespace acsl::detail
