// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor.hpp>
#include <acsl/io/element_type.hpp>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace acsl {

/// An array as it lies in a file: any element type, row-major, little-endian.
struct stored_array {
  element_type type = element_type::float32;
  shape extents;                    ///< default-made: a scalar
  std::vector<std::uint8_t> bytes;  ///< extents.elements() of the type's size
};

/// Values of the type as an array. @pre extents.elements() of them
template <class T>
[[nodiscard]] stored_array as_stored_array(element_type type, shape const& extents, std::vector<T> const& values) {
  ACSL_EXPECTS(names_of(type).bytes == sizeof(T) && extents.elements() == static_cast<index_t>(values.size()),
               "as many values of the type as the extents say", values.size(), extents);
  stored_array array = {type, extents, std::vector<std::uint8_t>(values.size() * sizeof(T))};
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}
[[nodiscard]] inline stored_array as_stored_array(shape const& extents, std::vector<std::int64_t> const& values) {
  return as_stored_array(element_type::int64, extents, values);
}
[[nodiscard]] inline stored_array as_stored_array(shape const& extents, std::vector<double> const& values) {
  return as_stored_array(element_type::float64, extents, values);
}

namespace detail {

/// An IEEE binary16, exactly.
inline float from_half(std::uint16_t bits) {
  std::uint32_t const sign = std::uint32_t{bits & 0x8000U} << 16, mantissa = bits & 0x3FFU;
  std::uint32_t const exponent = (bits >> 10) & 0x1FU;
  if (exponent == 0) {  // zeros and subnormals: multiples of 2^-24
    float const magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign ? -magnitude : magnitude;
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}
inline float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

template <class T>
T element_at(std::vector<std::uint8_t> const& bytes, std::size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

}  // namespace detail

/// visit(x) for every element in order, as the narrowest of float, double, std::int64_t that holds it.
template <class Visit>
void for_each_element(stored_array const& array, Visit&& visit) {
  auto const walk = [&]<class T>(T, auto const& convert) {
    for (std::size_t i = 0; i < array.bytes.size() / sizeof(T); ++i)
      visit(convert(detail::element_at<T>(array.bytes, i)));
  };
  auto const same = [](auto x) { return x; };
  auto const whole = [](auto x) { return static_cast<std::int64_t>(x); };
  switch (array.type) {
    case element_type::float64:
      return walk(double{}, same);
    case element_type::float32:
      return walk(float{}, same);
    case element_type::float16:
      return walk(std::uint16_t{}, detail::from_half);
    case element_type::bfloat16:
      return walk(std::uint16_t{}, detail::from_bfloat16);
    case element_type::int64:
      return walk(std::int64_t{}, same);
    case element_type::int32:
      return walk(std::int32_t{}, whole);
    case element_type::int16:
      return walk(std::int16_t{}, whole);
    case element_type::int8:
      return walk(std::int8_t{}, whole);
    case element_type::uint8:
      return walk(std::uint8_t{}, whole);
    case element_type::boolean:
      return walk(std::uint8_t{}, whole);
  }
}

/// The array as float32, rounded where its type holds more.
inline tensor<float> as_floats(stored_array const& array) {
  tensor<float> result(array.extents);
  if (array.type == element_type::float32) {
    if (!result.empty()) std::memcpy(result.data(), array.bytes.data(), result.bytes());
    return result;
  }
  float* next = result.data();
  for_each_element(array, [&](auto x) { *next++ = static_cast<float>(x); });
  return result;
}

}  // namespace acsl
