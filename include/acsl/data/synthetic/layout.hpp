// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/synthetic/object_sprite.hpp>
#include <acsl/data/synthetic/scene_plan.hpp>
#include <acsl/data/synthetic/sprite.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace acsl::synthetic {

/// Where objects lie, and which pixel shows which: later ones cover earlier ones.
///
/// No object is hidden by more than `1 - minimum_visible` of what lies inside the image, so that every annotation can
/// be seen; a position that would hide one is refused.
class layout {
 public:
  static constexpr double minimum_visible = 0.55;  ///< of the part inside the image
  static constexpr double minimum_inside = 0.75;   ///< of the whole object
  static constexpr std::int32_t nothing = -1;

  layout(index_t height, index_t width)
      : height_(height), width_(width), top_(static_cast<std::size_t>(height * width), nothing) {}

  /// Puts an object at (left, top) if it may lie there, as number `size()`.
  bool place(sprite const& thing, index_t left, index_t top) {
    auto const number = static_cast<std::int32_t>(inside_.size());
    index_t inside = 0;
    std::vector<index_t> covered(inside_.size());
    visit(thing, left, top, [&](std::int32_t owner) {
      ++inside;
      if (owner != nothing) ++covered[static_cast<std::size_t>(owner)];
    });
    if (inside == 0 || static_cast<double>(inside) < minimum_inside * static_cast<double>(thing.area())) return false;
    for (std::size_t i = 0; i < covered.size(); ++i)
      if (covered[i] > 0 &&
          static_cast<double>(visible_[i] - covered[i]) < minimum_visible * static_cast<double>(inside_[i]))
        return false;
    for (std::size_t i = 0; i < covered.size(); ++i) visible_[i] -= covered[i];
    visit(thing, left, top, [&](std::int32_t& owner) { owner = number; });
    inside_.push_back(inside);
    visible_.push_back(inside);
    return true;
  }

  [[nodiscard]] index_t size() const { return static_cast<index_t>(inside_.size()); }
  /// Pixels that show the object.
  [[nodiscard]] index_t area(index_t number) const { return visible_[static_cast<std::size_t>(number)]; }
  /// Which object a pixel shows.
  [[nodiscard]] std::int32_t at(index_t y, index_t x) const { return top_[static_cast<std::size_t>(y * width_ + x)]; }

  /// The smallest boxes (x, y, width, height) around the pixels that show each object.
  [[nodiscard]] std::vector<std::array<double, 4>> boxes() const {
    std::vector<std::array<index_t, 4>> corners(inside_.size(), {width_, height_, -1, -1});
    for (index_t y = 0; y < height_; ++y)
      for (index_t x = 0; x < width_; ++x) {
        if (at(y, x) == nothing) continue;
        auto& c = corners[static_cast<std::size_t>(at(y, x))];
        c = {std::min(c[0], x), std::min(c[1], y), std::max(c[2], x), std::max(c[3], y)};
      }
    std::vector<std::array<double, 4>> result;
    for (auto const& c : corners)
      result.push_back({static_cast<double>(c[0]), static_cast<double>(c[1]), static_cast<double>(c[2] - c[0] + 1),
                        static_cast<double>(c[3] - c[1] + 1)});
    return result;
  }

 private:
  template <class F>
  void visit(sprite const& thing, index_t left, index_t top, F&& f) {
    for (index_t y = std::max<index_t>(0, -top); y < std::min(thing.side, height_ - top); ++y)
      for (index_t x = std::max<index_t>(0, -left); x < std::min(thing.side, width_ - left); ++x)
        if (thing.solid(y, x)) f(top_[static_cast<std::size_t>((top + y) * width_ + left + x)]);
  }

  index_t height_, width_;
  std::vector<std::int32_t> top_;
  std::vector<index_t> inside_, visible_;
};

/// A diameter in pixels, evenly spread on a logarithmic scale. By the areas of COCO more than half of the objects are
/// small (below 32²), some are large (above 96²).
inline double draw_diameter(draws& d) {
  double const kind = d.uniform();
  auto const between = [&d](double low, double high) { return low * std::pow(high / low, d.uniform()); };
  return kind < 0.4 ? between(18, 32) : kind < 0.94 ? between(32, 66) : between(124, 150);
}

}  // namespace acsl::synthetic
