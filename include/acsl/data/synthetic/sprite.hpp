// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/io/colour.hpp>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <vector>

namespace acsl::synthetic {

/// A picture under construction.
struct canvas {
  index_t height, width;
  std::vector<colour> pixels;  ///< row by row

  canvas(index_t height_px, index_t width_px)
      : height(height_px), width(width_px), pixels(static_cast<std::size_t>(height_px * width_px)) {}
  [[nodiscard]] colour& at(index_t y, index_t x) { return pixels[static_cast<std::size_t>(y * width + x)]; }
};

/// A drawn thing that can be pasted anywhere: its colours, and how much of each pixel it covers.
struct sprite {
  index_t side = 0;  ///< pixels; the thing's centre is the square's
  std::vector<float> coverage;
  std::vector<colour> inks;

  /// Pixels that are more than half covered are the thing's own: its mask.
  [[nodiscard]] bool solid(index_t y, index_t x) const {
    return coverage[static_cast<std::size_t>(y * side + x)] > 0.5F;
  }
  [[nodiscard]] index_t area() const {
    index_t count = 0;
    for (float const c : coverage) count += c > 0.5F;
    return count;
  }
};

/// Draws with anti-aliasing: each pixel asks 4 x 4 points, evenly spread.
/// @param radius_px nothing lies farther from the centre
/// @param sample sample(x, y, ink): whether the thing covers the point (pixels from the centre), and then in which ink
template <std::predicate<double, double, colour&> Sample>
sprite rasterise(double radius_px, Sample const& sample) {
  constexpr int points = 4;
  sprite result;
  auto const half = static_cast<index_t>(std::ceil(radius_px)) + 1;
  result.side = 2 * half;
  for (index_t y = -half; y < half; ++y)
    for (index_t x = -half; x < half; ++x) {
      int hits = 0;
      colour sum, ink;
      for (int j = 0; j < points; ++j)
        for (int i = 0; i < points; ++i)
          if (sample(static_cast<double>(x) + (i + 0.5) / points, static_cast<double>(y) + (j + 0.5) / points, ink)) {
            ++hits;
            sum = {sum.blue + ink.blue, sum.green + ink.green, sum.red + ink.red};
          }
      result.coverage.push_back(static_cast<float>(hits) / (points * points));
      auto const share = static_cast<float>(std::max(hits, 1));
      result.inks.push_back({sum.blue / share, sum.green / share, sum.red / share});
    }
  return result;
}

/// Pastes a sprite with its corner at (left, top); what lies outside is cut off.
inline void paste(sprite const& thing, index_t left, index_t top, canvas& onto) {
  for (index_t y = 0; y < thing.side; ++y)
    for (index_t x = 0; x < thing.side; ++x) {
      index_t const cx = left + x, cy = top + y;
      if (cx < 0 || cy < 0 || cx >= onto.width || cy >= onto.height) continue;
      auto const i = static_cast<std::size_t>(y * thing.side + x);
      colour& pixel = onto.at(cy, cx);
      pixel = mix(pixel, thing.inks[i], thing.coverage[i]);
    }
}

}  // namespace acsl::synthetic
