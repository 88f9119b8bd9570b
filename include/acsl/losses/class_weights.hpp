// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/class_groups.hpp>
#include <cstdint>
#include <vector>

/// Weights of classes from their numbers of training boxes (losses-spec 3.3, 4.3), for `row_rules::label_weight`. A
/// class without boxes counts as one box.
namespace acsl {

namespace detail {
inline void scale_to_mean_one(std::vector<double>& weights) {
  double sum = 0;
  for (double w : weights) sum += w;
  for (double& w : weights) w *= static_cast<double>(weights.size()) / sum;
}
}  // namespace detail

/// (1 − β) / (1 − β^n), 1 where β = 0. @pre β in [0, 1)
inline double inverse_effective_number(std::int64_t n, double beta) {
  if (beta == 0) return 1;
  return (1 - beta) / -math::expm1(static_cast<double>(n > 0 ? n : 1) * math::log1p(beta - 1));
}

/// Inverse effective numbers of samples, (1 − β) / (1 − β^n), scaled to mean 1. β = 0: all 1; β → 1: inverse frequency.
/// @source Cui, Jia, Lin, Song, Belongie, CVPR 2019
inline std::vector<double> effective_number_weights(std::vector<std::int64_t> const& counts, double beta) {
  ACSL_EXPECTS(beta >= 0 && beta < 1, "the base of the effective number lies in [0, 1)", beta);
  std::vector<double> weights;
  for (auto const n : counts) weights.push_back(inverse_effective_number(n, beta));
  detail::scale_to_mean_one(weights);
  return weights;
}

/// 1 / n, scaled to mean 1.
inline std::vector<double> inverse_frequency_weights(std::vector<std::int64_t> const& counts) {
  std::vector<double> weights;
  for (auto const n : counts) weights.push_back(1 / static_cast<double>(n > 0 ? n : 1));
  detail::scale_to_mean_one(weights);
  return weights;
}

/// Weights of labels: background (label 0) weighs 1; then all are clipped.
/// @source the balanced group softmax code's "re-weight" rules, with low = 0.1 and high = 5
inline std::vector<double> with_background(std::vector<double> weights, double low, double high) {
  ACSL_EXPECTS(low >= 0 && low <= high, "weights are clipped to [low, high], which is not negative", low, high);
  weights.insert(weights.begin(), 1.0);
  for (double& w : weights) w = w < low ? low : w > high ? high : w;
  return weights;
}

/// Weights of the columns of a grouped softmax, a list per group of classes: 1 for "others", then 1 / n of the members,
/// scaled to mean 1 in their group and clipped to [low, high]. A group without classes has the 1 alone.
/// @source the balanced group softmax code's `get_bin_weight`, with low = 0.1 and high = 5
inline std::vector<std::vector<double>> group_weights(std::vector<std::int64_t> const& counts,
                                                      class_groups const& groups, double low, double high) {
  std::vector<std::vector<double>> result;
  for (std::size_t g = 0; g < groups.slices.size(); ++g) {
    if (g == groups.background_group) continue;
    std::vector<std::int64_t> members;
    for (auto const label : groups.members(g)) members.push_back(counts[static_cast<std::size_t>(label - 1)]);
    result.push_back(with_background(inverse_frequency_weights(members), low, high));
  }
  return result;
}

/// Weights of labels with background as one more class of 3 Σ n boxes; mean 1 over all, not clipped.
inline std::vector<double> effective_number_weights_with_background(std::vector<std::int64_t> counts, double beta) {
  std::int64_t sum = 0;
  for (auto const n : counts) sum += n;
  counts.insert(counts.begin(), 3 * sum);
  return effective_number_weights(counts, beta);
}

}  // namespace acsl
