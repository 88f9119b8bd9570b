// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace acsl::corruptions::detail {

/// A cloud: midpoints of squares and diamonds (Fournier, Fussell and Carpenter 1982) on a torus whose side is the power
/// of two that holds the extents and at least 4; their upper left part. A midpoint is the mean of its four neighbours
/// plus uniform noise in ±w², w = 100 at first and divided by `decay` after every halving: the smaller, the rougher.
/// The noise of the midpoint at (y, x) is number y · side + x of the key. Scaled to [0, 1] over the whole torus.
inline pixel_field plasma_fractal(index_t height, index_t width, double decay, random_key key) {
  auto const side =
      static_cast<index_t>(std::bit_ceil(static_cast<std::uint64_t>(std::max<index_t>({height, width, 4}))));
  std::vector<double> map(static_cast<std::size_t>(side * side));
  auto const at = [&](index_t y, index_t x) -> double& {  // a torus; the side is a power of two
    return map[static_cast<std::size_t>((y & (side - 1)) * side + (x & (side - 1)))];
  };
  double wobble = 100;
  auto const midpoint = [&](index_t y, index_t x, double neighbours) {
    at(y, x) = neighbours / 4 + wobble * key.uniform(static_cast<std::uint64_t>(y * side + x), -wobble, wobble);
  };
  for (index_t step = side; step >= 2; step /= 2, wobble /= decay) {
    index_t const half = step / 2;
    for (index_t y = 0; y < side; y += step)
      for (index_t x = 0; x < side; x += step)
        midpoint(y + half, x + half, at(y, x) + at(y + step, x) + at(y, x + step) + at(y + step, x + step));
    for (index_t y = 0; y < side; y += step)
      for (index_t x = 0; x < side; x += step) {
        midpoint(y, x + half, at(y, x) + at(y, x + step) + at(y - half, x + half) + at(y + half, x + half));
        midpoint(y + half, x, at(y, x) + at(y + step, x) + at(y + half, x - half) + at(y + half, x + half));
      }
  }
  auto const [low, high] = std::minmax_element(map.begin(), map.end());
  double const lowest = *low, range = *high - *low;
  pixel_field result(height, width);
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x)
      result.row(y)[x] = range > 0 ? static_cast<float>((at(y, x) - lowest) / range) : 0.0F;
  return result;
}

}  // namespace acsl::corruptions::detail
