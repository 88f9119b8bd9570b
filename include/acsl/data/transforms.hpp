// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/tensor_view.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <array>
#include <vector>

namespace acsl {

/// (v - mean) / standard_deviation per channel, in the order **R, G, B**, of 8-bit values.
struct normalisation {
  std::array<float, 3> mean = {123.675F, 116.28F, 103.53F};
  std::array<float, 3> standard_deviation = {58.395F, 57.12F, 57.375F};
};

/// Mirrors an image left to right, in place.
inline void flip_horizontally(image8& image) {
  for (index_t y = 0; y < image.height; ++y)
    for (index_t left = 0, right = image.width - 1; left < right; ++left, --right)
      std::swap_ranges(image.at(y, left), image.at(y, left) + image8::channels, image.at(y, right));
}
/// Mirrors boxes with inclusive corners in an image of this width: x1' = width - x2 - 1, x2' = width - x1 - 1.
inline void flip_horizontally(std::vector<box>& boxes, index_t width) {
  float const w = static_cast<float>(width);
  for (box& b : boxes) b = {w - b.x2 - 1.0F, b.y1, w - b.x1 - 1.0F, b.y2};
}

/// The side padded up to a multiple.
[[nodiscard]] constexpr index_t padded_side(index_t side, index_t divisor) {
  return (side + divisor - 1) / divisor * divisor;
}

/// Writes an image as three normalised planes R, G, B into the upper left of `planes` [3, H, W] and zeroes the rest.
/// float32: (v - mean) / deviation, rounded after each operation.
/// @pre H and W are at least the image's; deviations are positive
inline void normalise(image8 const& image, normalisation const& by, tensor_view<float> planes) {
  ACSL_EXPECTS(planes.rank() == 3 && planes.extent(0) == 3 && planes.extent(1) >= image.height &&
                   planes.extent(2) >= image.width,
               "the planes hold the image", planes.extents(), image.height, image.width);
  for (int channel = 0; channel < 3; ++channel) {
    auto const c = static_cast<std::size_t>(channel);
    ACSL_EXPECTS(by.standard_deviation[c] > 0, "a standard deviation is positive", by.standard_deviation[c]);
    std::array<float, 256> table;  // a channel has 256 values
    for (int v = 0; v < 256; ++v)
      table[static_cast<std::size_t>(v)] = (static_cast<float>(v) - by.mean[c]) / by.standard_deviation[c];
    for (index_t y = 0; y < planes.extent(1); ++y) {
      float* const target = &planes(channel, y, 0);
      index_t const filled = y < image.height ? image.width : 0;
      std::uint8_t const* const source = image.row(filled ? y : 0) + (2 - channel);
      for (index_t x = 0; x < filled; ++x) target[x] = table[source[x * 3]];
      std::fill(target + filled, target + planes.extent(2), 0.0F);
    }
  }
}

}  // namespace acsl
