// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace acsl::detail {

/// Calls visit(place) for every byte of a JSON text outside its strings, in order, until it returns false. O(text),
/// memory for nothing.
template <class Visit>
void scan_outside_strings(std::string_view text, Visit visit) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '"') {
      if (!visit(i)) return;
      continue;
    }
    for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
  }
}

/// Lists and objects inside each other, the outermost counted: what reads, names and writes values calls itself for
/// each of them. More than any file of ours has, and than the chunk reader's parser takes.
inline constexpr std::size_t deepest_json = 1024;

/// The place of the first bracket beyond `deepest_json`; npos when there is none.
inline std::size_t find_too_deep(std::string_view text) {
  std::size_t depth = 0, found = std::string_view::npos;
  scan_outside_strings(text, [&](std::size_t place) {
    char const c = text[place];
    if (c == '[' || c == '{') {
      if (++depth > deepest_json) found = place;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
    return found == std::string_view::npos;
  });
  return found;
}

/// The place of a number that is written like this, outside of strings; npos when there is none.
inline std::size_t find_number(std::string_view text, std::string_view digits) {
  constexpr std::string_view of_numbers = "+-.0123456789Ee";
  std::size_t found = std::string_view::npos;
  bool begins = true;
  scan_outside_strings(text, [&](std::size_t place) {
    bool const in_number = of_numbers.find(text[place]) != std::string_view::npos;
    if (begins && in_number && text.substr(place, digits.size()) == digits) {
      auto const end = place + digits.size();
      if (end == text.size() || of_numbers.find(text[end]) == std::string_view::npos) found = place;
    }
    begins = !in_number;
    return found == std::string_view::npos;
  });
  return found;
}

}  // namespace acsl::detail
