// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace acsl::corruptions {
namespace detail {

/// change(value in [0, 1], number of the value) for every value of an image, in the order of its bytes.
template <class Change>
image8 change_values(image8 image, Change change) {
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = byte_of(
        static_cast<float>(change(static_cast<double>(image.pixels[i]) / 255.0, static_cast<std::uint64_t>(i))));
  return image;
}

/// P(count <= k) of a Poisson distribution, k = 0, 1, … until nothing is left.
inline std::vector<double> poisson_shares(double mean) {
  double share = std::exp(-mean);
  std::vector<double> sums = {share};
  while (sums.back() < 1.0 && (share > 1e-18 || static_cast<double>(sums.size()) < mean)) {
    share *= mean / static_cast<double>(sums.size());
    sums.push_back(sums.back() + share);
  }
  return sums;
}

}  // namespace detail

/// v + N(0, c), each channel alone; v in [0, 1]. Exact but for the stream of random numbers, as are the other three.
inline image8 gaussian_noise(image8 const& image, int severity, random_key key) {
  constexpr detail::by_severity<double> deviations{0.08, 0.12, 0.18, 0.26, 0.38};
  double const deviation = detail::of_severity(deviations, severity);
  return detail::change_values(image, [=](double v, std::uint64_t i) { return v + deviation * key.normal(i); });
}

/// Poisson(c · v) / c: electronic noise of few photons. Counts by inversion of the distribution, from one uniform
/// number each.
inline image8 shot_noise(image8 const& image, int severity, random_key key) {
  constexpr detail::by_severity<double> photons{60, 25, 12, 5, 3};
  double const most = detail::of_severity(photons, severity);
  std::vector<std::vector<double>> shares;  // of each of the 256 values
  for (int value = 0; value < 256; ++value) shares.push_back(detail::poisson_shares(most * value / 255.0));
  auto result = image;
  for (std::size_t i = 0; i < result.pixels.size(); ++i) {
    auto const& sums = shares[result.pixels[i]];
    auto const count = std::upper_bound(sums.begin(), sums.end(), key.uniform(i)) - sums.begin();
    result.pixels[i] = detail::byte_of(static_cast<float>(static_cast<double>(count) / most));
  }
  return result;
}

/// Salt and pepper: a value becomes 1 with the probability c / 2, 0 with the same, each channel alone.
inline image8 impulse_noise(image8 const& image, int severity, random_key key) {
  constexpr detail::by_severity<double> amounts{0.03, 0.06, 0.09, 0.17, 0.27};
  double const amount = detail::of_severity(amounts, severity);
  return detail::change_values(image, [=](double v, std::uint64_t i) {
    double const drawn = key.uniform(i);
    return drawn < amount / 2 ? 1.0 : drawn < amount ? 0.0 : v;
  });
}

/// v + v · N(0, c), each channel alone.
inline image8 speckle_noise(image8 const& image, int severity, random_key key) {
  constexpr detail::by_severity<double> deviations{0.15, 0.2, 0.35, 0.45, 0.6};
  double const deviation = detail::of_severity(deviations, severity);
  return detail::change_values(image, [=](double v, std::uint64_t i) { return v + v * deviation * key.normal(i); });
}

}  // namespace acsl::corruptions
