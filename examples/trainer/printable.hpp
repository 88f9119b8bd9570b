// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdio>
#include <string>

namespace trainer {

/// A message for a terminal: of the characters that control it (a name in a file may hold them), only the end of a line
/// is left; others are shown as \\x1b.
inline std::string printable(std::string const& message) {
  std::string result;
  for (std::size_t i = 0; i < message.size(); ++i) {
    auto const c = static_cast<unsigned char>(message[i]);
    auto const next = i + 1 < message.size() ? static_cast<unsigned char>(message[i + 1]) : 0U;
    bool const control = (c < 32 && c != '\n') || c == 127 || (c == 0xC2 && next >= 0x80 && next < 0xA0);
    char text[8];
    std::snprintf(text, sizeof text, control ? "\\x%02x" : "%c", c);
    result += text;
  }
  return result;
}

}  // namespace trainer
