// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/correlate.hpp>
#include <cmath>
#include <vector>

namespace acsl::corruptions::detail {

/// exp(−x² / 2σ²) for x = −r … r, divided by the sum; r = ⌊truncate · σ + 0.5⌋ as in SciPy. @pre σ > 0
inline std::vector<double> gaussian_weights(double sigma, double truncate) {
  auto const radius = static_cast<index_t>(truncate * sigma + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (index_t x = -radius; x <= radius; ++x) {
    double const at = static_cast<double>(x) / sigma;
    weights.push_back(std::exp(-0.5 * at * at));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// The separable Gaussian filter, down and then across, as SciPy and scikit-image have it.
/// @param truncate where the filter ends, in σ
inline pixel_field gaussian_filter(pixel_field const& field, double sigma_y, double sigma_x, border beyond,
                                   double truncate = 4) {
  auto const taps = [truncate](double sigma, index_t step_y, index_t step_x) {
    auto const weights = gaussian_weights(sigma, truncate);
    auto const radius = static_cast<index_t>(weights.size() / 2);
    kernel_taps result;
    for (index_t i = -radius; i <= radius; ++i)
      result.push_back({i * step_y, i * step_x, static_cast<float>(weights[static_cast<std::size_t>(i + radius)])});
    return result;
  };
  return correlate(correlate(field, taps(sigma_y, 1, 0), beyond), taps(sigma_x, 0, 1), beyond);
}
inline pixel_field gaussian_filter(pixel_field const& field, double sigma, border beyond = border::nearest) {
  return gaussian_filter(field, sigma, sigma, beyond);
}

}  // namespace acsl::corruptions::detail
