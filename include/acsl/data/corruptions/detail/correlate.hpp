// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/border.hpp>
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <algorithm>
#include <cstdlib>
#include <vector>

namespace acsl::corruptions::detail {

/// One weight of a kernel, for the pixel at (y + dy, x + dx).
struct kernel_tap {
  index_t dy = 0, dx = 0;
  float weight = 0;
};
using kernel_taps = std::vector<kernel_tap>;

/// result(y, x) = Σ weight · field(y + dy, x + dx), each channel alone, summed in float32 in the order of the taps.
/// O(pixels · taps). @pre the field has pixels
inline pixel_field correlate(pixel_field const& field, kernel_taps const& taps, border beyond) {
  index_t margin = 0;
  for (auto const& tap : taps) margin = std::max(margin, std::abs(tap.dx));
  pixel_field wide(field.height, field.width + 2 * margin, field.channels);  // so that inner loops know no border
  for (index_t y = 0; y < field.height; ++y) {
    float const* const from = field.row(y);
    float* const to = wide.row(y);
    std::copy_n(from, field.row_values(), to + margin * field.channels);
    for (index_t x = -margin; x < field.width + margin; x = x == -1 ? field.width : x + 1)
      std::copy_n(from + inside(x, field.width, beyond) * field.channels, field.channels,
                  to + (x + margin) * field.channels);
  }
  pixel_field result(field.height, field.width, field.channels);
  for (index_t y = 0; y < field.height; ++y) {
    float* const sums = result.row(y);
    for (auto const& tap : taps) {
      float const* const from = wide.row(inside(y + tap.dy, field.height, beyond)) + (tap.dx + margin) * field.channels;
      float const weight = tap.weight;
      for (index_t i = 0; i < field.row_values(); ++i) sums[i] += weight * from[i];
    }
  }
  return result;
}

/// A kernel of `side` x `side` weights, row by row, around the middle. @pre side is odd, weights.size() is its square
inline kernel_taps square_kernel(std::vector<float> const& weights, index_t side) {
  ACSL_EXPECTS(side % 2 == 1 && static_cast<index_t>(weights.size()) == side * side, "a square of weights has a middle",
               side, weights.size());
  kernel_taps taps;
  for (index_t i = 0; i < side * side; ++i)
    if (float const weight = weights[static_cast<std::size_t>(i)]; weight != 0)
      taps.push_back({i / side - side / 2, i % side - side / 2, weight});
  return taps;
}

/// The mean of 3 x 3 pixels, rounded once where their sum is exact.
inline pixel_field mean_of_neighbours(pixel_field const& field) {
  auto result = correlate(field, square_kernel(std::vector<float>(9, 1.0F), 3), border::mirror);
  for (float& value : result.values) value /= 9;
  return result;
}

}  // namespace acsl::corruptions::detail
