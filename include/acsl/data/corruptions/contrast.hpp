// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <array>

namespace acsl::corruptions {

/// (v − mean) · c + mean, with the mean of each channel over the image, summed in double. Exact.
inline image8 contrast(image8 const& image, int severity) {
  constexpr detail::by_severity<double> factors{0.4, 0.3, 0.2, 0.1, 0.05};
  double const factor = detail::of_severity(factors, severity);
  std::array<double, 3> means = {};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) means[i % 3] += image.pixels[i] / 255.0;
  for (double& mean : means) mean /= static_cast<double>(image.height * image.width);
  auto result = image;
  for (std::size_t i = 0; i < result.pixels.size(); ++i)
    result.pixels[i] =
        detail::byte_of(static_cast<float>((result.pixels[i] / 255.0 - means[i % 3]) * factor + means[i % 3]));
  return result;
}

}  // namespace acsl::corruptions
