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

/// A decoded box, and how its corners move with the delta: dx moves x1 and x2 alike, dw moves them apart.
template <class T>
struct decoded_box {
  T x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  T shift_x = 0, shift_y = 0;  ///< ∂x1/∂dx = ∂x2/∂dx, and for y
  T grow_x = 0, grow_y = 0;    ///< ∂x2/∂dw = −∂x1/∂dw, and for y with dh; 0 beyond the limit of sizes

  /// By the chain rule from the four derivatives by x1, y1, x2, y2 to those by dx, dy, dw, dh.
  ACSL_HOST_DEVICE void by_delta(T const* by_corner, T* result) const {
    result[0] = shift_x * (by_corner[0] + by_corner[2]);
    result[1] = shift_y * (by_corner[1] + by_corner[3]);
    result[2] = grow_x * (by_corner[2] - by_corner[0]);
    result[3] = grow_y * (by_corner[3] - by_corner[1]);
  }
};

/// Encodes a box relative to a region and back (detector-spec 5):
///
///   dx = (gx − px) / pw, dy = (gy − py) / ph, dw = ln(gw / pw), dh = ln(gh / ph), then (d − mean) / std
///
/// Widths carry the inclusive convention's + 1, centres (x1 + x2) / 2 do not. Decoding limits dw and dh to ±ln(1000 /
/// 16) and does not limit dx and dy. By the delta, with w and h the decoded width and height:
///
///   ∂x1/∂dx = ∂x2/∂dx = pw std,   ∂x2/∂dw = −∂x1/∂dw = w std / 2, 0 where dw is limited,   and for y with dy and dh
///
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
    auto const b = corners<float>(p, d.dx, d.dy, d.dw, d.dh);
    return {b.x1, b.y1, b.x2, b.y2};
  }
  /// The same in T, with the derivatives. @param d dx, dy, dw, dh
  template <class T>
  [[nodiscard]] ACSL_HOST_DEVICE decoded_box<T> decode_with_slopes(box const& p, T const* d) const {
    auto b = corners<T>(p, d[0], d[1], d[2], d[3]);
    T const half = static_cast<T>(0.5);
    b.shift_x = (T{p.x2} - T{p.x1} + 1) * stds.x;
    b.shift_y = (T{p.y2} - T{p.y1} + 1) * stds.y;
    b.grow_x = limited(d[2] * stds.w + means.w) ? T(0) : half * (b.x2 - b.x1 + 1) * stds.w;
    b.grow_y = limited(d[3] * stds.h + means.h) ? T(0) : half * (b.y2 - b.y1 + 1) * stds.h;
    return b;
  }

 private:
  /// Without the derivatives.
  template <class T>
  ACSL_HOST_DEVICE decoded_box<T> corners(box const& p, T dx, T dy, T dw, T dh) const {
    T const half = static_cast<T>(0.5), x1 = p.x1, y1 = p.y1, x2 = p.x2, y2 = p.y2;
    T const pw = x2 - x1 + 1, ph = y2 - y1 + 1, px = (x1 + x2) * half, py = (y1 + y2) * half;
    T const gx = px + pw * (dx * stds.x + means.x), gy = py + ph * (dy * stds.y + means.y);
    T const gw = pw * std::exp(limit(dw * stds.w + means.w)), gh = ph * std::exp(limit(dh * stds.h + means.h));
    return {gx - half * gw + half, gy - half * gh + half, gx + half * gw - half, gy + half * gh - half};
  }
  template <class T>
  ACSL_HOST_DEVICE static bool limited(T v) {
    return v > largest_ratio || v < -largest_ratio;
  }
  template <class T>
  ACSL_HOST_DEVICE static T limit(T v) {
    return v > largest_ratio ? T{largest_ratio} : (v < -largest_ratio ? T{-largest_ratio} : v);
  }
};

}  // namespace acsl
