// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/host_device.hpp>
#include <cmath>

namespace acsl {

/// A box relative to another: shift of the centre in units of its size, logarithm of the ratio of sizes, then
/// normalised.
struct delta {
  float dx = 0, dy = 0, dw = 0, dh = 0;
};

/// Four numbers, one per coordinate of a delta.
struct delta_scale {
  float x = 0, y = 0, w = 0, h = 0;
};

/// Encodes a box relative to a region and back (detector-spec 5):
///
///   dx = (gx − px) / pw, dy = (gy − py) / ph, dw = ln(gw / pw), dh = ln(gh / ph), then (d − mean) / std
///
/// Widths carry the inclusive convention's + 1, centres (x1 + x2) / 2 do not. Decoding limits dw and dh to ±ln(1000 /
/// 16) and does not limit dx and dy.
/// @source Girshick, Donahue, Darrell, Malik, CVPR 2014
struct delta_coder {
  delta_scale means{0, 0, 0, 0};
  delta_scale stds{1, 1, 1, 1};
  static constexpr float largest_ratio = 4.135166556742356F;  // ln(1000 / 16)

  /// @pre both boxes have positive width and height
  [[nodiscard]] ACSL_HOST_DEVICE delta encode(box const& p, box const& g) const {
    float const pw = p.x2 - p.x1 + 1, ph = p.y2 - p.y1 + 1, px = (p.x1 + p.x2) * 0.5F, py = (p.y1 + p.y2) * 0.5F;
    float const gw = g.x2 - g.x1 + 1, gh = g.y2 - g.y1 + 1, gx = (g.x1 + g.x2) * 0.5F, gy = (g.y1 + g.y2) * 0.5F;
    return {((gx - px) / pw - means.x) / stds.x, ((gy - py) / ph - means.y) / stds.y,
            (std::log(gw / pw) - means.w) / stds.w, (std::log(gh / ph) - means.h) / stds.h};
  }
  [[nodiscard]] ACSL_HOST_DEVICE box decode(box const& p, delta const& d) const {
    float const pw = p.x2 - p.x1 + 1, ph = p.y2 - p.y1 + 1, px = (p.x1 + p.x2) * 0.5F, py = (p.y1 + p.y2) * 0.5F;
    float const gx = px + pw * (d.dx * stds.x + means.x), gy = py + ph * (d.dy * stds.y + means.y);
    float const gw = pw * std::exp(limit(d.dw * stds.w + means.w)), gh = ph * std::exp(limit(d.dh * stds.h + means.h));
    return {gx - 0.5F * gw + 0.5F, gy - 0.5F * gh + 0.5F, gx + 0.5F * gw - 0.5F, gy + 0.5F * gh - 0.5F};
  }

 private:
  ACSL_HOST_DEVICE static float limit(float v) {
    return v > largest_ratio ? largest_ratio : (v < -largest_ratio ? -largest_ratio : v);
  }
};

}  // namespace acsl
