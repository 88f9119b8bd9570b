// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/choose.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace acsl {

/// How many candidates train; the original's numbers stand in detector-spec 6.2.
struct random_sampler {
  index_t count = 512;
  double positive_fraction = 0.25;
  double negative_upper_bound = -1;  ///< at most this many negatives per positive; negative: no bound
  bool add_truths = true;            ///< annotated boxes join the candidates (done by who calls `sample_candidates`)
};

/// Chosen candidates, ascending.
struct sampled {
  std::vector<std::int32_t> positives, negatives;
};

/// Up to trunc(count · positive_fraction) positives and then negatives up to `count`, each a uniform choice.
///
/// @param assigned −1 ignored, 0 negative, positive otherwise: `assignment::truth`
inline sampled sample_candidates(random_sampler const& rule, std::span<std::int32_t const> assigned, random_key key) {
  sampled result;
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    if (assigned[i] > 0) result.positives.push_back(static_cast<std::int32_t>(i));
    if (assigned[i] == 0) result.negatives.push_back(static_cast<std::int32_t>(i));
  }
  auto const most_positives = static_cast<index_t>(static_cast<double>(rule.count) * rule.positive_fraction);
  result.positives = choose(std::move(result.positives), most_positives, key.with(0));
  auto const positives = static_cast<index_t>(result.positives.size());
  index_t most_negatives = rule.count - positives;
  if (rule.negative_upper_bound >= 0)
    most_negatives = std::min(
        most_negatives,
        static_cast<index_t>(rule.negative_upper_bound * static_cast<double>(std::max<index_t>(1, positives))));
  result.negatives = choose(std::move(result.negatives), most_negatives, key.with(1));
  return result;
}

}  // namespace acsl
