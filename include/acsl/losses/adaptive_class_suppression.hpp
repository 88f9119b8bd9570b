// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/element_weights.hpp>
#include <acsl/losses/suppression_weight.hpp>
#include <acsl/losses/weighted_bce.hpp>

namespace acsl {

/// Adaptive class suppression loss:
///
///   L = 1/rows · Σᵢⱼ wᵢⱼ · bce(zᵢⱼ, tᵢⱼ),   ∂L/∂zᵢⱼ = wᵢⱼ (σ(zᵢⱼ) − tᵢⱼ) / rows
///
/// with the weight of `suppression_weight`: a sample suppresses a class only where the classifier confuses the two, so
/// that rare classes are not drowned by everyone else's negatives. Logits [N, C + 1], column 0 and label 0 are
/// background.
///
/// @source Wang, Zhu, Zhao, Zeng, Wang, Tang, CVPR 2021 (arXiv:2104.00885). Where it differs from the released code:
/// row
///         weights are applied and negative labels ignored (the code drops both); subsets are drawn from a key
class adaptive_class_suppression : public sigmoid_loss<weighted_bce<suppression_weight>> {
 public:
  explicit adaptive_class_suppression(class_statistics const& classes, suppression_options options = {})
      : sigmoid_loss(weighted_bce<suppression_weight>(suppression_weight(classes, options))) {}

  [[nodiscard]] suppression_weight const& weight() const { return element().weight(); }

  /// The weights w [N, C + 1] that `evaluate` uses for a batch with the same key: which elements train.
  template <backend Backend, class T>
  [[nodiscard]] tensor<T> weight_mask(Backend& exec, tensor_view<T const> logits,
                                      tensor_view<std::int32_t const> labels, random_key key,
                                      loss_arguments const& extra = {}) const {
    return element_weights<T>(exec, weight(), logits, labels, key, extra);
  }
};

static_assert(classification_loss<adaptive_class_suppression>);

}  // namespace acsl
