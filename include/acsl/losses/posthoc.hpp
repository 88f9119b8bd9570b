// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/class_weights.hpp>
#include <acsl/losses/column_layout.hpp>
#include <vector>

/// Tables that correct the scores of a trained classifier for the numbers of its training samples (losses-spec 6); none
/// needs a derivative. Tables here are by label, background first; `by_column` lays them out as a loss has its columns.
/// `score_correction` applies them.
namespace acsl {

/// One number per column from one per label, background first. A background without a column is left out; columns that
/// tell objects from background get `neutral`, so that a correction acts among the classes.
inline std::vector<double> by_column(std::vector<double> const& by_label, column_layout layout, double neutral = 0) {
  ACSL_EXPECTS(!by_label.empty(), "a table has a number for background", by_label.size());
  auto const classes = static_cast<index_t>(by_label.size()) - 1;
  column_map const map{layout, columns_of(layout, classes)};
  std::vector<double> result(static_cast<std::size_t>(map.columns), neutral);
  if (layout != column_layout::objectness_pair && map.background() < map.columns)
    result[static_cast<std::size_t>(map.background())] = by_label.front();
  for (index_t c = 1; c <= classes; ++c)
    result[static_cast<std::size_t>(map.of_class(c))] = by_label[static_cast<std::size_t>(c)];
  return result;
}

/// Offsets −τ log π: softmax(z − τ log π) for the shares π of labels in training (`label_shares`).
/// @source Menon, Jayasumana, Rawat, Jain, Veit, Kumar, ICLR 2021; the released code adds 1e-12 to π^τ, here π is at
///         least 1e-12
inline std::vector<double> logit_adjustment_offsets(std::vector<double> shares, double tau = 1) {
  for (double& x : shares) x = -tau * math::log(x > 1e-12 ? x : 1e-12);
  return shares;
}

/// PC-softmax: offsets −log π + log π', for shares π of labels in training and π' where the classifier is used. With π'
/// uniform these are the offsets of logit adjustment with τ = 1, but for a constant.
/// @source Hong, Han, Choi, Seo, Kim, Chang, CVPR 2021
inline std::vector<double> prior_shift_offsets(std::vector<double> const& source, std::vector<double> const& target) {
  ACSL_EXPECTS(source.size() == target.size(), "shares of the same labels, in training and in use", source.size(),
               target.size());
  auto result = logit_adjustment_offsets(source);
  auto const there = logit_adjustment_offsets(target);
  for (std::size_t j = 0; j < result.size(); ++j) result[j] -= there[j];
  return result;
}

/// What a class weighs in NorCal.
struct norcal_options {
  double gamma = 0;  ///< m^−γ for m training images
  double beta = 0;   ///< above 0: the inverse effective number (1 − β) / (1 − β^m) instead
};

/// NorCal: weights a of labels from the numbers of training images, background 1, a class without images as with one.
/// Normalised calibration is softmax(z + log a), so that background is left alone and the row is normalised again; the
/// released code can also multiply logits by a before the softmax, or probabilities after it without normalising.
/// @source Pan, Zhang, Li, Hu, Xuan, Changpinyo, Gong, Chao, NeurIPS 2021
inline std::vector<double> norcal_weights(std::vector<std::int64_t> const& image_count, norcal_options options) {
  ACSL_EXPECTS(options.gamma >= 0, "the power of NorCal is not negative", options.gamma);
  ACSL_EXPECTS(options.beta >= 0 && options.beta < 1, "the base of the effective number lies in [0, 1)", options.beta);
  std::vector<double> result = {1};
  for (auto const n : image_count)
    result.push_back(options.beta > 0 ? inverse_effective_number(n, options.beta)
                                      : math::pow(static_cast<double>(n > 0 ? n : 1), -options.gamma));
  return result;
}

/// log a: NorCal's weights as offsets.
inline std::vector<double> norcal_offsets(std::vector<std::int64_t> const& image_count, norcal_options options) {
  auto result = norcal_weights(image_count, options);
  for (double& a : result) a = math::log(a);
  return result;
}

}  // namespace acsl
