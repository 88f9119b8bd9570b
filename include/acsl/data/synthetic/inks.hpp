// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/synthetic/draws.hpp>
#include <acsl/io/colour.hpp>
#include <array>
#include <cstddef>

namespace acsl::synthetic {

enum class hue_kind { red, yellow, green, blue };
inline constexpr std::array<char const*, 4> hue_names = {"red", "yellow", "green", "blue"};

/// The two inks of an object: its colour, and what stripes, dots and squares show in between.
struct inks {
  colour first, second;
};

/// A shade of a hue: no two objects of a category have quite the same.
inline colour shade_of(hue_kind hue, draws& d) {
  constexpr std::array<double, 4> degrees = {0, 49, 128, 222}, spread = {9, 7, 20, 17};
  auto const i = static_cast<std::size_t>(hue);
  double const angle = degrees[i] + d.uniform(-spread[i], spread[i]), saturation = d.uniform(0.68, 0.95);
  return from_hsv(angle, saturation, d.uniform(0.62, 0.95));
}

inline inks inks_of(hue_kind hue, draws& d) {
  colour const first = shade_of(hue, d);
  colour const cream = from_hsv(45, 0.08, 0.98);
  return {first, mix(first, cream, static_cast<float>(d.uniform(0.75, 0.92)))};
}

/// A muted colour of any hue, as backgrounds and clutter have.
inline colour muted(draws& d, double low_value, double high_value) {
  double const hue = d.uniform(0, 360), saturation = d.uniform(0.05, 0.38);
  return from_hsv(hue, saturation, d.uniform(low_value, high_value));
}

}  // namespace acsl::synthetic
