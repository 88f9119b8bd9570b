// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace acsl::detail {

/// What an output pixel of one axis reads: two input pixels and their weights, in 1/2048.
struct bilinear_tap {
  index_t first, second;
  std::int32_t first_weight, second_weight;
};

/// Beyond the border both taps read the border pixel. Along rows the weight then goes to one of them; along columns it
/// stays divided, which may round differently.
enum class bilinear_border { drops_fraction, keeps_fraction };

inline std::vector<bilinear_tap> bilinear_taps(index_t from, index_t to, bilinear_border border) {
  double const step = 1.0 / (static_cast<double>(to) / static_cast<double>(from));
  std::vector<bilinear_tap> taps(static_cast<std::size_t>(to));
  for (index_t i = 0; i < to; ++i) {
    float fraction = static_cast<float>((static_cast<double>(i) + 0.5) * step - 0.5);
    auto place = static_cast<index_t>(std::floor(fraction));
    fraction -= static_cast<float>(place);
    if (border == bilinear_border::drops_fraction && (place < 0 || place >= from - 1)) {
      place = place < 0 ? 0 : from - 1;
      fraction = 0;
    }
    auto const inside = [from](index_t p) { return p < 0 ? 0 : p >= from ? from - 1 : p; };
    taps[static_cast<std::size_t>(i)] = {inside(place), inside(place + 1),
                                         static_cast<std::int32_t>(std::nearbyint((1.0F - fraction) * 2048.0F)),
                                         static_cast<std::int32_t>(std::nearbyint(fraction * 2048.0F))};
  }
  return taps;
}

inline void interpolate_row(std::uint8_t const* row, std::vector<bilinear_tap> const& taps, std::int16_t* result) {
  for (bilinear_tap const& tap : taps) {
    std::uint8_t const *const left = row + tap.first * 3, *const right = row + tap.second * 3;
    for (int c = 0; c < 3; ++c)
      *result++ = static_cast<std::int16_t>((left[c] * tap.first_weight + right[c] * tap.second_weight) >> 4);
  }
}

inline void blend_rows(std::int16_t const* upper, std::int16_t const* lower, bilinear_tap const& tap, index_t values,
                       std::uint8_t* result) {
  auto const b0 = static_cast<std::int16_t>(tap.first_weight), b1 = static_cast<std::int16_t>(tap.second_weight);
  for (index_t i = 0; i < values; ++i) {
    int const value = (((upper[i] * b0) >> 16) + ((lower[i] * b1) >> 16) + 2) >> 2;
    result[i] = static_cast<std::uint8_t>(value > 255 ? 255 : value);
  }
}

}  // namespace acsl::detail
