// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/softmax_loss.hpp>

namespace acsl {

/// Focal loss on a softmax: φ = (1 − s)^γ (−log s) with s the share of the true column.
/// @source the code of Cao et al., NeurIPS 2019, after Lin et al., ICCV 2017 (losses-spec 4.2)
class softmax_focal_member : public softmax_rules {
 public:
  struct terms : detail::softmax_terms {
    double gamma;
    explicit terms(double g) : gamma(g) {}
    ACSL_HOST_DEVICE value_and_slope<double> outcome(double log_share) const {
      double const rest = -math::expm1(log_share);  // 1 − s without cancellation
      if (rest <= 0) return {gamma == 0 ? -log_share : 0.0, gamma == 0 ? -1.0 : 0.0};
      double const factor = math::pow(rest, gamma), share = 1 - rest;
      return {-factor * log_share, factor * (gamma * share * log_share / rest - 1)};
    }
  };
  explicit softmax_focal_member(double gamma = 2,
                                row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_rules(std::move(rules)), gamma_(gamma) {
    ACSL_EXPECTS(gamma >= 0, "the focusing exponent is not negative", gamma);
  }
  template <class Place>
  [[nodiscard]] terms on_device(Place&&, row_plan const&, index_t) const {
    return terms(gamma_);
  }

 private:
  double gamma_;
};

using softmax_focal = softmax_loss<softmax_focal_member>;

static_assert(classification_loss<softmax_focal>);

}  // namespace acsl
