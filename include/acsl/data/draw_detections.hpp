// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/data/resize.hpp>
#include <acsl/io/text.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

struct drawing_options {
  float score_threshold = 0.3F;  ///< only detections that score at least so much (and have finite corners)
  index_t max_detections = 20;   ///< and of these the best
  index_t minimum_side = 512;    ///< the picture is enlarged until its long side has so many pixels; 0: never
};

/// A bright colour for a class, far from those of its neighbours in the list of classes.
[[nodiscard]] inline colour class_colour(index_t label) {
  double const turns = 0.618033988749895 * static_cast<double>(label);  // the golden ratio: never close to a repetition
  return from_hsv(360 * (turns - std::floor(turns)), label % 2 ? 0.55 : 0.85, 0.95);
}

namespace detail {

struct drawn_label {
  std::array<index_t, 4> box = {};  ///< of the detection, in the picture
  std::string text;
  colour ground;
  index_t x = 0, y = 0, width = 0, height = 0;
};

/// Puts a label above its box, or inside, or below, wherever it hides no label that was placed before it; inside the
/// picture in any case. Where every place hides one: above.
inline void place_label(drawn_label& label, std::vector<drawn_label> const& before, index_t height, index_t width) {
  auto const inside = [](index_t at, index_t extent, index_t limit) {
    return std::max<index_t>(0, std::min(at, limit - extent));
  };
  auto const hides = [&](index_t x, index_t y) {
    return std::any_of(before.begin(), before.end(), [&](drawn_label const& other) {
      return x < other.x + other.width && other.x < x + label.width && y < other.y + other.height &&
             other.y < y + label.height;
    });
  };
  auto const [x1, y1, x2, y2] = label.box;
  index_t const tops[] = {y1 - label.height, y1, y2, y2 - label.height}, lefts[] = {x1, x2 - label.width};
  label.x = inside(x1, label.width, width);
  label.y = inside(y1 - label.height, label.height, height);
  for (index_t const top : tops)
    for (index_t const left : lefts) {
      index_t const x = inside(left, label.width, width), y = inside(top, label.height, height);
      if (hides(x, y)) continue;
      label.x = x;
      label.y = y;
      return;
    }
}

}  // namespace detail

/// Draws detections into a photograph: a box in the colour of the class, its name and its score. Better detections lie
/// on top and have the first choice of where their name goes. A small photograph is enlarged first, so that names can
/// be read.
/// @param found in the coordinates of the image; corners mean pixels as `Convention` says
/// @param names of the classes; @pre every label that is drawn has one
template <class Convention = inclusive>
void draw_detections(image8& image, std::vector<detection> found, std::vector<std::string> const& names,
                     drawing_options const& options = {}) {
  if (image.empty()) return;
  std::erase_if(found, [&](detection const& d) {
    bool const finite = std::isfinite(d.where.x1) && std::isfinite(d.where.y1) && std::isfinite(d.where.x2) &&
                        std::isfinite(d.where.y2);
    return !finite || !(d.score >= options.score_threshold);
  });
  std::stable_sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.score > b.score; });
  if (static_cast<index_t>(found.size()) > options.max_detections)
    found.resize(static_cast<std::size_t>(std::max<index_t>(0, options.max_detections)));

  index_t const long_side = std::max(image.height, image.width);
  double const zoom = std::max(1.0, static_cast<double>(options.minimum_side) / static_cast<double>(long_side));
  if (zoom > 1)
    image = resize_bilinear(image, std::lround(zoom * static_cast<double>(image.height)),
                            std::lround(zoom * static_cast<double>(image.width)));
  index_t const scale = std::max<index_t>(2, std::max(image.height, image.width) / 640);

  std::vector<detail::drawn_label> labels;
  for (auto const& d : found) {
    ACSL_EXPECTS(d.label >= 0 && static_cast<std::size_t>(d.label) < names.size(), "every class has a name", d.label,
                 names.size());
    auto const pixel = [&](float corner, index_t extent) {
      double const at = std::clamp(zoom * static_cast<double>(corner), -1.0, static_cast<double>(extent) + 1.0);
      return static_cast<index_t>(std::lround(at));
    };
    char score[16];
    std::snprintf(score, sizeof score, " %.2f", static_cast<double>(d.score));
    detail::drawn_label label;
    label.text = names[static_cast<std::size_t>(d.label)] + score;
    label.ground = class_colour(d.label);
    label.box = {pixel(d.where.x1, image.width), pixel(d.where.y1, image.height),
                 pixel(d.where.x2 + Convention::offset, image.width),
                 pixel(d.where.y2 + Convention::offset, image.height)};
    label.width = scale * (text_width(label.text) + 3);
    label.height = scale * (text_height_px - 1);
    detail::place_label(label, labels, image.height, image.width);
    labels.push_back(std::move(label));
  }
  std::reverse(labels.begin(), labels.end());  // the best are drawn last
  for (auto const& l : labels) draw_rectangle(image, l.box[0], l.box[1], l.box[2], l.box[3], scale, l.ground);
  for (auto const& l : labels) {  // above all boxes, so that no outline crosses a name
    fill_rectangle(image, l.x, l.y, l.x + l.width, l.y + l.height, l.ground, 0.9F);
    draw_text(image, l.x + 2 * scale, l.y + scale + scale / 2, l.text, scale,
              luma(l.ground) > 120 ? colour{0, 0, 0} : colour{255, 255, 255});
  }
}

}  // namespace acsl
