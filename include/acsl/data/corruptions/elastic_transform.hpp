// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/gaussian_filter.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <cmath>

namespace acsl::corruptions {
namespace detail {

/// Where pixels come from, beside their own place: uniform in ±0.005 · height, smoothed by a Gaussian of 0.01 of each
/// side that ends at 3 σ, times `strength`.
inline pixel_field displacements(index_t height, index_t width, double strength, random_key key) {
  pixel_field field(height, width);
  double const most = 0.005 * static_cast<double>(height);
  for (std::size_t i = 0; i < field.values.size(); ++i)
    field.values[i] = static_cast<float>(key.uniform(i, -most, most));
  field =
      gaussian_filter(field, 0.01 * static_cast<double>(height), 0.01 * static_cast<double>(width), border::reflect, 3);
  for (float& value : field.values) value *= static_cast<float>(strength);
  return field;
}

}  // namespace detail

/// The image seen through a rippled surface: v(y + dy, x + dx) between the four nearest pixels, with smooth random dy
/// and dx; beyond the border the image is mirrored with its last pixel. Exact but for the streams of random numbers, to
/// the definition for images of any size (both displacements are in shares of the height); ImageNet-C's own, for 224 x
/// 224 pixels, adds an affine map at the first severities.
inline image8 elastic_transform(image8 const& image, int severity, random_key key) {
  constexpr detail::by_severity<double> strengths{12.5, 16.25, 21.25, 25, 30};
  double const strength = detail::of_severity(strengths, severity);
  index_t const height = image.height, width = image.width;
  auto const right = detail::displacements(height, width, strength, key.with(0));
  auto const down = detail::displacements(height, width, strength, key.with(1));
  auto const field = detail::field_of(image);
  detail::pixel_field result(height, width, image8::channels);
  auto const row = [&](index_t y) { return field.row(detail::inside(y, height, detail::border::reflect)); };
  auto const column = [&](index_t x) { return detail::inside(x, width, detail::border::reflect) * image8::channels; };
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x) {
      double const from_y = static_cast<double>(y) + down.row(y)[x], from_x = static_cast<double>(x) + right.row(y)[x];
      auto const upper = static_cast<index_t>(std::floor(from_y)), left = static_cast<index_t>(std::floor(from_x));
      auto const wy = static_cast<float>(from_y - std::floor(from_y)),
                 wx = static_cast<float>(from_x - std::floor(from_x));
      for (index_t c = 0; c < image8::channels; ++c)
        result.row(y)[x * image8::channels + c] =
            (1 - wy) * ((1 - wx) * row(upper)[column(left) + c] + wx * row(upper)[column(left + 1) + c]) +
            wy * ((1 - wx) * row(upper + 1)[column(left) + c] + wx * row(upper + 1)[column(left + 1) + c]);
    }
  return detail::image_of(result);
}

}  // namespace acsl::corruptions
