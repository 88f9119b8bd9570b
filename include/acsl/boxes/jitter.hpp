// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/random_key.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

/// Sixteen boxes around one: x1 and x2 move by up to `share` of its width, y1 and y2 of its height, one box for each
/// pattern of the four signs, pattern s with its bits 0 to 3 for x1, y1, x2, y2 (set: towards larger coordinates). How
/// far is drawn for every coordinate of every pattern. Clipped to the image; width = x2 − x1 + 1.
///
/// @pre share < 1/2, so that no box turns inside out
/// @source Feng, Zhong, Huang, ICCV 2021, with share 1/6 (losses-spec 4.8)
inline std::vector<box> jittered_boxes(box const& around, std::int64_t height, std::int64_t width, random_key key,
                                       float share = 1.0F / 6) {
  std::vector<box> result;
  float const w = around.x2 - around.x1 + 1, h = around.y2 - around.y1 + 1;
  for (std::uint64_t pattern = 0; pattern < 16; ++pattern) {
    auto const moved = [&](std::uint64_t coordinate, float value, float side) {
      auto const far = static_cast<float>(key.uniform(4 * pattern + coordinate)) * share * side;
      return value + ((pattern >> coordinate & 1) != 0 ? far : -far);
    };
    result.push_back(
        clip({moved(0, around.x1, w), moved(1, around.y1, h), moved(2, around.x2, w), moved(3, around.y2, h)}, height,
             width));
  }
  return result;
}

}  // namespace acsl
