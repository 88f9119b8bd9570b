// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/synthetic/catalogue.hpp>
#include <acsl/data/synthetic/draws.hpp>
#include <acsl/data/synthetic/sprite.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace acsl::synthetic {

/// Smooth noise in [-1, 1]: a random value at every point of a lattice, interpolated in between.
class smooth_noise {
 public:
  /// @param cell_px distance of two lattice points
  smooth_noise(random_key key, index_t height, index_t width, index_t cell_px)
      : cell_(cell_px), columns_(width / cell_px + 2) {
    index_t const points = columns_ * (height / cell_px + 2);
    for (index_t i = 0; i < points; ++i) values_.push_back(key.uniform(static_cast<std::uint64_t>(i), -1, 1));
  }
  [[nodiscard]] double operator()(index_t y, index_t x) const {
    auto const ease = [this](index_t offset) {
      double const t = static_cast<double>(offset) / static_cast<double>(cell_);
      return t * t * (3 - 2 * t);
    };
    double const s = ease(x % cell_), t = ease(y % cell_);
    double const* const above = &values_[static_cast<std::size_t>(y / cell_ * columns_ + x / cell_)];
    double const* const below = above + columns_;
    return (1 - t) * (above[0] + s * (above[1] - above[0])) + t * (below[0] + s * (below[1] - below[0]));
  }

 private:
  index_t cell_, columns_;
  std::vector<double> values_;
};

/// A gradient between two muted colours, with uneven light.
inline void paint_ground(canvas& onto, random_key key) {
  draws d(key.with(0));
  double const turn = d.uniform(0, 6.283185307179586);
  double const tone = d.uniform(0.25, 0.75);
  colour const from = muted(d, tone - 0.2, tone + 0.2), to = muted(d, tone - 0.2, tone + 0.2);
  double const coarse_gain = d.uniform(8, 22), fine_gain = d.uniform(3, 10);
  smooth_noise const coarse(key.with(1), onto.height, onto.width, 43), fine(key.with(2), onto.height, onto.width, 11);
  double const width = static_cast<double>(onto.width), height = static_cast<double>(onto.height);
  double const across = std::cos(turn), down = std::sin(turn);
  double const length = std::fabs(across) * width + std::fabs(down) * height;
  for (index_t py = 0; py < onto.height; ++py)
    for (index_t px = 0; px < onto.width; ++px) {
      double const along =
          ((static_cast<double>(px) - width / 2) * across + (static_cast<double>(py) - height / 2) * down) / length +
          0.5;
      auto const uneven = static_cast<float>(coarse_gain * coarse(py, px) + fine_gain * fine(py, px));
      colour const ground = mix(from, to, static_cast<float>(along));
      onto.at(py, px) = {ground.blue + uneven, ground.green + uneven, ground.red + uneven};
    }
}

enum class clutter_kind { stroke, bar, ring, blob, crescent };

/// A thing that is no category: a wavy stroke, a bar, a ring, a blob or a crescent. Half of them borrow the inks, and
/// bars and blobs the textures, of categories: colour and texture alone do not tell an object from clutter.
inline sprite draw_clutter(draws& d) {
  auto const kind = static_cast<clutter_kind>(d.below(5));
  inks colours{muted(d, 0.2, 0.95), muted(d, 0.2, 0.95)};
  if (d.chance(0.5)) colours = inks_of(static_cast<hue_kind>(d.below(4)), d);
  auto const texture = kind == clutter_kind::bar || kind == clutter_kind::blob ? static_cast<texture_kind>(d.below(4))
                                                                               : texture_kind::plain;
  double const radius = d.uniform(9, 34), turn = d.uniform(0, 6.283185307179586);
  double const cosine = std::cos(turn), sine = std::sin(turn);
  double const a = d.uniform(0.2, 0.4), b = d.uniform(0, 6.283185307179586), c = d.uniform(0.5, 0.8);
  auto const holds = [=](double u, double v) {
    if (u * u + v * v > 1) return false;
    switch (kind) {
      case clutter_kind::stroke:
        return std::fabs(v) <= 1.25 * a && std::fabs(v - a * std::sin(3 * u + b)) <= 0.25 * a;
      case clutter_kind::bar:
        return std::fabs(u) <= 0.95 && std::fabs(v) <= 0.75 * a;
      case clutter_kind::ring:
        return u * u + v * v >= c * c;
      case clutter_kind::blob: {
        double const angle = std::atan2(v, u);
        double const edge = 0.72 + 0.16 * std::sin(2 * angle + b) + 0.12 * std::sin(3 * angle + 5 * a);
        return u * u + v * v <= edge * edge;
      }
      case clutter_kind::crescent:
        return (u - a) * (u - a) + v * v >= 0.9 * c;
    }
    return false;
  };
  return rasterise(radius, [&](double x, double y, colour& ink) {
    double const u = (cosine * x + sine * y) / radius, v = (cosine * y - sine * x) / radius;
    if (!holds(u, v)) return false;
    ink = second_ink(texture, u, v) ? colours.second : colours.first;
    return true;
  });
}

/// Ground and clutter, before any object.
inline void paint_background(canvas& onto, random_key key) {
  paint_ground(onto, key.with(0));
  draws d(key.with(1));
  for (index_t left = 3 + d.below(6); left > 0; --left) {
    sprite const thing = draw_clutter(d);
    index_t const x = d.below(onto.width), y = d.below(onto.height);
    paste(thing, x - thing.side / 2, y - thing.side / 2, onto);
  }
}

}  // namespace acsl::synthetic
