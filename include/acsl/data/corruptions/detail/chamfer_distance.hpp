// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <algorithm>
#include <cstdint>
#include <vector>

namespace acsl::corruptions::detail {

/// The distance of every pixel from the nearest marked one, along steps of 1 (sideways), 1.4 (diagonally) and 2.1969 (a
/// knight's move), after Borgefors (1986); in 1/65536, the same bits as OpenCV's distance transform with a 5 x 5 mask.
/// Above 8000 where nothing is marked.
/// @param marks [height · width], not 0: marked
inline pixel_field chamfer_distance(std::vector<std::uint8_t> const& marks, index_t height, index_t width) {
  constexpr std::int64_t straight = 65536, diagonal = 91750, knight = 143976, far = std::int64_t{1} << 29;
  constexpr index_t margin = 2;
  index_t const stride = width + 2 * margin;
  std::vector<std::int64_t> distances(static_cast<std::size_t>((height + 2 * margin) * stride), far);
  struct step {
    index_t dy, dx;
    std::int64_t length;
  };
  constexpr step before[] = {{-2, -1, knight},  {-2, 1, knight},   {-1, -2, knight}, {-1, -1, diagonal},
                             {-1, 0, straight}, {-1, 1, diagonal}, {-1, 2, knight},  {0, -1, straight}};
  auto const at = [&](index_t y, index_t x) -> std::int64_t& {
    return distances[static_cast<std::size_t>((y + margin) * stride + x + margin)];
  };
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x) {
      auto& here = at(y, x);
      if (marks[static_cast<std::size_t>(y * width + x)] != 0) here = 0;
      for (auto const& s : before) here = std::min(here, at(y + s.dy, x + s.dx) + s.length);
    }
  pixel_field result(height, width);
  for (index_t y = height - 1; y >= 0; --y)
    for (index_t x = width - 1; x >= 0; --x) {
      auto& here = at(y, x);
      for (auto const& s : before) here = std::min(here, at(y - s.dy, x - s.dx) + s.length);
      result.row(y)[x] = static_cast<float>(here) / 65536.0F;
    }
  return result;
}

}  // namespace acsl::corruptions::detail
