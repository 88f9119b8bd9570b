// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <algorithm>
#include <cmath>

namespace acsl::corruptions::detail {

/// Hue (a turn is 1), saturation and value of a colour, all in [0, 1]; greys have hue and saturation 0.
struct hsv {
  float hue = 0, saturation = 0, value = 0;
};

inline hsv hsv_of(float red, float green, float blue) {
  float const high = std::max({red, green, blue}), range = high - std::min({red, green, blue});
  if (range <= 0) return {0, 0, high};
  float sixths = high == blue    ? 4 + (red - green) / range
                 : high == green ? 2 + (blue - red) / range
                                 : (green - blue) / range;
  if (sixths < 0) sixths += 6;
  return {sixths / 6, range / high, high};
}

/// Writes B, G, R.
inline void write_bgr(hsv const& colour, float* bgr) {
  float const sixths = colour.hue * 6, whole = std::floor(sixths), fraction = sixths - whole;
  float const v = colour.value, low = v * (1 - colour.saturation), falling = v * (1 - fraction * colour.saturation),
              rising = v * (1 - (1 - fraction) * colour.saturation);
  float const red[] = {v, falling, low, low, rising, v}, green[] = {rising, v, v, falling, low, low},
              blue[] = {low, low, rising, v, v, falling};
  int const sector = static_cast<int>(whole) % 6;
  bgr[0] = blue[sector];
  bgr[1] = green[sector];
  bgr[2] = red[sector];
}

/// Every pixel of an image, changed as hue, saturation and value: change(hsv&).
template <class Change>
image8 change_hsv(image8 const& image, Change change) {
  auto field = field_of(image);
  for (auto pixel = field.values.begin(); pixel != field.values.end(); pixel += image8::channels) {
    hsv colour = hsv_of(pixel[2], pixel[1], pixel[0]);
    change(colour);
    write_bgr(colour, &*pixel);
  }
  return image_of(field);
}

}  // namespace acsl::corruptions::detail
