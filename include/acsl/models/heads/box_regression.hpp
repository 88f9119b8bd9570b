// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/losses/box_loss.hpp>
#include <acsl/models/heads/roi_samples.hpp>
#include <span>
#include <vector>

namespace acsl {

/// Box regression loss of a stage (detector-spec 8.3, losses-spec 8). A sum over positive rows, with row weights r:
///
///   coordinate_loss φ:      L = 1/R · Σ over four coordinates of r · φ(delta − encode(region, truth))
///   corner_loss ℓ:          L = 1/R · Σ r · ℓ(decode(region, delta), truth)     in absolute corners, not clipped
///   batch_difference_loss:  as it says itself, of the differences of all positive rows, divided by their number
///
/// R counts **all** rows, whatever their weights. The gradient of a corner loss goes through the decoder (delta_coder),
/// which passes none to a size that it limits. A class-specific regressor uses columns 4·label … 4·label + 3.
///
/// @param deltas   [R, 4] or [R, 4·(classes + 1)]
/// @param loss     not const: some have a state
/// @param weight   multiplies the gradient, not the value
/// @param gradient zero-filled by the caller, receives weight · ∂L/∂deltas; may be null
/// @param row_weights one per row, each >= 0; empty: all 1
/// @return L; 0 when there is no positive row
/// @note O(R), on the host, in double and in order: the same bits on any thread count
template <box_loss Loss, class Tensor>
double box_regression_loss(tensor_view<float const> deltas, roi_samples const& samples, delta_coder const& coder,
                           bool class_agnostic, Loss& loss, double weight, Tensor* gradient,
                           std::span<float const> row_weights = {}) {
  ACSL_EXPECTS(row_weights.empty() || static_cast<index_t>(row_weights.size()) == samples.size(),
               "no row weights, or one per row", row_weights.size(), samples.size());
  // visit(region, truth, row weight, place of the first of four deltas)
  auto const for_each_positive = [&](auto&& visit) {
    for (index_t r = 0; r < samples.size(); ++r) {
      auto const i = static_cast<std::size_t>(r);
      if (samples.labels[i] <= 0) continue;
      double const own = row_weights.empty() ? 1 : static_cast<double>(row_weights[i]);
      roi const& region = samples.rois[i];
      visit(box{region.x1, region.y1, region.x2, region.y2}, samples.truths[i], own,
            r * deltas.columns() + (class_agnostic ? 0 : 4 * samples.labels[i]));
    }
  };
  auto const for_each_difference = [&](auto&& visit) {
    for_each_positive([&](box const& region, box const& truth, double own, index_t first) {
      delta const target = coder.encode(region, truth);
      float const wanted[4] = {target.dx, target.dy, target.dw, target.dh};
      for (index_t j = 0; j < 4; ++j) visit(double{deltas[first + j]} - double{wanted[j]}, own, first + j);
    });
  };
  double sum = 0;
  double const rows = static_cast<double>(samples.size());

  if constexpr (chosen_box_loss<Loss>) {
    return loss.visit([&](auto& chosen) {
      return box_regression_loss(deltas, samples, coder, class_agnostic, chosen, weight, gradient, row_weights);
    });
  } else if constexpr (coordinate_loss<Loss>) {
    for_each_difference([&](double d, double own, index_t at) {
      auto const term = loss(d);
      sum += own * term.value;
      if (gradient) (*gradient)[at] = static_cast<float>(weight * own * term.slope / rows);
    });
  } else if constexpr (corner_loss<Loss>) {
    for_each_positive([&](box const& region, box const& truth, double own, index_t first) {
      double d[4], by_delta[4];
      for (index_t j = 0; j < 4; ++j) d[j] = double{deltas[first + j]};
      auto const found = coder.decode_with_slopes(region, d);
      double const corners[4] = {found.x1, found.y1, found.x2, found.y2};
      double const wanted[4] = {truth.x1, truth.y1, truth.x2, truth.y2};
      auto const term = loss(corners, wanted);
      sum += own * term.value;
      found.by_delta(term.gradient, by_delta);
      for (index_t j = 0; gradient && j < 4; ++j)
        (*gradient)[first + j] = static_cast<float>(weight * own * by_delta[j] / rows);
    });
  } else {
    std::vector<double> differences;
    std::vector<float> weights;
    std::vector<index_t> places;
    for_each_difference([&](double d, double own, index_t at) {
      differences.push_back(d);
      weights.push_back(static_cast<float>(own));
      places.push_back(at);
    });
    std::vector<double> slopes(differences.size());
    auto const result = loss.evaluate(std::span<double const>(differences), std::span<double>(slopes), nullptr,
                                      std::span<float const>(weights));
    for (std::size_t i = 0; gradient && i < places.size(); ++i)
      (*gradient)[places[i]] = static_cast<float>(weight * slopes[i]);
    return result.value;
  }
  return rows > 0 ? sum / rows : 0;
}

/// What a stage's regressor is to say [R, 4]: encode(region, truth) of positive rows, 0 of others (detector-spec 8.2).
[[nodiscard]] inline std::vector<delta> box_targets(roi_samples const& samples, delta_coder const& coder) {
  std::vector<delta> result(samples.rois.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    roi const& region = samples.rois[i];
    if (samples.labels[i] > 0)
      result[i] = coder.encode({region.x1, region.y1, region.x2, region.y2}, samples.truths[i]);
  }
  return result;
}

}  // namespace acsl
