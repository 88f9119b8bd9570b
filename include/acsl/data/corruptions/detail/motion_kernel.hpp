// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/correlate.hpp>
#include <cmath>

namespace acsl::corruptions::detail {

/// What a camera that moves and slows down leaves: 2 · radius + 1 steps of one pixel along a line from each pixel, step
/// i with the weight exp(−i² / 2σ²) over the sum of all; places are rounded to whole pixels.
/// @param angle degrees; 0 looks to the right, 90 down
inline kernel_taps motion_kernel(int radius, double sigma, double angle) {
  double const radians = angle * 3.14159265358979323846 / 180.0;
  double const down = std::sin(radians), right = std::cos(radians);
  int const steps = 2 * radius + 1;
  double sum = 0;
  for (int i = 0; i < steps; ++i) sum += std::exp(-i * i / (2 * sigma * sigma));
  kernel_taps taps;
  for (int i = 0; i < steps; ++i)
    taps.push_back({static_cast<index_t>(std::ceil(i * down - 0.5)), static_cast<index_t>(std::ceil(i * right - 0.5)),
                    static_cast<float>(std::exp(-i * i / (2 * sigma * sigma)) / sum)});
  return taps;
}

}  // namespace acsl::corruptions::detail
