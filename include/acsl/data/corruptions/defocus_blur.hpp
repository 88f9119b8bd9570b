// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/gaussian_filter.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>
#include <vector>

namespace acsl::corruptions {
namespace detail {

/// A disk of equal weights, x² + y² <= radius², softened by a Gaussian of 3 x 3 weights (5 x 5 above radius 8); inside
/// a square of 17 x 17, or of 2 · radius + 1. The weights sum to 1; from radius 8 on, where the disk touches the
/// square's border and is mirrored there, to 1.013 (8) and 1.011 (10).
inline kernel_taps disk_kernel(int radius, double softness) {
  index_t const reach = std::max(8, radius), side = 2 * reach + 1;
  pixel_field disk(side, side);
  double inside_count = 0;
  for (index_t y = -reach; y <= reach; ++y)
    for (index_t x = -reach; x <= reach; ++x)
      if (x * x + y * y <= radius * radius) inside_count += disk.row(y + reach)[x + reach] = 1;
  for (float& value : disk.values) value = static_cast<float>(value / inside_count);
  int const softening = radius <= 8 ? 1 : 2;
  // In σ: so that the filter ends after 1 or 2 pixels.
  auto const soft = gaussian_filter(disk, softness, softness, border::mirror, softening / softness);
  return square_kernel(soft.values, side);
}

}  // namespace detail

/// The correlation with a softened disk of radius 3, 4, 6, 8, 10; beyond the border the image is mirrored without
/// repeating its last pixel. Exact: OpenCV's filters; as published, severities 4 and 5 brighten by one in a hundred.
inline image8 defocus_blur(image8 const& image, int severity) {
  struct constants {
    int radius;
    double softness;
  };
  constexpr detail::by_severity<constants> all{{{3, 0.1}, {4, 0.5}, {6, 0.5}, {8, 0.5}, {10, 0.5}}};
  auto const [radius, softness] = detail::of_severity(all, severity);
  return detail::image_of(
      detail::correlate(detail::field_of(image), detail::disk_kernel(radius, softness), detail::border::mirror));
}

}  // namespace acsl::corruptions
