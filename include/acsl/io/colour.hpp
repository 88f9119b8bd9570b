// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <cmath>

namespace acsl {

/// A colour in the order of `image8`, each channel in [0, 255]; not rounded, so that colours can be mixed.
struct colour {
  float blue = 0, green = 0, red = 0;
  friend constexpr bool operator==(colour const&, colour const&) = default;
};

/// (1 − share) · from + share · to.
[[nodiscard]] constexpr colour mix(colour const& from, colour const& to, float share) {
  return {from.blue + share * (to.blue - from.blue), from.green + share * (to.green - from.green),
          from.red + share * (to.red - from.red)};
}

/// Every channel times `gain`. May leave [0, 255].
[[nodiscard]] constexpr colour scaled(colour const& c, float gain) {
  return {c.blue * gain, c.green * gain, c.red * gain};
}

/// Luma of ITU-R BT.601, in [0, 255].
[[nodiscard]] constexpr float luma(colour const& c) { return 0.114F * c.blue + 0.587F * c.green + 0.299F * c.red; }

/// Hue, saturation, value to a colour.
/// @param hue_degrees any angle: 0 red, 120 green, 240 blue
/// @pre saturation and value lie in [0, 1]
[[nodiscard]] inline colour from_hsv(double hue_degrees, double saturation, double value) {
  ACSL_EXPECTS(saturation >= 0 && saturation <= 1 && value >= 0 && value <= 1,
               "saturation and value of a colour lie in [0, 1]", saturation, value);
  // Smith, "Color gamut transform pairs", SIGGRAPH 1978, as one formula for the three channels.
  auto const channel = [=](double offset) {
    double sextant = offset + hue_degrees / 60;
    sextant -= 6 * std::floor(sextant / 6);
    double const ramp = std::fmax(0.0, std::fmin(1.0, std::fmin(sextant, 4 - sextant)));
    return static_cast<float>(255 * value * (1 - saturation * ramp));
  };
  return {channel(1), channel(3), channel(5)};
}

}  // namespace acsl
