// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/posthoc.hpp>
#include <acsl/losses/tau_normalisation.hpp>
#include <acsl/nn/elementwise.hpp>
#include <vector>

namespace acsl {

/// What is done to a trained classifier's output before its scores are used: z'_j = multiplier_j z_j + offset_j for
/// logits, s'_c = factor_c s_c for scores. Empty tables change nothing.
struct score_correction {
  std::vector<double> multiplier = {}, offset = {};  ///< one number per column of the logits
  std::vector<double> factor = {};                   ///< one number per label, background first
  tau_normalisation_options weights = {};            ///< first of all; tau = 0: off
};

namespace detail {
template <backend Backend>
void correct_columns(Backend& exec, tensor_view<float> x, std::vector<double> const& scale,
                     std::vector<double> const& shift) {
  for (auto const* table : {&scale, &shift})
    ACSL_EXPECTS(table->empty() || static_cast<index_t>(table->size()) == x.columns(),
                 "a correction has one number per column", table->size(), x.columns());
  if (x.empty() || (scale.empty() && shift.empty())) return;
  std::vector<float> const a(scale.begin(), scale.end()), b(shift.begin(), shift.end());
  device_arrays place(exec);
  scale_columns(exec, tensor_view<float const>(x), x, place(a), place(b));
}
}  // namespace detail

/// The logits [N, K] of a classifier with these weights and bias, corrected in place.
/// @param weight of the linear classifier; empty when it is none, which `weights.tau` refuses
template <backend Backend>
void correct_logits(Backend& exec, score_correction const& how, tensor_view<float const> weight,
                    tensor_view<float const> bias, tensor_view<float> logits) {
  if (how.weights.tau != 0 || !how.weights.keep_bias) {
    ACSL_EXPECTS(!weight.empty(), "weights are normalised where the classifier is linear");
    tau_normalise(exec, how.weights, weight, bias, logits);
  }
  detail::correct_columns(exec, logits, how.multiplier, how.offset);
}
/// The scores [N, C + 1], corrected in place.
template <backend Backend>
void correct_scores(Backend& exec, score_correction const& how, tensor_view<float> scores) {
  detail::correct_columns(exec, scores, how.factor, {});
}

}  // namespace acsl
