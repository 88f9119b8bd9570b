// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stb/stb_easy_font.h>
#include <acsl/io/draw.hpp>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace acsl {
namespace detail {

/// The font knows the printable characters of ASCII; each other byte becomes a question mark.
inline std::string drawable(std::string text) {
  for (char& c : text)
    if (c < 32 || c > 126) c = '?';
  return text;
}

}  // namespace detail

/// Height of a line of text at scale 1, with the part below the baseline, in pixels.
inline constexpr index_t text_height_px = 12;

/// Width of a line of text at scale 1, in pixels.
[[nodiscard]] inline index_t text_width(std::string const& text) {
  std::string line = detail::drawable(text);
  return stb_easy_font_width(line.data());
}

/// Draws a line of text, its upper left corner at (x, y), in the bitmap font of stb_easy_font.h. Bytes that are no
/// printable ASCII become question marks; what lies outside the image is cut off. Legible from scale 2 on.
/// @pre scale >= 1
inline void draw_text(image8& image, index_t x, index_t y, std::string const& text, index_t scale, colour const& ink) {
  ACSL_EXPECTS(scale >= 1, "text has a positive scale", scale);
  struct vertex {
    float x, y, z;
    unsigned char ink[4];
  };
  static_assert(sizeof(vertex) == 16);
  std::string line = detail::drawable(text);
  std::vector<vertex> corners(64 * (line.size() + 1));  // four for a stroke; no character has more than 16 strokes
  auto const bytes = static_cast<int>(corners.size() * sizeof(vertex));
  int const strokes = stb_easy_font_print(0, 0, line.data(), nullptr, corners.data(), bytes);
  for (int i = 0; i < strokes; ++i) {
    vertex const& from = corners[static_cast<std::size_t>(4 * i)];
    vertex const& to = corners[static_cast<std::size_t>(4 * i + 2)];
    fill_rectangle(image, x + scale * static_cast<index_t>(from.x), y + scale * static_cast<index_t>(from.y),
                   x + scale * static_cast<index_t>(to.x), y + scale * static_cast<index_t>(to.y), ink);
  }
}

}  // namespace acsl
