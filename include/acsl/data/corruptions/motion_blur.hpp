// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/motion_kernel.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>

namespace acsl::corruptions {

/// A motion at an angle drawn from [−45, 45) degrees; the border pixel is repeated.
///
/// Exact but for the drawn angle, to the definition for images of any size, which stands for ImageMagick's motion blur
/// of ImageNet-C and may differ from that by a pixel along the line. Where the motion (21, 31 or 41 pixels) is longer
/// than the image, that definition loses light; here the border pixel goes on and the weights sum to 1.
inline image8 motion_blur(image8 const& image, int severity, random_key key) {
  struct constants {
    int radius;
    double sigma;
  };
  constexpr detail::by_severity<constants> all{{{10, 3}, {15, 5}, {15, 8}, {15, 12}, {20, 15}}};
  auto const [radius, sigma] = detail::of_severity(all, severity);
  auto const taps = detail::motion_kernel(radius, sigma, key.uniform(0, -45, 45));
  return detail::image_of(detail::correlate(detail::field_of(image), taps, detail::border::nearest));
}

}  // namespace acsl::corruptions
