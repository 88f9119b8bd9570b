// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/centre_zoom.hpp>
#include <acsl/data/corruptions/detail/motion_kernel.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>
#include <cmath>

namespace acsl::corruptions {

/// Flakes: normal noise, its middle enlarged, what is below a threshold taken away, then moved along a line at an angle
/// drawn from [−135, −45) degrees. The image is whitened, towards 1.5 · grey + 0.5, and gets the flakes and the flakes
/// turned by half a turn; grey is 0.299 R + 0.587 G + 0.114 B.
///
/// Exact but for the streams of random numbers, to the definition for images of any size; see motion_blur.hpp.
inline image8 snow(image8 const& image, int severity, random_key key) {
  struct constants {
    double mean, deviation, zoom;
    float threshold;
    int radius;
    double sigma;
    float kept;  ///< of the image as it is
  };
  constexpr detail::by_severity<constants> all{{{0.1, 0.3, 3, 0.5F, 10, 4, 0.8F},
                                                {0.2, 0.3, 2, 0.5F, 12, 4, 0.7F},
                                                {0.55, 0.3, 4, 0.9F, 12, 8, 0.7F},
                                                {0.55, 0.3, 4.5, 0.85F, 12, 8, 0.65F},
                                                {0.55, 0.3, 2.5, 0.85F, 12, 12, 0.55F}}};
  auto const c = detail::of_severity(all, severity);
  index_t const height = image.height, width = image.width;
  auto flakes = detail::centre_zoom(detail::normal_field(height, width, key.with(0), c.mean, c.deviation), c.zoom);
  for (float& value : flakes.values) value = value < c.threshold ? 0.0F : std::min(value, 1.0F);
  double const angle = key.with(1).uniform(0, -135, -45);
  flakes = detail::correlate(flakes, detail::motion_kernel(c.radius, c.sigma, angle), detail::border::nearest);
  auto const flake = [&](index_t y, index_t x) { return std::nearbyint(flakes.row(y)[x] * 255.0F) / 255.0F; };

  auto field = detail::field_of(image);
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x) {
      float* const bgr = field.row(y) + x * image8::channels;
      float const grey = 0.114F * bgr[0] + 0.587F * bgr[1] + 0.299F * bgr[2];
      float const added = flake(y, x) + flake(height - 1 - y, width - 1 - x);
      for (index_t k = 0; k < image8::channels; ++k)
        bgr[k] = c.kept * bgr[k] + (1 - c.kept) * std::max(bgr[k], grey * 1.5F + 0.5F) + added;
    }
  return detail::image_of(field);
}

}  // namespace acsl::corruptions
