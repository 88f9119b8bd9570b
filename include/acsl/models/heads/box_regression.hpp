// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/models/heads/roi_samples.hpp>

namespace acsl {

/// Box regression loss of a stage (detector-spec 8.3):
///
///   L = 1/R · Σ over positive rows and four coordinates of smooth_l1(delta − encode(region, truth); β)
///
/// R counts **all** rows. A class-specific regressor uses columns 4·label … 4·label + 3.
///
/// @param deltas   [R, 4] or [R, 4·(classes + 1)]
/// @param weight   multiplies the gradient, not the value
/// @param gradient zero-filled by the caller, receives weight · ∂L/∂deltas; may be null
/// @return L; 0 when R is 0
template <class Tensor>
double box_regression_loss(tensor_view<float const> deltas, roi_samples const& samples, delta_coder const& coder,
                           bool class_agnostic, float beta, double weight, Tensor* gradient) {
  double sum = 0;
  double const rows = static_cast<double>(samples.size());
  for (index_t r = 0; r < samples.size(); ++r) {
    auto const i = static_cast<std::size_t>(r);
    if (samples.labels[i] <= 0) continue;
    roi const& region = samples.rois[i];
    delta const target = coder.encode({region.x1, region.y1, region.x2, region.y2}, samples.truths[i]);
    float const wanted[4] = {target.dx, target.dy, target.dw, target.dh};
    index_t const first = r * deltas.columns() + (class_agnostic ? 0 : 4 * samples.labels[i]);
    for (index_t j = 0; j < 4; ++j) {
      auto const term = smooth_l1_element{beta}(double{deltas[first + j]} - double{wanted[j]});
      sum += term.value;
      if (gradient) (*gradient)[first + j] = static_cast<float>(weight * term.slope / rows);
    }
  }
  return rows > 0 ? sum / rows : 0;
}

}  // namespace acsl
