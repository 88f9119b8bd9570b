// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/synthetic/background.hpp>
#include <acsl/data/synthetic/layout.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace acsl::synthetic {

/// An object that can be seen in a scene.
struct scene_object {
  index_t category;
  std::array<double, 4> bbox;  ///< x, y, width, height around the visible pixels
  index_t area;                ///< visible pixels
  bool labelled = true;
};

struct scene {
  image8 image;
  std::vector<scene_object> objects;
};

namespace detail {

/// Finds a place for an object; shrinks it when it fits nowhere.
inline bool place_somewhere(object_style const& style, double diameter, layout& where, canvas& onto, draws& d) {
  for (int shrinks = 0; shrinks < 6; ++shrinks, diameter *= 0.8) {
    sprite const thing = draw_object(style, diameter);
    for (int attempt = 0; attempt < 32; ++attempt) {
      // Up to a sixth may stick out on each side.
      auto const anywhere = [&](index_t extent) {
        index_t const outside = thing.side / 6;
        return d.below(std::max<index_t>(1, extent - thing.side + 2 * outside + 1)) - outside;
      };
      index_t const left = anywhere(onto.width), top = anywhere(onto.height);
      if (!where.place(thing, left, top)) continue;
      paste(thing, left, top, onto);
      return true;
    }
    if (diameter * 0.8 < 14) break;  // too small to tell its texture
  }
  return false;
}

/// Rounds to 8 bits, under a light that differs from image to image, with the noise of a sensor.
inline image8 develop(canvas const& from, random_key key) {
  draws d(key.with(0));
  double const light = d.uniform(0.72, 1.05), warmth = d.uniform(-0.07, 0.07), grain = d.uniform(1.5, 6);
  std::array<double, 3> const gain = {light * (1 - warmth), light, light * (1 + warmth)};
  image8 image(from.height, from.width);
  random_key const noise = key.with(1);
  for (std::size_t i = 0; i < from.pixels.size(); ++i) {
    colour const& c = from.pixels[i];
    double const error = grain * noise.normal(i);
    std::array<float, 3> const channels = {c.blue, c.green, c.red};
    for (std::size_t k = 0; k < 3; ++k)
      image.pixels[3 * i + k] = static_cast<std::uint8_t>(std::clamp(gain[k] * channels[k] + error, 0.0, 254.0) + 0.5);
  }
  return image;
}

}  // namespace detail

/// Draws an image with the objects of a plan. Large objects lie below small ones. A planned object that fits nowhere,
/// even when shrunk, is left out.
/// @param key (seed, split, image); everything drawn here depends on it alone
inline scene draw_scene(std::vector<planned_category> const& plan, index_t height, index_t width, random_key key) {
  draws d(key.with(0));
  struct planned_object {
    double diameter;
    index_t category;
  };
  std::vector<planned_object> queue;
  double const largest = 1.15 * static_cast<double>(std::min(height, width));
  for (auto const& planned : plan)
    for (index_t i = 0; i < planned.instances; ++i)
      queue.push_back({std::min(draw_diameter(d), largest), planned.category});
  std::stable_sort(queue.begin(), queue.end(), [](auto const& a, auto const& b) { return a.diameter > b.diameter; });

  canvas onto(height, width);
  paint_background(onto, key.with(1));
  layout where(height, width);
  scene result;
  for (auto const& next : queue) {
    object_style const style = style_of(look_of(next.category), d);
    if (detail::place_somewhere(style, next.diameter, where, onto, d)) result.objects.push_back({next.category, {}, 0});
  }
  auto const boxes = where.boxes();
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    result.objects[i].bbox = boxes[i];
    result.objects[i].area = where.area(static_cast<index_t>(i));
  }
  for (auto const& planned : plan) {  // the smallest go without a label, but never all of a category
    index_t shown = 0, hidden = 0;
    for (auto const& object : result.objects) shown += object.category == planned.category;
    for (auto object = result.objects.rbegin(); object != result.objects.rend(); ++object)
      if (object->category == planned.category && hidden < std::min(planned.unlabelled, shown - 1)) {
        object->labelled = false;
        ++hidden;
      }
  }
  result.image = detail::develop(onto, key.with(2));
  return result;
}

}  // namespace acsl::synthetic
