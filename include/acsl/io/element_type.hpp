// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace acsl {

static_assert(std::endian::native == std::endian::little, "acsl: array files are little-endian, and so is every host");

/// What an array in a file is made of.
enum class element_type : std::uint8_t {
  float64,
  float32,
  float16,
  bfloat16,
  int64,
  int32,
  int16,
  int8,
  uint8,
  boolean
};

/// One type's size in bytes and its names: NumPy's and PyTorch's, that of safetensors, of PyTorch's storage classes,
/// and NumPy's code in pickles (bfloat16 has none).
struct element_type_names {
  element_type type;
  std::uint8_t bytes;
  char const *name, *safetensors, *storage, *numpy;
};

inline constexpr std::array<element_type_names, 10> element_types = {{
    {element_type::float64, 8, "float64", "F64", "DoubleStorage", "f8"},
    {element_type::float32, 4, "float32", "F32", "FloatStorage", "f4"},
    {element_type::float16, 2, "float16", "F16", "HalfStorage", "f2"},
    {element_type::bfloat16, 2, "bfloat16", "BF16", "BFloat16Storage", ""},
    {element_type::int64, 8, "int64", "I64", "LongStorage", "i8"},
    {element_type::int32, 4, "int32", "I32", "IntStorage", "i4"},
    {element_type::int16, 2, "int16", "I16", "ShortStorage", "i2"},
    {element_type::int8, 1, "int8", "I8", "CharStorage", "i1"},
    {element_type::uint8, 1, "uint8", "U8", "ByteStorage", "u1"},
    {element_type::boolean, 1, "bool", "BOOL", "BoolStorage", "b1"},
}};

constexpr element_type_names const& names_of(element_type type) {
  return element_types[static_cast<std::size_t>(type)];
}

/// The type that has a name in one of the naming schemes, `&element_type_names::safetensors` for example; nullptr:
/// none.
constexpr element_type_names const* element_type_named(std::string_view name, char const* element_type_names::*scheme) {
  for (auto const& one : element_types)
    if (!name.empty() && one.*scheme == name) return &one;
  return nullptr;
}

}  // namespace acsl
