// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Reading what may be missing or of another type: a value is asked what it is before it is read, since a refusal costs
// a walk through the document for its place. Value: a json_value, or a chunk_value.
namespace acsl::detail {

/// A whole number that fits in 64 bits; nothing for everything else.
template <class Value>
std::optional<std::int64_t> loose_integer(Value const& value) {
  if (!value.is_number()) return std::nullopt;
  double const about = value.number();
  if (!(std::abs(about) < 0x1p63) || std::floor(about) != about) return std::nullopt;
  if (std::abs(about) < 0x1p53) return static_cast<std::int64_t>(about);
  try {
    return value.integer();
  } catch (file_error const&) {  // 1e17 is no whole number to a reader: doubles skip some up there
    return std::nullopt;
  }
}
template <class Value>
std::optional<std::int64_t> loose_integer(Value const& object, char const* key) {
  auto const value = object.find(key);
  return value ? loose_integer(*value) : std::nullopt;
}

// Each of these fills `to` from a key of an object. False: the key is missing, or its value cannot be read so.

template <class Value>
bool take_integer(Value const& object, char const* key, std::int64_t& to) {
  auto const found = loose_integer(object, key);
  if (found) to = *found;
  return found.has_value();
}
template <class Value>
bool take_text(Value const& object, char const* key, std::string& to) {
  auto const value = object.find(key);
  if (!value || !value->is_text()) return false;
  to = value->text();
  return true;
}
template <class Value>
bool take_frequency(Value const& object, char& to) {
  std::string text;
  if (!take_text(object, "frequency", text) || (text != "r" && text != "c" && text != "f")) return false;
  to = text[0];
  return true;
}
template <class Value>
bool take_integers(Value const& object, char const* key, std::vector<std::int64_t>& to) {
  auto const list = object.find(key);
  if (!list || !list->is_array()) return false;
  bool whole = true;
  to.reserve(list->size());
  list->for_each_element([&](Value const& element) {
    auto const id = loose_integer(element);
    if (id) to.push_back(*id);
    else whole = false;
  });
  return whole;
}
template <class Value>
bool take_box(Value const& object, char const* key, std::array<double, 4>& to) {
  auto const list = object.find(key);
  if (!list || !list->is_array() || list->size() != 4) return false;
  bool numbers = true;
  std::size_t filled = 0;
  list->for_each_element([&](Value const& element) {
    numbers = numbers && element.is_number();
    to[filled++] = numbers ? element.number() : 0;
  });
  return numbers;
}

}  // namespace acsl::detail
