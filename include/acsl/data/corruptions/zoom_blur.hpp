// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/centre_zoom.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>

namespace acsl::corruptions {

/// The mean of the image and of enlargements of its middle, by 1, 1 + step, … (12 to 1.11, 16 to 1.15, 11 to 1.2, 13 to
/// 1.24, 11 to 1.3), each cut to the image's size at its lower right. Exact: SciPy's bilinear zoom.
inline image8 zoom_blur(image8 const& image, int severity) {
  struct constants {
    int count;
    double step;
  };
  constexpr detail::by_severity<constants> all{{{12, 0.01}, {16, 0.01}, {11, 0.02}, {13, 0.02}, {11, 0.03}}};
  auto const [count, step] = detail::of_severity(all, severity);
  double const delta = (1 + step) - 1;  // as the numbers of such a range are made there
  auto sum = detail::field_of(image);
  auto const field = sum;
  for (int i = 0; i < count; ++i) {
    auto const zoomed = detail::centre_zoom(field, 1 + i * delta);
    for (index_t y = 0; y < field.height; ++y)
      for (index_t k = 0; k < field.row_values(); ++k) sum.row(y)[k] += zoomed.row(y)[k];
  }
  for (float& value : sum.values) value /= static_cast<float>(count + 1);
  return detail::image_of(sum);
}

}  // namespace acsl::corruptions
