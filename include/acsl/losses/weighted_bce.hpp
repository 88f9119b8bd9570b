// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>
#include <cmath>
#include <utility>

namespace acsl {

namespace detail {

template <class Weight>
struct weighted_bce_element {
  Weight weight;
  template <class T>
  ACSL_HOST_DEVICE value_and_slope<T> operator()(T z, row_word const& row, index_t column) const {
    bool const target = column == row.target;
    T const w = weight(z, target, row, column);
    if (w == 0) return {z - z, z - z};  // 0, except that a NaN or an infinity is not hidden
    T const t = target ? T(1) : T(0);
    // One exponential serves value and slope.
    T const e = std::exp(z < 0 ? z : -z);
    T const p = z < 0 ? e / (1 + e) : 1 / (1 + e);
    return {w * ((z < 0 ? T(0) : z) + std::log1p(e) - z * t), w * (p - t)};
  }
};

}  // namespace detail

/// Binary cross-entropy times a weight that is constant under differentiation: φ = w · bce(z, t), slope w · (σ(z) − t).
///
/// A `Weight` supplies `plan`, `columns`, `prior` as `sigmoid_loss` asks, and `on_device()`: a trivially copyable
/// function object `T operator()(T z, bool target, row_word const&, index_t column) const` that gives w.
template <class Weight>
class weighted_bce {
 public:
  weighted_bce() = default;
  explicit weighted_bce(Weight weight) : weight_(std::move(weight)) {}

  [[nodiscard]] Weight const& weight() const { return weight_; }
  [[nodiscard]] auto on_device() const {
    return detail::weighted_bce_element<decltype(weight_.on_device())>{weight_.on_device()};
  }
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) const {
    return weight_.plan(labels, columns, key, extra);
  }
  [[nodiscard]] index_t columns(index_t foreground_classes) const { return weight_.columns(foreground_classes); }
  [[nodiscard]] classifier_prior prior() const { return weight_.prior(); }

 private:
  Weight weight_;
};

}  // namespace acsl
