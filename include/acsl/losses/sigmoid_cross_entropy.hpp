// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/sigmoid_loss.hpp>
#include <acsl/losses/weighted_bce.hpp>

namespace acsl {

/// Weight 1 everywhere; background is column 0 and an ordinary class.
class unit_weight {
 public:
  struct device {
    template <class T>
    ACSL_HOST_DEVICE T operator()(T, bool, row_word const&, index_t) const {
      return 1;
    }
  };
  /// @param prior_probability π; biases start at −ln((1 − π) / π)
  explicit unit_weight(double prior_probability = 0.01) : prior_(prior_probability) {
    ACSL_EXPECTS(prior_ > 0 && prior_ < 1, "a prior probability lies in (0, 1)", prior_);
  }
  [[nodiscard]] device on_device() const { return {}; }
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key,
                              loss_arguments const& extra) const {
    return plan_rows(labels, columns, 0, extra);
  }
  [[nodiscard]] index_t columns(index_t foreground_classes) const { return foreground_classes + 1; }
  [[nodiscard]] classifier_prior prior() const { return {0.01, -std::log((1 - prior_) / prior_)}; }

 private:
  double prior_;
};

/// Sigmoid binary cross-entropy, L = 1/rows · Σᵢⱼ rᵢ bce(zᵢⱼ, tᵢⱼ): the sum over columns is kept (losses-spec 3.1).
using sigmoid_cross_entropy = sigmoid_loss<weighted_bce<unit_weight>>;

static_assert(classification_loss<sigmoid_cross_entropy>);

}  // namespace acsl
