// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/correlate.hpp>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl::corruptions::detail {

/// Edges of whole numbers in [0, 255] (one channel) after Canny (1986): gradients by Sobel's 3 x 3 kernels, their size
/// |gx| + |gy|, of which maxima across the edge are left; those above `high` are edges, and those above `low` that
/// touch an edge. The same pixels as OpenCV's Canny with its usual arguments.
/// @return [height · width], 1 on edges
inline std::vector<std::uint8_t> find_edges(pixel_field const& field, int low, int high) {
  auto const across = correlate(field, square_kernel({-1, 0, 1, -2, 0, 2, -1, 0, 1}, 3), border::nearest);
  auto const down = correlate(field, square_kernel({-1, -2, -1, 0, 0, 0, 1, 2, 1}, 3), border::nearest);
  index_t const height = field.height, width = field.width;
  auto const place = [width](index_t y, index_t x) { return static_cast<std::size_t>(y * width + x); };
  auto const size = [&](index_t y, index_t x) {  // beyond the border: 0
    if (y < 0 || x < 0 || y >= height || x >= width) return 0;
    return static_cast<int>(std::abs(across.row(y)[x]) + std::abs(down.row(y)[x]));
  };
  auto const is_maximum = [&](index_t y, index_t x) {
    int const here = size(y, x);
    auto const gx = static_cast<std::int64_t>(across.row(y)[x]), gy = static_cast<std::int64_t>(down.row(y)[x]);
    constexpr std::int64_t tan_22_5 = 13573;  // in 1/32768; that of 67.5 degrees is 2 more
    std::int64_t const slope = std::abs(gx) * tan_22_5, steep = std::abs(gy) << 15;
    if (steep < slope) return here > size(y, x - 1) && here >= size(y, x + 1);
    if (steep > slope + (std::abs(gx) << 16)) return here > size(y - 1, x) && here >= size(y + 1, x);
    index_t const side = (gx ^ gy) < 0 ? -1 : 1;
    return here > size(y - 1, x - side) && here > size(y + 1, x + side);
  };
  constexpr std::uint8_t weak = 2;
  std::vector<std::uint8_t> marks(static_cast<std::size_t>(height * width));
  std::vector<std::pair<index_t, index_t>> edges;
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x) {
      if (size(y, x) <= low || !is_maximum(y, x)) continue;
      bool const strong = size(y, x) > high;
      marks[place(y, x)] = strong ? 1 : weak;
      if (strong) edges.emplace_back(y, x);
    }
  while (!edges.empty()) {
    auto const [y, x] = edges.back();
    edges.pop_back();
    for (index_t v = std::max<index_t>(0, y - 1); v <= std::min(height - 1, y + 1); ++v)
      for (index_t u = std::max<index_t>(0, x - 1); u <= std::min(width - 1, x + 1); ++u)
        if (marks[place(v, u)] == weak) {
          marks[place(v, u)] = 1;
          edges.emplace_back(v, u);
        }
  }
  for (auto& mark : marks) mark = mark == 1 ? 1 : 0;
  return marks;
}

}  // namespace acsl::corruptions::detail
