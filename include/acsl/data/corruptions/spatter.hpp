// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/chamfer_distance.hpp>
#include <acsl/data/corruptions/detail/edges.hpp>
#include <acsl/data/corruptions/detail/equalise_histogram.hpp>
#include <acsl/data/corruptions/detail/gaussian_filter.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>
#include <array>
#include <cmath>

namespace acsl::corruptions {
namespace detail {

inline constexpr std::array<float, 3> water_bgr = {238 / 255.0F, 238 / 255.0F, 175 / 255.0F};  // pale turquoise
inline constexpr std::array<float, 3> mud_bgr = {20 / 255.0F, 42 / 255.0F, 63 / 255.0F};

/// How bright water is, in [0, 1], from how thick it is: thickness times a relief of the distance from the edges of the
/// drops, lit from the upper left; over the largest of the image.
inline pixel_field water_light(pixel_field thickness) {
  for (float& value : thickness.values) value = std::clamp(std::floor(value * 255), 0.0F, 255.0F);  // 8 bits
  auto relief = chamfer_distance(find_edges(thickness, 50, 150), thickness.height, thickness.width);
  for (float& value : relief.values) value = std::min(value, 20.0F);
  relief = mean_of_neighbours(relief);
  for (float& value : relief.values) value = std::floor(value);
  equalise_histogram(relief);
  relief = correlate(relief, square_kernel({-2, -1, 0, -1, 1, 1, 0, 1, 2}, 3), border::mirror);
  for (float& value : relief.values) value = std::clamp(value, 0.0F, 255.0F);
  relief = mean_of_neighbours(relief);
  for (std::size_t i = 0; i < relief.values.size(); ++i)
    relief.values[i] = thickness.values[i] * std::nearbyint(relief.values[i]);
  float const most = *std::max_element(relief.values.begin(), relief.values.end());
  if (most > 0)
    for (float& value : relief.values) value /= most;
  return relief;
}

}  // namespace detail

/// Drops on the lens: smoothed normal noise above a threshold. Severities 1 to 3 add pale turquoise water, v + c ·
/// light · colour; 4 and 5 cover with mud, (1 − m) · v + m · colour, m being the smoothed drops where they are above
/// 0.8.
///
/// Exact but for the stream of random numbers: scikit-image's Gaussian, OpenCV's Canny, distance transform, means and
/// equalised histogram. Where no drop is drawn the image stays as it is, and the original has no numbers.
inline image8 spatter(image8 const& image, int severity, random_key key) {
  struct constants {
    double mean, deviation, sigma;
    float threshold, strength;  ///< of mud: σ
    bool mud;
  };
  constexpr detail::by_severity<constants> all{{{0.65, 0.3, 4, 0.69F, 0.6F, false},
                                                {0.65, 0.3, 3, 0.68F, 0.6F, false},
                                                {0.65, 0.3, 2, 0.68F, 0.5F, false},
                                                {0.65, 0.3, 1, 0.65F, 1.5F, true},
                                                {0.67, 0.4, 1, 0.65F, 1.5F, true}}};
  auto const c = detail::of_severity(all, severity);
  auto drops =
      detail::gaussian_filter(detail::normal_field(image.height, image.width, key, c.mean, c.deviation), c.sigma);
  for (float& value : drops.values)
    value = value < c.threshold ? 0.0F : c.mud ? (value > c.threshold ? 1.0F : 0.0F) : value;
  auto cover = c.mud ? detail::gaussian_filter(drops, c.strength) : detail::water_light(drops);
  for (float& value : cover.values) value = c.mud ? (value < 0.8F ? 0.0F : value) : value * c.strength;
  auto field = detail::field_of(image);
  for (std::size_t i = 0; i < field.values.size(); ++i) {
    float const m = cover.values[i / 3];
    field.values[i] =
        c.mud ? (1 - m) * field.values[i] + m * detail::mud_bgr[i % 3] : field.values[i] + m * detail::water_bgr[i % 3];
  }
  return detail::image_of(field);
}

}  // namespace acsl::corruptions
