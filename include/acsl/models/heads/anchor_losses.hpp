// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/losses/stable.hpp>
#include <acsl/models/heads/anchor_targets.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/models/observer.hpp>
#include <algorithm>
#include <vector>

namespace acsl {

/// What the region proposal head says about every anchor of one level.
struct region_scores {
  tensor<float> objectness;  ///< [N, A, H, W] logits
  tensor<float> deltas;      ///< [N, 4A, H, W], channels 4a … 4a+3 belong to anchor a
};

namespace detail {

/// Labels (1, 0, −1: not used) and targets (0 but for positives) of every anchor of one image, levels fine to coarse.
template <observer Observer>
void report_anchor_samples(Observer const& seen, std::vector<anchor_sample> const& samples,
                           std::vector<tensor<box>> const& anchors, std::size_t image) {
  if (!listens(seen)) return;
  std::vector<std::size_t> first = {0};
  for (auto const& level : anchors) first.push_back(first.back() + static_cast<std::size_t>(level.size()));
  std::vector<float> labels(first.back(), -1.0F);
  std::vector<delta> targets(first.back());
  for (auto const& one : samples) {
    auto const at = first[static_cast<std::size_t>(one.level)] + static_cast<std::size_t>(one.anchor);
    labels[at] = one.positive ? 1.0F : 0.0F;
    targets[at] = one.target;
  }
  report(seen, "labels." + std::to_string(image), as_array(labels));
  report(seen, "bbox_targets." + std::to_string(image), numbers_of(targets));
}

}  // namespace detail

/// The proposal network's losses over all levels (detector-spec 4.5), and their gradients:
///
///   loss_rpn_cls  = 1/F · Σ bce(logit, positive)          over the sampled anchors
///   loss_rpn_bbox = 1/F · Σ smooth_l1(delta − target; β)  over the positive ones and four coordinates
///   F = Σ over images of max(#positives, 1) + max(#negatives, 1)
///
/// @param gradients overwritten with the derivatives by the scores (same shapes); null: not computed
/// @param seen      hears `labels.{image}` [anchors] and `bbox_targets.{image}` [anchors, 4]
/// @note the sums are over a few hundred anchors, in double, in order: same bits on any thread count
template <backend Backend, observer Observer = no_observer>
std::vector<named_loss> anchor_losses(Backend& exec, std::vector<region_scores> const& scores,
                                      std::vector<tensor<box>> const& anchors, batch const& images,
                                      std::vector<int> const& strides, anchor_target_options const& options, float beta,
                                      random_key key, std::vector<region_scores>* gradients,
                                      Observer const& seen = {}) {
  expect_annotations(images);
  std::vector<shape> cells;
  for (auto const& level : scores) cells.push_back({level.objectness.extent(2), level.objectness.extent(3)});
  std::vector<anchor_samples> sampled;
  double divisor = 0;
  for (std::size_t n = 0; n < images.info.size(); ++n) {
    sampled.push_back(
        sample_anchors(exec, anchors, cells, strides, images.info[n], images.boxes[n], options, key.with(n)));
    detail::report_anchor_samples(seen, sampled.back().samples, anchors, n);
    divisor += static_cast<double>(std::max<index_t>(sampled.back().positives, 1) +
                                   std::max<index_t>(sampled.back().negatives, 1));
  }
  if (gradients) {
    gradients->clear();
    for (auto const& level : scores)
      gradients->push_back(
          {filled(exec, level.objectness.extents(), 0.0F), filled(exec, level.deltas.extents(), 0.0F)});
  }

  double classification = 0, regression = 0;
  for (std::size_t n = 0; n < sampled.size(); ++n)
    for (auto const& one : sampled[n].samples) {
      auto const level = static_cast<std::size_t>(one.level);
      auto const& objectness = scores[level].objectness;
      index_t const per_cell = objectness.extent(1), plane = objectness.extent(2) * objectness.extent(3);
      index_t const channel = one.anchor % per_cell, cell = one.anchor / per_cell;
      index_t const at = (static_cast<index_t>(n) * per_cell + channel) * plane + cell;
      double const logit = objectness[at];
      classification += bce(logit, one.positive ? 1.0 : 0.0);
      if (gradients)
        (*gradients)[level].objectness[at] =
            static_cast<float>((sigmoid(logit) - (one.positive ? 1.0 : 0.0)) / divisor);
      if (!one.positive) continue;
      float const target[4] = {one.target.dx, one.target.dy, one.target.dw, one.target.dh};
      for (index_t j = 0; j < 4; ++j) {
        index_t const where = (static_cast<index_t>(n) * 4 * per_cell + 4 * channel + j) * plane + cell;
        auto const term = smooth_l1_element{beta}(double{scores[level].deltas[where]} - double{target[j]});
        regression += term.value;
        if (gradients) (*gradients)[level].deltas[where] = static_cast<float>(term.slope / divisor);
      }
    }
  if (divisor == 0) divisor = 1;  // no image
  return {{"loss_rpn_cls", classification / divisor, true}, {"loss_rpn_bbox", regression / divisor, true}};
}

}  // namespace acsl
