// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/models/heads/roi_samples.hpp>
#include <span>

namespace acsl {

/// Box regression loss of a stage (detector-spec 8.3):
///
///   L = 1/R · Σ over positive rows and four coordinates of r · smooth_l1(delta − encode(region, truth); β)
///
/// R counts **all** rows, whatever their weights r. A class-specific regressor uses columns 4·label … 4·label + 3.
///
/// @param deltas   [R, 4] or [R, 4·(classes + 1)]
/// @param weight   multiplies the gradient, not the value
/// @param gradient zero-filled by the caller, receives weight · ∂L/∂deltas; may be null
/// @param row_weights one per row, each >= 0; empty: all 1
/// @return L; 0 when R is 0
template <class Tensor>
double box_regression_loss(tensor_view<float const> deltas, roi_samples const& samples, delta_coder const& coder,
                           bool class_agnostic, float beta, double weight, Tensor* gradient,
                           std::span<float const> row_weights = {}) {
  ACSL_EXPECTS(row_weights.empty() || static_cast<index_t>(row_weights.size()) == samples.size(),
               "no row weights, or one per row", row_weights.size(), samples.size());
  double sum = 0;
  double const rows = static_cast<double>(samples.size());
  for (index_t r = 0; r < samples.size(); ++r) {
    auto const i = static_cast<std::size_t>(r);
    if (samples.labels[i] <= 0) continue;
    double const own = row_weights.empty() ? 1 : static_cast<double>(row_weights[i]);
    roi const& region = samples.rois[i];
    delta const target = coder.encode({region.x1, region.y1, region.x2, region.y2}, samples.truths[i]);
    float const wanted[4] = {target.dx, target.dy, target.dw, target.dh};
    index_t const first = r * deltas.columns() + (class_agnostic ? 0 : 4 * samples.labels[i]);
    for (index_t j = 0; j < 4; ++j) {
      auto const term = smooth_l1_element{beta}(double{deltas[first + j]} - double{wanted[j]});
      sum += own * term.value;
      if (gradient) (*gradient)[first + j] = static_cast<float>(weight * own * term.slope / rows);
    }
  }
  return rows > 0 ? sum / rows : 0;
}

}  // namespace acsl
