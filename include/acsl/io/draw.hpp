// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/colour.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace acsl {

/// Fills the pixels of [x1, x2) x [y1, y2); what lies outside the image is cut off, an empty range draws nothing.
/// @param opacity share of the colour in the result, in [0, 1]
inline void fill_rectangle(image8& image, index_t x1, index_t y1, index_t x2, index_t y2, colour const& ink,
                           float opacity = 1) {
  ACSL_EXPECTS(opacity >= 0 && opacity <= 1, "an opacity lies in [0, 1]", opacity);
  std::array<float, 3> const channels = {ink.blue, ink.green, ink.red};
  for (index_t y = std::max<index_t>(y1, 0); y < std::min(y2, image.height); ++y)
    for (index_t x = std::max<index_t>(x1, 0); x < std::min(x2, image.width); ++x)
      for (std::size_t c = 0; c < 3; ++c) {
        std::uint8_t& value = image.at(y, x)[c];
        auto const old = static_cast<float>(value);
        value = static_cast<std::uint8_t>(std::lround(std::clamp(old + opacity * (channels[c] - old), 0.0F, 255.0F)));
      }
}

/// The outline of [x1, x2) x [y1, y2), drawn inwards.
/// @pre thickness is positive
inline void draw_rectangle(image8& image, index_t x1, index_t y1, index_t x2, index_t y2, index_t thickness,
                           colour const& ink) {
  ACSL_EXPECTS(thickness > 0, "an outline has a positive thickness", thickness);
  if (x2 <= x1 || y2 <= y1) return;
  index_t const across = std::min(thickness, x2 - x1), down = std::min(thickness, y2 - y1);
  fill_rectangle(image, x1, y1, x2, y1 + down, ink);
  fill_rectangle(image, x1, y2 - down, x2, y2, ink);
  fill_rectangle(image, x1, y1 + down, x1 + across, y2 - down, ink);
  fill_rectangle(image, x2 - across, y1 + down, x2, y2 - down, ink);
}

}  // namespace acsl
