// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/gaussian_filter.hpp>
#include <acsl/data/corruptions/detail/plasma_fractal.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace acsl::corruptions {
namespace detail {

/// A line of ice from a point on, fading to its end: the larger of what was there and this.
inline void draw_needle(pixel_field& field, double y, double x, double angle, double length) {
  double const down = std::sin(angle), right = std::cos(angle);
  for (double at = 0; at <= length; at += 0.5) {
    auto const row = static_cast<index_t>(std::floor(y + at * down)),
               column = static_cast<index_t>(std::floor(x + at * right));
    if (row < 0 || column < 0 || row >= field.height || column >= field.width) continue;
    float& value = field.row(row)[column];
    value = std::max(value, static_cast<float>(1 - 0.8 * at / length));
  }
}

/// Crystals with six arms, each a needle with shorter ones at its sides; one for every 40th of a longer side squared.
inline pixel_field ice_crystals(index_t height, index_t width, random_key key) {
  constexpr double sixth = 3.14159265358979323846 / 3;
  pixel_field field(height, width);
  double const side = static_cast<double>(std::max(height, width));
  auto const count = static_cast<std::uint64_t>(1600 * static_cast<double>(height * width) / (side * side)) + 1;
  for (std::uint64_t k = 0; k < count; ++k) {
    double const y = key.uniform(4 * k, 0, static_cast<double>(height)),
                 x = key.uniform(4 * k + 1, 0, static_cast<double>(width));
    double const turn = key.uniform(4 * k + 2, 0, sixth), length = key.uniform(4 * k + 3, 0.01, 0.06) * side;
    for (int arm = 0; arm < 6; ++arm) {
      double const angle = turn + arm * sixth;
      draw_needle(field, y, x, angle, length);
      for (double share = 0.25; share < 0.9; share += 0.15)
        for (double const side_angle : {angle - sixth, angle + sixth})
          draw_needle(field, y + share * length * std::sin(angle), x + share * length * std::cos(angle), side_angle,
                      0.4 * (1 - share) * length);
    }
  }
  return gaussian_filter(field, 0.7);
}

/// A frosted pane, values in [0, 1]: crystals on patches of ice, between a dark blue and white.
inline pixel_field frosted_pane(index_t height, index_t width, random_key key) {
  auto const patches = plasma_fractal(height, width, 2, key.with(0));
  auto const crystals = ice_crystals(height, width, key.with(1));
  constexpr std::array<float, 3> pane = {0.34F, 0.26F, 0.19F}, ice = {1.0F, 0.97F, 0.93F};  // B, G, R
  pixel_field result(height, width, image8::channels);
  for (std::size_t i = 0; i < patches.values.size(); ++i) {
    float const patch = patches.values[i];
    float const amount = std::min(0.4F * patch + crystals.values[i] * (0.3F + 0.9F * patch), 1.0F);
    for (std::size_t c = 0; c < 3; ++c) result.values[3 * i + c] = pane[c] + amount * (ice[c] - pane[c]);
  }
  return result;
}

}  // namespace detail

/// a · v + b · frost, with the published weights.
///
/// **Differs from the original**, which blends one of six photographs of frost, cropped at random: we have none of them
/// and draw a frosted pane. Figures for `frost`, and means that it takes part in, compare with ours alone.
inline image8 frost(image8 const& image, int severity, random_key key) {
  struct constants {
    float image, frost;
  };
  constexpr detail::by_severity<constants> all{{{1, 0.4F}, {0.8F, 0.6F}, {0.7F, 0.7F}, {0.65F, 0.7F}, {0.6F, 0.75F}}};
  auto const c = detail::of_severity(all, severity);
  auto field = detail::field_of(image);
  auto const frost = detail::frosted_pane(image.height, image.width, key);
  for (std::size_t i = 0; i < field.values.size(); ++i)
    field.values[i] = c.image * field.values[i] + c.frost * frost.values[i];
  return detail::image_of(field);
}

}  // namespace acsl::corruptions
