// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/losses/sigmoid_loss.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <utility>

namespace acsl {

struct focal_options {
  double gamma = 2;     ///< focusing, >= 0; 0 is binary cross-entropy
  double alpha = 0.25;  ///< weight of the true side, 1 − α of the other; negative: both 1
  row_rules rules = {column_layout::no_background, divisor_kind::positives, {}};
  double prior_probability = 0.01;
};

namespace detail {

/// (1 − p)^γ (−log p) of a side's logit x with p = σ(x), and its derivative by x. Finite for every finite x, and for
/// every γ >= 0: (1 − p)^γ is exp(−γ softplus(x)).
/// @tparam Squared γ is 2, whose power is a product
template <bool Squared = false, class T>
ACSL_LEAF value_and_slope<T> focal_term(T x, T gamma) {
  auto const [above, below, tail] = logistic(x);
  T const p = blend(x < 0, below, above), q = blend(x < 0, above, below);
  T const minus_log_p = blend(x < 0, -x, T(0)) + tail, minus_log_q = blend(x < 0, T(0), x) + tail;
  T const factor = Squared ? q * q : exponential_share(-gamma * minus_log_q);  // (1 − p)^γ
  T const hidden = x - x;  // a certain hit costs 0, an infinite one is not hidden
  return {factor * minus_log_p + hidden, -factor * (gamma * p * minus_log_p + q)};
}

}  // namespace detail

/// Focal loss on sigmoids: with x = z for the true column and −z for others, p = σ(x), and a = α or 1 − α,
///
///   φ = a (1 − p)^γ (−log p),   ∂φ/∂x = −a (1 − p)^γ (γ p (−log p) + (1 − p))
///
/// @source Lin, Goyal, Girshick, He, Dollár, ICCV 2017 (losses-spec 3.2)
class focal_element : public sigmoid_rules {
 public:
  template <bool Squared>
  struct power_device {
    double gamma, positive, negative;
    template <class T>
    ACSL_LEAF value_and_slope<T> operator()(T z, row_word const& row, std::int32_t column) const {
      bool const target = column == row.target;
      auto const term = detail::focal_term<Squared>(blend(target, z, -z), static_cast<T>(gamma));
      T const a = blend(target, static_cast<T>(positive), static_cast<T>(negative)), slope = a * term.slope;
      return {a * term.value, blend(target, slope, -slope)};
    }
  };
  /// The usual γ = 2 spares an exponential for every element.
  struct device : power_device<false> {
    template <class Body>
    ACSL_HOST_DEVICE void by_row(row_word const&, Body&& body) const {
      if (this->gamma == 2) body(power_device<true>{this->gamma, this->positive, this->negative});
      else body(static_cast<power_device<false> const&>(*this));
    }
  };

  explicit focal_element(focal_options options = {})
      : sigmoid_rules(options.rules, options.prior_probability), gamma_(options.gamma), alpha_(options.alpha) {
    ACSL_EXPECTS(gamma_ >= 0, "the focusing exponent is not negative", gamma_);
    ACSL_EXPECTS(alpha_ <= 1, "the weight of the true side is at most 1", alpha_);
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&&, row_plan const&, index_t) const {
    return {{gamma_, alpha_ < 0 ? 1 : alpha_, alpha_ < 0 ? 1 : 1 - alpha_}};
  }

 private:
  double gamma_, alpha_;
};

using focal = sigmoid_loss<focal_element>;

static_assert(classification_loss<focal>);

}  // namespace acsl
