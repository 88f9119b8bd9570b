// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/losses/sigmoid_cross_entropy.hpp>
#include <utility>

namespace acsl {

namespace detail {

/// −t log η + −(1 − t) log(1 − η) with η = exp(−u), u = exp(−clamp(z, −4, 10)); its derivative: −u, u / expm1(u), and 0
/// outside the clamp.
struct gumbel_term {
  template <class T>
  ACSL_LEAF value_and_slope<T> operator()(T z, bool target) const {
    T constexpr low = -4, high = 10;
    T const inside = blend(z < low, low, blend(high < z, high, z));  // a NaN passes
    T const u = exponential_bounded(-inside), m = exponential_minus_one(-u);
    T const learns = blend((z < low) | (high < z), T(0), T(1));
    T const hidden = z - z;  // the clamp and the logarithm hide no infinity and no NaN
    T const value = blend(target, u, -logarithm_bounded(-m));
    T const slope = blend(target, -u, -u * (1 + m) / m);  // u / (e^u − 1) = −u e^−u / (e^−u − 1)
    return {value + hidden, learns * slope};
  }
};
template <class Weight>
using gumbel_device = weighted_element<gumbel_term, Weight>;

struct gumbel_score {
  template <class T>
  ACSL_LEAF T operator()(T const* row, std::int32_t column) const {
    return exponential(-exponential(-row[column]));
  }
};

}  // namespace detail

/// Gumbel optimised loss: the Gumbel distribution function η(z) = exp(−exp(−z)) in the place of the logistic one, with
/// the weights of another method (`drop_weight` of drop.hpp in the published model, `equalization_weight`,
/// `unit_weight`).
///
/// The gradient is the analytic one. The released code computes on probabilities and floors η (1 − η) at 1e-12, so that
/// there the gradient of positives fades below z of about −3.32, where the loss is largest.
/// @source Alexandridis, Deng, Nguyen, Luo, ECCV 2022 (losses-spec 3.10)
template <class Weight>
class gumbel_element : public Weight {
 public:
  explicit gumbel_element(Weight weight) : Weight(std::move(weight)) {}

  /// Biases −2: η = 6.18e-4 at the start.
  [[nodiscard]] classifier_prior prior() const { return {0.001, -2}; }
  template <class Place>
  [[nodiscard]] auto on_device(Place&& place, row_plan const& plan, index_t columns) const {
    auto const weight = Weight::on_device(place, plan, columns);
    return detail::gumbel_device<std::remove_const_t<decltype(weight)>>{weight};
  }
  [[nodiscard]] detail::gumbel_score score_device(index_t) const { return {}; }
};

template <class Weight>
using gumbel = sigmoid_loss<gumbel_element<Weight>>;

static_assert(classification_loss<gumbel<unit_weight>>);

}  // namespace acsl
