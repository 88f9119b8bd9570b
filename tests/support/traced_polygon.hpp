// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/masks/run_length_mask.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace test {

/// A polygon's mask by its outline step by step, as section 5.3 of the specification has it: every grid point of every
/// edge.
inline acsl::run_length_mask traced_polygon(std::vector<double> const& corners, acsl::index_t height,
                                            acsl::index_t width) {
  std::vector<std::array<std::int64_t, 2>> points;
  auto const grid = [&](std::size_t i) { return static_cast<std::int64_t>(5 * corners[i % corners.size()] + 0.5); };
  for (std::size_t i = 0; i < corners.size(); i += 2) {
    std::int64_t x = grid(i), y = grid(i + 1), u = grid(i + 2), v = grid(i + 3);
    std::int64_t const dx = std::abs(u - x), dy = std::abs(v - y), steps = std::max(dx, dy);
    bool const flip = dx >= dy ? x > u : y > v;
    if (flip) std::swap(x, u), std::swap(y, v);
    double const slope = steps == 0 ? 0 : static_cast<double>(dx >= dy ? v - y : u - x) / static_cast<double>(steps);
    for (std::int64_t step = 0; steps > 0 && step <= steps; ++step) {
      auto const t = flip ? steps - step : step;
      auto const other = [&](std::int64_t start) {
        return static_cast<std::int64_t>(static_cast<double>(start) + slope * static_cast<double>(t) + 0.5);
      };
      if (dx >= dy) points.push_back({x + t, other(y)});
      else points.push_back({other(x), y + t});
    }
  }
  std::vector<std::int64_t> places;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i][0] == points[i - 1][0]) continue;
    double const column = (static_cast<double>(std::min(points[i][0], points[i - 1][0])) + 0.5) / 5 - 0.5;
    if (std::floor(column) != column || column < 0 || column > static_cast<double>(width - 1)) continue;
    double const row = (static_cast<double>(std::min(points[i][1], points[i - 1][1])) + 0.5) / 5 - 0.5;
    places.push_back(static_cast<std::int64_t>(column) * height +
                     static_cast<std::int64_t>(std::ceil(std::clamp(row, 0.0, static_cast<double>(height)))));
  }
  std::sort(places.begin(), places.end());
  places.push_back(height * width);
  for (std::size_t i = places.size(); i-- > 1;) places[i] -= places[i - 1];
  return {height, width, places};
}

}  // namespace test
