// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/synthetic/catalogue.hpp>
#include <acsl/data/synthetic/draws.hpp>
#include <acsl/data/synthetic/sprite.hpp>
#include <cmath>

namespace acsl::synthetic {

/// How one object of a category looks; drawn once, then drawable at any size.
struct object_style {
  look what;
  inks colours;
  double angle, u_phase, v_phase;  ///< turn of shape and texture; where the pattern starts
  double light_angle, light;       ///< one side is brighter than the other, by this share
};

inline object_style style_of(look const& what, draws& d) {
  object_style style{what, inks_of(what.hue, d), 0, 0, 0, 0, 0};
  style.angle = d.uniform(0, 6.283185307179586);
  style.u_phase = d.uniform(-0.3, 0.3);
  style.v_phase = d.uniform(-0.3, 0.3);
  style.light_angle = d.uniform(0, 6.283185307179586);
  style.light = d.uniform(0, 0.22);
  return style;
}

/// @param diameter_px of the circle that has about the extent of the shape
inline sprite draw_object(object_style const& style, double diameter_px) {
  double const radius = diameter_px / 2, cosine = std::cos(style.angle), sine = std::sin(style.angle);
  double const light_x = style.light * std::cos(style.light_angle), light_y = style.light * std::sin(style.light_angle);
  return rasterise(radius * reach(style.what.shape), [&](double x, double y, colour& ink) {
    double const u = (cosine * x + sine * y) / radius, v = (cosine * y - sine * x) / radius;
    if (!contains(style.what.shape, u, v)) return false;
    bool const second = second_ink(style.what.texture, u + style.u_phase, v + style.v_phase);
    ink = scaled(second ? style.colours.second : style.colours.first,
                 static_cast<float>(1 + (light_x * x + light_y * y) / radius));
    return true;
  });
}

}  // namespace acsl::synthetic
