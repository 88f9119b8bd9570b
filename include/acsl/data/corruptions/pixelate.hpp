// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/severity.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <cstdint>
#include <vector>

namespace acsl::corruptions {
namespace detail {

/// The mean of the pixels whose centres lie in each of `size` equal parts of every row, rounded half up. What lies
/// between two parts belongs to the left one, as far as double precision can tell.
inline image8 shrink_rows(image8 const& image, index_t size) {
  double const scale = static_cast<double>(image.width) / static_cast<double>(size);
  image8 result(image.height, size);
  for (index_t x = 0; x < size; ++x) {
    double const centre = (static_cast<double>(x) + 0.5) * scale;
    auto const is_part = [=](index_t u) {
      double const place = (static_cast<double>(u) - centre + 0.5) * (1.0 / scale);
      return place > -0.5 && place <= 0.5;
    };
    auto first = static_cast<index_t>(centre - scale / 2 + 0.5);
    auto last = std::min(static_cast<index_t>(centre + scale / 2 + 0.5), image.width);
    if (last - first > 1 && !is_part(first)) ++first;
    if (last - first > 1 && !is_part(last - 1)) --last;
    for (index_t y = 0; y < image.height; ++y)
      for (index_t c = 0; c < image8::channels; ++c) {
        index_t sum = 0;
        for (index_t u = first; u < last; ++u) sum += image.at(y, u)[c];
        result.at(y, x)[c] = static_cast<std::uint8_t>((2 * sum + last - first) / (2 * (last - first)));
      }
  }
  return result;
}
/// For every place of a side, the nearest of a shorter side. Summed up step by step, as Pillow does: between two
/// places the last bit decides.
inline std::vector<index_t> nearest_places(index_t from, index_t to) {
  double const scale = static_cast<double>(from) / static_cast<double>(to);
  std::vector<index_t> places;
  double at = scale * 0.5;
  for (index_t i = 0; i < to; ++i, at += scale) places.push_back(std::min(static_cast<index_t>(at), from - 1));
  return places;
}
inline image8 transposed(image8 const& image) {
  image8 result(image.width, image.height);
  for (index_t y = 0; y < image.height; ++y)
    for (index_t x = 0; x < image.width; ++x) std::copy_n(image.at(y, x), image8::channels, result.at(x, y));
  return result;
}

}  // namespace detail

/// Shrinks both sides to ⌊c · side⌋ (at least 1) by means of boxes, across and then down with 8 bits between, and
/// enlarges again by the nearest pixel. Exact: Pillow's BOX and NEAREST.
inline image8 pixelate(image8 const& image, int severity) {
  constexpr detail::by_severity<double> factors{0.6, 0.5, 0.4, 0.3, 0.25};
  double const factor = detail::of_severity(factors, severity);
  auto const shrunk = [factor](index_t side) {
    return std::max<index_t>(1, static_cast<index_t>(static_cast<double>(side) * factor));
  };
  index_t const height = shrunk(image.height), width = shrunk(image.width);
  auto const small =
      detail::transposed(detail::shrink_rows(detail::transposed(detail::shrink_rows(image, width)), height));
  auto const rows = detail::nearest_places(height, image.height), columns = detail::nearest_places(width, image.width);
  auto const of = [](std::vector<index_t> const& places, index_t at) { return places[static_cast<std::size_t>(at)]; };
  image8 result(image.height, image.width);
  for (index_t y = 0; y < image.height; ++y)
    for (index_t x = 0; x < image.width; ++x)
      std::copy_n(small.at(of(rows, y), of(columns, x)), image8::channels, result.at(y, x));
  return result;
}

}  // namespace acsl::corruptions
