// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/affine_softmax.hpp>
#include <vector>

namespace acsl {

/// Vector scaling: A = a_j z + τ log π_j with a_j = (n_j / n_max)^γ and π the shares of the counts. τ = 0 is
/// `class_dependent_temperatures`. Scores are the softmax of the raw logits.
///
/// @param counts of the columns, background included; a count below 1 counts as 1
/// @source Kini, Paraskevas, Oymak, Thrampoulidis, NeurIPS 2021; Ye, Chen, Zhan, Chao, 2020 (losses-spec 4.6)
class vector_scaling : public softmax_loss<affine_member> {
 public:
  explicit vector_scaling(std::vector<double> counts, double gamma = 0.15, double tau = 1.25,
                          row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_loss(affine_member(tables(std::move(counts), gamma, tau), std::move(rules))) {}

 private:
  static affine_tables tables(std::vector<double> counts, double gamma, double tau) {
    ACSL_EXPECTS(!counts.empty(), "vector scaling has one count per column");
    double sum = 0, most = 1;
    for (double& n : counts) {
      n = n > 1 ? n : 1;
      sum += n;
      most = n > most ? n : most;
    }
    affine_tables result;
    for (double const n : counts) {
      result.multiplier.push_back(math::pow(n / most, gamma));
      if (tau != 0) result.offset.push_back(tau * math::log(n / sum));
    }
    return result;
  }
};

/// Class-dependent temperatures: `vector_scaling` without offsets.
class class_dependent_temperatures : public vector_scaling {
 public:
  explicit class_dependent_temperatures(std::vector<double> counts, double gamma = 0.15,
                                        row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : vector_scaling(std::move(counts), gamma, 0, std::move(rules)) {}
};

static_assert(classification_loss<vector_scaling> && classification_loss<class_dependent_temperatures>);

}  // namespace acsl
