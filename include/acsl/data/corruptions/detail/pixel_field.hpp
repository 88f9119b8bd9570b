// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace acsl::corruptions::detail {

/// float32 numbers per pixel: [height, width, channels], rows without gaps. Three channels are B, G, R.
struct pixel_field {
  index_t height = 0, width = 0, channels = 1;
  std::vector<float> values;

  pixel_field(index_t height_px, index_t width_px, index_t channel_count = 1)
      : height(height_px),
        width(width_px),
        channels(channel_count),
        values(static_cast<std::size_t>(height_px * width_px * channel_count)) {}

  [[nodiscard]] index_t row_values() const { return width * channels; }
  [[nodiscard]] float* row(index_t y) { return values.data() + y * row_values(); }
  [[nodiscard]] float const* row(index_t y) const { return values.data() + y * row_values(); }
};

/// The largest whole number that is not above the value, give or take what float32 sums of some hundred terms lose:
/// a flat area of 100 stays 100.
inline float rounded_down(float value) { return std::floor(value + 1.0F / 1024.0F); }

/// A value of [0, 1], cut to it, as 8 bits, rounded down.
inline std::uint8_t byte_of(float unit) {
  return static_cast<std::uint8_t>(rounded_down(std::clamp(unit, 0.0F, 1.0F) * 255.0F));
}

/// Values of 8 bits as numbers in [0, 1].
inline pixel_field field_of(image8 const& image) {
  pixel_field field(image.height, image.width, image8::channels);
  std::transform(image.pixels.begin(), image.pixels.end(), field.values.begin(),
                 [](std::uint8_t value) { return static_cast<float>(value) / 255.0F; });
  return field;
}
/// @pre three channels
inline image8 image_of(pixel_field const& field) {
  image8 image(field.height, field.width);
  std::transform(field.values.begin(), field.values.end(), image.pixels.begin(), byte_of);
  return image;
}

/// One channel of normal numbers; that of pixel i in rows is number i of the key.
inline pixel_field normal_field(index_t height, index_t width, random_key key, double mean, double deviation) {
  pixel_field field(height, width);
  for (std::size_t i = 0; i < field.values.size(); ++i)
    field.values[i] = static_cast<float>(mean + deviation * key.normal(i));
  return field;
}

}  // namespace acsl::corruptions::detail
