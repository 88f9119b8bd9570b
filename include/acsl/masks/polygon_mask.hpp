// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/masks/run_length_mask.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace acsl {
namespace detail {

/// Where the outline of a polygon passes from one column of pixels to the next, in a grid five times as fine as the
/// pixels, as COCO's tools draw it: every edge is a row of grid points; pixel column k is decided between the grid
/// columns 5k + 2 and 5k + 3. Only these steps are looked for, so that time depends on the picture, not on how far the
/// polygon reaches beyond it.
class polygon_crossings {
 public:
  polygon_crossings(index_t height, index_t width) : height_(height), width_(width) {}

  void add_edge(std::int64_t x, std::int64_t y, std::int64_t end_x, std::int64_t end_y) {
    std::int64_t const dx = std::abs(end_x - x), dy = std::abs(end_y - y);
    if (dx >= dy ? x > end_x : y > end_y) {
      std::swap(x, end_x);
      std::swap(y, end_y);
    }
    if (dx == 0) return;
    if (dx >= dy) step_in_x(x, y, end_x, static_cast<double>(end_y - y) / static_cast<double>(dx));
    else step_in_y(x, y, dy, static_cast<double>(end_x - x) / static_cast<double>(dy));
  }
  /// The parity fill between the crossings, in the order of pixels.
  [[nodiscard]] run_length_mask fill() {
    std::sort(places_.begin(), places_.end());
    places_.push_back(height_ * width_);
    std::vector<std::int64_t> runs;
    std::int64_t last = 0;
    for (std::int64_t const place : places_) {
      runs.push_back(place - last);
      last = place;
    }
    return {height_, width_, runs};
  }

 private:
  static std::int64_t rounded(std::int64_t start, double slope, std::int64_t steps) {
    return static_cast<std::int64_t>(static_cast<double>(start) + slope * static_cast<double>(steps) + 0.5);
  }
  /// Calls visit(pixel column) for those that are decided at a grid column in [first, last).
  template <class Visit>
  void for_each_column(std::int64_t first, std::int64_t last, Visit visit) const {
    auto const begin = first <= 2 ? 0 : (first + 2) / 5;  // the least k with 5k + 2 >= first
    for (index_t k = begin; k < width_ && 5 * k + 2 < last; ++k) visit(k);
  }
  void step_in_x(std::int64_t x, std::int64_t y, std::int64_t end_x, double slope) {
    for_each_column(x, end_x, [&](index_t k) {
      std::int64_t const step = 5 * k + 2 - x;
      add(k, std::min(rounded(y, slope, step), rounded(y, slope, step + 1)));
    });
  }
  void step_in_y(std::int64_t x, std::int64_t y, std::int64_t steps, double slope) {
    auto const at_start = rounded(x, slope, 0), at_end = rounded(x, slope, steps);
    for_each_column(std::min(at_start, at_end), std::max(at_start, at_end), [&](index_t k) {
      // The first step on the other side: columns never go back along an edge.
      std::int64_t before = 0, behind = steps;
      while (behind - before > 1) {
        std::int64_t const middle = before + (behind - before) / 2;
        bool const right = rounded(x, slope, middle) > 5 * k + 2;
        (right == (slope > 0) ? behind : before) = middle;
      }
      add(k, y + before);
    });
  }
  void add(index_t column, std::int64_t y) {
    if (places_.size() == most_crossings)
      throw error(message("the outline of a polygon passes more than ", most_crossings, " columns of pixels"));
    double const row = (static_cast<double>(y) + 0.5) / 5 - 0.5;
    places_.push_back(column * height_ +
                      static_cast<std::int64_t>(std::ceil(std::clamp(row, 0.0, static_cast<double>(height_)))));
  }

  // Every edge may cross a million columns: a small file must not take much memory. Real outlines cross thousands.
  static constexpr std::size_t most_crossings = std::size_t{1} << 24;

  index_t height_, width_;
  std::vector<std::int64_t> places_;
};

}  // namespace detail

/// The pixels inside a polygon, by the even-odd rule, as COCO's tools draw it: bit for bit. Pixel (row, column) covers
/// the square from (column, row) to (column + 1, row + 1); the polygon may reach beyond the picture.
/// O((columns + corners) · log).
///
/// @param corners x, y, x, y, …; whether the last corner repeats the first does not matter
/// @throws acsl::error for fewer than three corners, an odd count of numbers, coordinates beyond 1e9,
///         a picture without pixels, one larger than a mask can be, an outline that passes more than 2^24 columns of
///         pixels
[[nodiscard]] inline run_length_mask polygon_mask(std::span<double const> corners, index_t height, index_t width) {
  if (corners.size() < 6 || corners.size() % 2 != 0)
    throw error(message("a polygon has three corners or more, two numbers each; found ", corners.size(), " numbers"));
  run_length_mask::expect_size(height, width);
  if (height == 0 || width == 0) throw error("a polygon needs the width and height of its picture");
  std::vector<std::int64_t> grid;
  grid.reserve(corners.size() + 2);
  for (double const c : corners) {
    if (!(std::abs(c) <= 1e9)) throw error("the corners of a polygon lie within 1e9 pixels");
    grid.push_back(static_cast<std::int64_t>(5 * c + 0.5));
  }
  grid.push_back(grid[0]);
  grid.push_back(grid[1]);
  detail::polygon_crossings crossings(height, width);
  for (std::size_t i = 0; i + 3 < grid.size(); i += 2)
    crossings.add_edge(grid[i], grid[i + 1], grid[i + 2], grid[i + 3]);
  return crossings.fill();
}

/// A box x, y, width, height as a mask: that of the polygon of its corners.
[[nodiscard]] inline run_length_mask box_mask(std::array<double, 4> const& box, index_t height, index_t width) {
  // What lies beyond any picture does not change its pixels.
  auto const within = [](double c) { return std::clamp(c, -1e9, 1e9); };
  double const left = within(box[0]), top = within(box[1]);
  double const right = within(box[0] + box[2]), bottom = within(box[1] + box[3]);
  return polygon_mask(std::array{left, top, left, bottom, right, bottom, right, top}, height, width);
}

}  // namespace acsl
