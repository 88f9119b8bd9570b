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
///   L = 1/n · Σ w_b (sqrt(d² + μ²) − μ),   ∂L/∂d = w_b d / (n sqrt(d² + μ²)),   b = bucket of |d| / sqrt(d² + μ²)
///
/// with the weights of `harmonising_buckets`, constant under differentiation: coordinates whose gradients are as large
/// as many others' count less. n = 0 gives 0. State: the buckets, with momentum.
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
  template <class T>
  loss_result evaluate(std::span<T const> differences, std::span<T> gradient, communicator* processes = nullptr) {
    ACSL_EXPECTS(gradient.empty() || gradient.size() == differences.size(), "one derivative per difference",
                 gradient.size(), differences.size());
    std::vector<double> counts(static_cast<std::size_t>(buckets_.bins()), 0.0);
    for (T const d : differences) counts[bucket(static_cast<double>(d))] += 1;
    buckets_.update(std::move(counts), processes);
    double const n = differences.empty() ? 1 : static_cast<double>(differences.size());
    double sum = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      auto const d = static_cast<double>(differences[i]);
      double const root = math::hypot(d, mu_), weight = buckets_.weights()[bucket(d)];
      sum += weight * (root - mu_);
      if (!gradient.empty()) gradient[i] = static_cast<T>(weight * d / (n * root));
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
