// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/gaussian_filter.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>
#include <cstdint>

namespace acsl::corruptions {
namespace detail {

/// Looks through bumpy glass: from the lower right to the upper left, each pixel (but for a margin) takes the colour of
/// one at most `reach` pixels away, drawn evenly from [−reach, reach) in both directions.
inline void scatter_pixels(image8& image, index_t reach, random_key key) {
  for (index_t y = image.height - reach; y > reach; --y)
    for (index_t x = image.width - reach; x > reach; --x) {
      auto const drawn = key.bits(static_cast<std::uint64_t>(y * image.width + x));
      auto const offset = [reach](std::uint64_t word) {
        return static_cast<index_t>((word & 0xFFFFFFFFU) * static_cast<std::uint64_t>(2 * reach) >> 32) - reach;
      };
      std::copy_n(image.at(y + offset(drawn >> 32), x + offset(drawn)), image8::channels, image.at(y, x));
    }
}

}  // namespace detail

/// A Gaussian filter, 8 bits, pixels scattered `rounds` times, the filter again.
///
/// Exact but for the stream of random numbers, to the released code: it means to exchange pixels, but copies, since its
/// two sides are views of one array. A margin of `reach` pixels, one more at the top and at the left, is not scattered.
inline image8 glass_blur(image8 const& image, int severity, random_key key) {
  struct constants {
    double sigma;
    index_t reach;
    std::uint64_t rounds;
  };
  constexpr detail::by_severity<constants> all{{{0.7, 1, 2}, {0.9, 2, 1}, {1, 2, 3}, {1.1, 3, 2}, {1.5, 4, 2}}};
  auto const [sigma, reach, rounds] = detail::of_severity(all, severity);
  auto scattered = detail::image_of(detail::gaussian_filter(detail::field_of(image), sigma));
  for (std::uint64_t round = 0; round < rounds; ++round) detail::scatter_pixels(scattered, reach, key.with(round));
  return detail::image_of(detail::gaussian_filter(detail::field_of(scattered), sigma));
}

}  // namespace acsl::corruptions
