// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

/// Where in a JSON text its values stand, so that parts of it can be copied as they are. The text is one that a parser
/// has taken: what is wrong with it has been told, and is not looked for here.
namespace acsl::detail {

/// The place behind the white space at a place.
inline std::size_t behind_space(std::string_view text, std::size_t at) {
  auto const next = text.find_first_not_of(" \t\n\r", at);
  return next == std::string_view::npos ? text.size() : next;
}

/// The place behind the value that begins at a place.
inline std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    char const c = at < text.size() ? text[at] : ']';
    if (c == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
      ++at;
    } else if (c == '[' || c == '{') {
      ++depth;
      ++at;
    } else if (c == ']' || c == '}') {
      if (depth == 0) return at;
      --depth;
      ++at;
    } else if (depth > 0) {
      ++at;  // commas, colons, white space, numbers and words inside
    } else {
      return text.find_first_of(",]} \t\n\r", at);
    }
  } while (depth > 0 && at < text.size());
  return at < text.size() ? at : text.size();
}

/// The elements of a list, or key (with its quotes) and value of the members of an object, as texts.
inline std::vector<std::pair<std::string_view, std::string_view>> json_slices(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> slices;
  std::size_t at = behind_space(text, 0);
  bool const object = at < text.size() && text[at] == '{';
  for (++at; (at = behind_space(text, at)) < text.size() && text[at] != ']' && text[at] != '}';) {
    std::string_view key;
    if (object) {
      auto const end = behind_value(text, at);
      key = text.substr(at, end - at);
      at = behind_space(text, behind_space(text, end) + 1);  // the colon
    }
    auto const end = behind_value(text, at);
    slices.emplace_back(key, text.substr(at, end - at));
    at = behind_space(text, end);
    if (at < text.size() && text[at] == ',') ++at;
  }
  return slices;
}

}  // namespace acsl::detail
