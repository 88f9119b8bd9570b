// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/concepts.hpp>
#include <acsl/losses/harmonising_buckets.hpp>
#include <span>
#include <vector>

namespace acsl {

/// Gradient harmonising loss of box regression (GHM-R). For differences d of n valid coordinates:
///
///   L = 1/n · Σ r w_b (sqrt(d² + μ²) − μ),   ∂L/∂d = r w_b d / (n sqrt(d² + μ²)),   b = bucket of |d| / sqrt(d² + μ²)
///
/// with the weights w of `harmonising_buckets`, constant under differentiation: coordinates whose gradients are as
/// large as many others' count less. r are the caller's weights, 1 at first; a coordinate of weight 0 is not valid and
/// does not count. n = 0 gives 0. State: the buckets, with momentum.
///
/// @source Li, Liu, Wang, AAAI 2019 (losses-spec 8, 3.12)
/// @note O(n), on the host, two passes; sums in double
class harmonised_l1 {
 public:
  /// @param mu where the loss turns from quadratic to linear, above 0
  explicit harmonised_l1(double mu = 0.02, harmonising_options options = {}) : mu_(mu), buckets_(options) {
    ACSL_EXPECTS(mu > 0, "the corner of the loss is positive", mu);
  }

  /// @param differences prediction − target of the coordinates that count
  /// @param gradient    as many, or none; may be the memory of `differences`
  /// @param processes   with which histograms are summed, if the options say so
  /// @param weights     r of every difference, each >= 0; empty: all 1
  template <class T>
  loss_result evaluate(std::span<T const> differences, std::span<T> gradient, communicator* processes = nullptr,
                       std::span<float const> weights = {}) {
    ACSL_EXPECTS(gradient.empty() || gradient.size() == differences.size(), "one derivative per difference",
                 gradient.size(), differences.size());
    ACSL_EXPECTS(weights.empty() || weights.size() == differences.size(), "no weights, or one per difference",
                 weights.size(), differences.size());
    auto const own = [&](std::size_t i) { return weights.empty() ? 1 : static_cast<double>(weights[i]); };
    std::vector<double> counts(static_cast<std::size_t>(buckets_.bins()), 0.0);
    double valid = 0, sum = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (own(i) == 0) continue;
      counts[bucket(static_cast<double>(differences[i]))] += 1;
      valid += 1;
    }
    buckets_.update(std::move(counts), processes);
    double const n = valid > 1 ? valid : 1.0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      auto const d = static_cast<double>(differences[i]);
      double const root = math::hypot(d, mu_);
      double const weight = own(i) == 0 ? 0 : own(i) * buckets_.weights()[bucket(d)];
      if (weight != 0) sum += weight * (root - mu_);
      if (!gradient.empty()) gradient[i] = weight == 0 ? T(0) : static_cast<T>(weight * d / (n * root));
    }
    return {sum / n, n};
  }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    buckets_.visit_state(visit);
  }

 private:
  [[nodiscard]] std::size_t bucket(double d) const {
    double const size = math::fabs(d) / math::hypot(d, mu_) * static_cast<double>(buckets_.bins());
    auto const last = static_cast<std::size_t>(buckets_.bins() - 1),
               wanted = static_cast<std::size_t>(size > 0 ? size : 0);
    return wanted < last ? wanted : last;
  }

  double mu_;
  harmonising_buckets buckets_;
};

}  // namespace acsl
