// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <acsl/losses/balanced_group_softmax.hpp>
#include <acsl/losses/balanced_sigmoid.hpp>
#include <acsl/losses/column_weight.hpp>
#include <acsl/losses/drop.hpp>
#include <acsl/losses/effective_class_margin.hpp>
#include <acsl/losses/equalization.hpp>
#include <acsl/losses/equalization_v2.hpp>
#include <acsl/losses/equalized_focal.hpp>
#include <acsl/losses/equilibrium.hpp>
#include <acsl/losses/federated.hpp>
#include <acsl/losses/focal.hpp>
#include <acsl/losses/gumbel.hpp>
#include <acsl/losses/harmonised_gradient.hpp>
#include <acsl/losses/label_distribution_aware_margin.hpp>
#include <acsl/losses/logit_adjustment.hpp>
#include <acsl/losses/seesaw.hpp>
#include <acsl/losses/sigmoid_cross_entropy.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/losses/softmax_equalization.hpp>
#include <acsl/losses/softmax_focal.hpp>
#include <acsl/losses/vector_scaling.hpp>
#include <optional>
#include <variant>

namespace acsl {

/// Any of the shipped losses, chosen at run time: for programs that read the loss from a configuration. A program that
/// knows its loss at compile time names it instead and does not pay for this.
class any_classification_loss {
 public:
  using variant_type =
      std::variant<softmax_cross_entropy, sigmoid_cross_entropy, adaptive_class_suppression, softmax_focal,
                   logit_adjustment, balanced_softmax, vector_scaling, label_distribution_aware_margin,
                   softmax_equalization, equilibrium, seesaw, balanced_group_softmax, focal, equalization,
                   equalization_v2, drop, federated, equalized_focal, gumbel<unit_weight>, gumbel<equalization_weight>,
                   gumbel<drop_weight>, effective_class_margin, balanced_sigmoid, harmonised_gradient,
                   column_weighted_cross_entropy>;

  any_classification_loss() = default;
  explicit any_classification_loss(variant_type loss) : loss_(std::move(loss)) {}

  [[nodiscard]] variant_type const& get() const { return loss_; }
  [[nodiscard]] index_t columns(index_t foreground_classes) const {
    return std::visit([&](auto const& loss) { return loss.columns(foreground_classes); }, loss_);
  }
  [[nodiscard]] classifier_prior prior() const {
    return std::visit([](auto const& loss) { return loss.prior(); }, loss_);
  }
  [[nodiscard]] bool labels_are_columns() const {
    return std::visit([](auto const& loss) { return acsl::labels_are_columns(loss); }, loss_);
  }
  [[nodiscard]] double softmax_scale() const {
    return std::visit([](auto const& loss) { return acsl::softmax_scale(loss); }, loss_);
  }
  /// Nothing for a loss with columns of its own (`balanced_group_softmax`).
  [[nodiscard]] std::optional<column_layout> layout() const {
    return std::visit(
        [](auto const& loss) -> std::optional<column_layout> {
          if constexpr (requires { loss.layout(); }) return loss.layout();
          else return {};
        },
        loss_);
  }
  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, constant_view<T> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key key, loss_arguments const& extra = {}) {
    return std::visit([&](auto& loss) { return loss.evaluate(exec, logits, labels, gradient, key, extra); }, loss_);
  }
  /// Of adaptive class suppression; an empty array for other losses.
  template <backend Backend, class T>
  [[nodiscard]] tensor<T> weight_mask(Backend& exec, tensor_view<T const> logits,
                                      tensor_view<std::int32_t const> labels, random_key key,
                                      loss_arguments const& extra = {}) const {
    auto const* loss = std::get_if<adaptive_class_suppression>(&loss_);
    return loss ? loss->weight_mask(exec, logits, labels, key, extra) : tensor<T>();
  }
  /// Whether `warm_up` does anything.
  [[nodiscard]] bool can_warm_up() const {
    return std::visit([]<class Loss>(Loss const&) { return warms_up<Loss>; }, loss_);
  }
  /// Nothing for a loss without it.
  template <backend Backend, class T>
  void warm_up(Backend& exec, tensor_view<T> logits, tensor_view<std::int32_t const> labels,
               loss_arguments const& extra = {}) {
    std::visit(
        [&]<class Loss>(Loss& loss) {
          if constexpr (warms_up<Loss>) loss.warm_up(exec, logits, labels, extra);
        },
        loss_);
  }
  template <backend Backend, class T>
  void score(Backend& exec, constant_view<T> logits, tensor_view<T> scores) const {
    std::visit([&](auto const& loss) { loss.score(exec, logits, scores); }, loss_);
  }
  /// Nothing for a loss without state.
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    std::visit(
        [&](auto& loss) {
          if constexpr (requires { loss.visit_state(visit); }) loss.visit_state(visit);
        },
        loss_);
  }

 private:
  variant_type loss_;
};

static_assert(classification_loss<any_classification_loss>);

}  // namespace acsl
