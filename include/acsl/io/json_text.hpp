// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace acsl {
namespace detail {

inline void append_number(std::string& text, std::int64_t value) { text += std::to_string(value); }

/// As Python writes a float: the shortest text that reads back to the same double (17 significant digits or fewer), and
/// as a real number: "3.0", not "3"; "0.0001", "1e-05".
inline void append_number(std::string& text, double value) {
  double const size = std::abs(value);
  auto const format =
      size == 0 || (size >= 1e-4 && size < 1e16) ? std::chars_format::fixed : std::chars_format::scientific;
  char digits[40];
  auto const end = std::to_chars(digits, digits + sizeof digits, value, format).ptr;
  std::string_view const shortest(digits, static_cast<std::size_t>(end - digits));
  text += shortest;
  if (shortest.find_first_of(".e") == std::string_view::npos) text += ".0";
}

inline void append_json(std::string& text, nlohmann::ordered_json const& value) {
  bool const object = value.is_object();
  if (value.is_number_float()) {
    append_number(text, value.get<double>());
  } else if (!object && !value.is_array()) {
    text += value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  } else {
    text += object ? '{' : '[';
    char const* between = "";
    for (auto const& [key, item] : value.items()) {
      text += between;
      between = ", ";
      if (object) text += nlohmann::ordered_json(key).dump() + ": ";
      append_json(text, item);
    }
    text += object ? '}' : ']';
  }
}

}  // namespace detail

/// A JSON text as Python's `json.dumps` writes values, each key of the outermost object on a line of its own: files of
/// figures can be compared line by line. Text stays UTF-8; bytes that are none, as names of files may have, become
/// U+FFFD.
/// @pre numbers are finite
[[nodiscard]] inline std::string json_text(nlohmann::ordered_json const& object) {
  std::string text = "{\n";
  char const* between = "";
  for (auto const& [key, value] : object.items()) {
    text += between + nlohmann::ordered_json(key).dump() + ": ";
    between = ",\n";
    detail::append_json(text, value);
  }
  return text + "\n}\n";
}

/// A JSON text with every value on a line of its own. Bytes that are no UTF-8 become U+FFFD here as well.
template <class Json>
[[nodiscard]] std::string indented_json_text(Json const& value) {
  return value.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace acsl
