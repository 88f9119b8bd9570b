// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/plasma_fractal.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>

namespace acsl::corruptions {

/// (v + c · cloud) · m / (m + c), m the largest value of the image; the cloud of plasma_fractal.hpp is one for all
/// channels. Exact but for the stream of random numbers.
inline image8 fog(image8 const& image, int severity, random_key key) {
  struct constants {
    float thickness;
    double decay;
  };
  constexpr detail::by_severity<constants> all{{{1.5F, 2}, {2, 2}, {2.5F, 1.7}, {2.5F, 1.5}, {3, 1.4}}};
  auto const [thickness, decay] = detail::of_severity(all, severity);
  auto field = detail::field_of(image);
  auto const cloud = detail::plasma_fractal(image.height, image.width, decay, key);
  float const brightest = *std::max_element(field.values.begin(), field.values.end());
  float const scale = brightest / (brightest + thickness);
  for (std::size_t i = 0; i < field.values.size(); ++i)
    field.values[i] = (field.values[i] + thickness * cloud.values[i / image8::channels]) * scale;
  return detail::image_of(field);
}

}  // namespace acsl::corruptions
