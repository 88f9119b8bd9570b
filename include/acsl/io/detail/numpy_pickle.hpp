// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/io/detail/pickle_output.hpp>
#include <acsl/io/stored_array.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace acsl::detail {

/// A list that is being written: items go to it in batches, as Python's own pickler does.
struct pickle_list {
  static constexpr int batch = 1000;
  int open = 0;  ///< items since the last mark
};

/// The part of Python's pickle protocol 2 that holds lists and maps of NumPy arrays. What repeats (functions, dtypes,
/// the empty array) is written once and then recalled from the reader's memo.
class numpy_pickle : public pickle_output {
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
    shape const extents = {static_cast<index_t>(values.size()) / columns, columns};
    auto const write = [&] { array(element_type::float32, extents, std::as_bytes(values)); };
    if (values.empty()) once(empty_array, write);
    else write();
  }
  /// @pre a type that NumPy has: not bfloat16
  void array(stored_array const& values) { array(values.type, values.extents, std::as_bytes(std::span(values.bytes))); }

 private:
  enum memo : std::uint8_t { reconstruct, blank_array, encode, empty_array, first_type };

  /// Code points below 256 as a text, UTF-8 in the file.
  void latin1_text(std::span<std::byte const> code_points) {
    opcode(pickle_opcode::unicode4);
    std::size_t const length_at = bytes_.size();
    little_endian(0, 4);
    for (std::byte const code : code_points)
      if (auto const c = std::to_integer<unsigned>(code); c < 0x80) {
        bytes_ += static_cast<char>(c);
      } else {
        bytes_ += static_cast<char>(0xC0 | c >> 6);
        bytes_ += static_cast<char>(0x80 | (c & 0x3F));
      }
    auto const length = static_cast<std::uint32_t>(bytes_.size() - length_at - 4);
    for (std::size_t i = 0; i < 4; ++i) bytes_[length_at + i] = static_cast<char>(length >> 8 * i & 0xFF);
  }
  /// Protocol 2 has no bytes; Python writes them as _codecs.encode(text, "latin1").
  void byte_string(std::span<std::byte const> data) {
    once(encode, [&] { global("_codecs", "encode"); });
    latin1_text(data);
    text("latin1");
    bytes_ += "\x86R";  // TUPLE2, REDUCE
  }
  /// numpy.dtype("f4", False, True), little-endian where a byte has an order.
  void dtype(element_type type) {
    auto const& names = names_of(type);
    ACSL_EXPECTS(*names.numpy != '\0', "NumPy has the type of the array", names.name);
    once(static_cast<std::uint8_t>(first_type + static_cast<std::uint8_t>(type)), [&] {
      global("numpy", "dtype");
      text(names.numpy);
      bytes_ += "\x89\x88\x87R";  // NEWFALSE, NEWTRUE, TUPLE3, REDUCE
      bytes_ += "(K\x03";         // MARK, BININT1 3: the version of the state
      text(names.bytes == 1 ? "|" : "<");
      bytes_ += "NNN";  // no fields
      integer(-1);
      integer(-1);
      bytes_.append("K\0tb", 4);  // BININT1 0, TUPLE, BUILD
    });
  }
  /// _reconstruct(ndarray, (0,), b"b") with the state (1, shape, dtype, False, bytes).
  void array(element_type type, shape const& extents, std::span<std::byte const> row_major) {
    once(reconstruct, [&] { global("numpy.core.multiarray", "_reconstruct"); });
    once(blank_array, [&] {
      global("numpy", "ndarray");
      bytes_.append("K\0\x85", 3);  // BININT1 0, TUPLE1
      byte_string(std::array{std::byte{'b'}});
      bytes_ += '\x87';  // TUPLE3
    });
    bytes_ += "R(K\x01(";  // REDUCE, MARK, BININT1 1, MARK
    for (int axis = 0; axis < extents.rank(); ++axis) integer(extents[axis]);
    bytes_ += 't';  // TUPLE: the shape
    dtype(type);
    bytes_ += '\x89';  // NEWFALSE: rows are contiguous
    byte_string(row_major);
    bytes_ += "tb";  // TUPLE, BUILD
  }
};

}  // namespace acsl::detail
