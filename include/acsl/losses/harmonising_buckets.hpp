// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/communicator.hpp>
#include <acsl/core/error.hpp>
#include <vector>

namespace acsl {

struct harmonising_options {
  static constexpr index_t most_bins = 64;
  index_t bins = 10;            ///< at most `most_bins`
  double momentum = 0;          ///< κ; above 0 the buckets are state
  bool sum_histograms = false;  ///< over all processes; the released code does not
};

/// The buckets of the gradient harmonising mechanism: from counts of gradients to weights.
class harmonising_buckets {
 public:
  explicit harmonising_buckets(harmonising_options options) : options_(options) {
    ACSL_EXPECTS(options.bins >= 1 && options.bins <= 64, "a histogram of gradients has 1 to 64 bins", options.bins);
    ACSL_EXPECTS(options.momentum >= 0 && options.momentum < 1, "a momentum lies in [0, 1)", options.momentum);
    accumulated_.assign(static_cast<std::size_t>(options.bins), 0.0);
  }
  [[nodiscard]] index_t bins() const { return options_.bins; }
  [[nodiscard]] std::vector<double> const& weights() const { return weights_; }

  /// weight = total / (mass · non-empty buckets); the first step with momentum is 1 / (1 − κ) too large, as released.
  void update(std::vector<double> counts, communicator* processes) {
    if (processes && options_.sum_histograms) processes->sum(counts.data(), static_cast<index_t>(counts.size()));
    double total = 0, used = 0;
    for (double const n : counts) {
      total += n;
      used += n > 0;
    }
    weights_.assign(counts.size(), 0);
    for (std::size_t b = 0; b < counts.size(); ++b) {
      if (counts[b] == 0) continue;
      double mass = counts[b];
      if (options_.momentum > 0)
        mass = accumulated_[b] = options_.momentum * accumulated_[b] + (1 - options_.momentum) * counts[b];
      weights_[b] = total / (mass * used);
    }
  }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    if (options_.momentum > 0) visit("acc_sum", accumulated_);
  }

 private:
  harmonising_options options_;
  std::vector<double> accumulated_, weights_;
};

}  // namespace acsl
