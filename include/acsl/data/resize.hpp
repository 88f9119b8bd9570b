// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/data/detail/bilinear_taps.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl {

/// The size that resizing aims at: the longer side becomes at most `long_side`, the shorter at most `short_side`.
struct image_scale {
  index_t long_side = 1333, short_side = 800;
  friend bool operator==(image_scale const&, image_scale const&) = default;
};

struct resized_extent {
  index_t height = 0, width = 0;
  double scale = 1;  ///< the wanted factor, not the realised ratio of the rounded sizes
};

/// s = min(long / max(h, w), short / min(h, w));  sides are trunc(side * s + 0.5), at least 1.
/// @pre all four sizes are at least 1
[[nodiscard]] inline resized_extent resized(index_t height, index_t width, image_scale const& target) {
  ACSL_EXPECTS(height > 0 && width > 0, "an image that is resized has pixels", height, width);
  ACSL_EXPECTS(target.long_side > 0 && target.short_side > 0, "a scale is positive", target.long_side,
               target.short_side);
  double const longer = static_cast<double>(std::max(height, width)),
               shorter = static_cast<double>(std::min(height, width));
  double const scale = std::min(static_cast<double>(std::max(target.long_side, target.short_side)) / longer,
                                static_cast<double>(std::min(target.long_side, target.short_side)) / shorter);
  auto const side = [scale](index_t pixels) {
    return std::max<index_t>(1, static_cast<index_t>(static_cast<double>(pixels) * scale + 0.5));
  };
  return {side(height), side(width), scale};
}

/// Bilinear interpolation of 8-bit pixels with 11-bit fixed-point weights, the same bits as OpenCV's INTER_LINEAR.
///
///   fx = (x + 0.5) * W0 / W - 0.5,  weights round(2048 * (1 - frac)), round(2048 * frac);  borders are repeated
///   rows     r = a0 * left + a1 * right              (exact, 32 bits)
///   columns  (((b0 * (r0 >> 4)) >> 16) + ((b1 * (r1 >> 4)) >> 16) + 2) >> 2
///
/// O(h0 * w + h * w); an unchanged size is a copy. @pre no empty extent
[[nodiscard]] inline image8 resize_bilinear(image8 const& image, index_t height, index_t width) {
  ACSL_EXPECTS(!image.empty() && height > 0 && width > 0, "resizing needs pixels on both sides", image.height,
               image.width, height, width);
  if (height == image.height && width == image.width) return image;
  auto const across = detail::bilinear_taps(image.width, width, detail::bilinear_border::drops_fraction);
  auto const down = detail::bilinear_taps(image.height, height, detail::bilinear_border::keeps_fraction);
  std::size_t const row_values = static_cast<std::size_t>(width * image8::channels);

  // r >> 4 fits in 16 bits: 255 * 2049 / 16 < 2^15. Neighbouring output rows share source rows: two are kept.
  std::vector<std::int16_t> upper(row_values), lower(row_values);
  index_t upper_row = -1, lower_row = -1;
  auto const fill = [&](std::vector<std::int16_t>& buffer, index_t row) {
    detail::interpolate_row(image.row(row), across, buffer.data());
  };
  image8 result(height, width);
  for (index_t y = 0; y < height; ++y) {
    auto const& tap = down[static_cast<std::size_t>(y)];
    if (upper_row != tap.first && lower_row == tap.first) {
      std::swap(upper, lower);
      std::swap(upper_row, lower_row);
    }
    if (upper_row != tap.first) fill(upper, upper_row = tap.first);
    if (lower_row != tap.second) fill(lower, lower_row = tap.second);
    detail::blend_rows(upper.data(), lower.data(), tap, static_cast<index_t>(row_values), result.row(y));
  }
  return result;
}

/// Boxes of the original image in the resized one: coordinates times float(scale), clipped to [0, side - 1].
inline void resize_boxes(std::vector<box>& boxes, resized_extent const& extent) {
  float const scale = static_cast<float>(extent.scale);
  float const right = static_cast<float>(extent.width - 1), bottom = static_cast<float>(extent.height - 1);
  for (box& b : boxes)
    b = {std::clamp(b.x1 * scale, 0.0F, right), std::clamp(b.y1 * scale, 0.0F, bottom),
         std::clamp(b.x2 * scale, 0.0F, right), std::clamp(b.y2 * scale, 0.0F, bottom)};
}

}  // namespace acsl
