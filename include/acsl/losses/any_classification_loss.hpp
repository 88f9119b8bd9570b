// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <acsl/losses/sigmoid_cross_entropy.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace acsl {

/// Any of the shipped losses, chosen at run time: for programs that read the loss from a configuration. A program that
/// knows its loss at compile time names it instead and does not pay for this.
class any_classification_loss {
 public:
  using variant_type = std::variant<softmax_cross_entropy, sigmoid_cross_entropy, adaptive_class_suppression>;

  any_classification_loss() = default;
  explicit any_classification_loss(variant_type loss) : loss_(std::move(loss)) {}

  [[nodiscard]] variant_type const& get() const { return loss_; }
  [[nodiscard]] index_t columns(index_t foreground_classes) const {
    return std::visit([&](auto const& loss) { return loss.columns(foreground_classes); }, loss_);
  }
  [[nodiscard]] classifier_prior prior() const {
    return std::visit([](auto const& loss) { return loss.prior(); }, loss_);
  }
  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, tensor_view<T const> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key key, loss_arguments const& extra = {}) const {
    return std::visit([&](auto const& loss) { return loss.evaluate(exec, logits, labels, gradient, key, extra); },
                      loss_);
  }
  template <backend Backend, class T>
  void score(Backend& exec, tensor_view<T const> logits, tensor_view<T> scores) const {
    std::visit([&](auto const& loss) { loss.score(exec, logits, scores); }, loss_);
  }

 private:
  variant_type loss_;
};

static_assert(classification_loss<any_classification_loss>);

/// A loss by the name that configurations use. @throws acsl::error that lists the names, for another one
inline any_classification_loss make_classification_loss(std::string_view name, class_statistics const& classes,
                                                        suppression_options const& suppression = {}) {
  if (name == "softmax_cross_entropy") return any_classification_loss(softmax_cross_entropy{});
  if (name == "sigmoid_cross_entropy") return any_classification_loss(sigmoid_cross_entropy{});
  if (name == "adaptive_class_suppression")
    return any_classification_loss(adaptive_class_suppression(classes, suppression));
  throw error("there is no classification loss \"" + std::string(name) +
              "\"; known: softmax_cross_entropy, sigmoid_cross_entropy, adaptive_class_suppression");
}

}  // namespace acsl
