// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/activation.hpp>
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>
#include <utility>

namespace acsl {

namespace detail {

/// One sweep over a row: value and gradient of every element, one read and one write.
template <class T, class Element>
struct sigmoid_row {
  using shared = no_shared;
  Element element;
  T const* logits;
  T* gradient;  // null: value only
  row_word const* rows;
  index_t columns;
  double scale;  // of the gradient, divisor included
  double* sums = nullptr;

  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t i) const {
    row_word const row = rows[i];
    T const* z = logits + i * columns;
    T* g = gradient ? gradient + i * columns : nullptr;
    double sum = 0;
    if (row.target < 0) {
      if (g) team.for_each(columns, [&](index_t j) { g[j] = 0; });
    } else {
      auto const factor = static_cast<T>(scale * static_cast<double>(row.weight));
      team.for_each(columns, [&](index_t j) {
        value_and_slope<T> const one = element(z[j], row, j);
        sum += static_cast<double>(one.value);
        if (g) g[j] = one.slope * factor;
      });
    }
    sum = team.reduce(sum, plus{});
    if (team.rank() == 0) sums[i] = sum * static_cast<double>(row.weight);
  }
};

}  // namespace detail

/// Losses that are a sum over elements, each a function of its own logit (losses-spec 3):
///
///   L = 1/D · Σᵢ rᵢ Σⱼ φ(zᵢⱼ; row i, column j)
///
/// `Element` supplies φ and its derivative, and plans the rows:
///   `value_and_slope<T> operator()(T z, row_word const&, index_t column) const`      host and device
///   `row_plan plan(labels, columns, random_key, loss_arguments const&) const`
///   `index_t columns(index_t foreground_classes) const`, `classifier_prior prior() const`
/// A method whose φ is a weight times binary cross-entropy is `sigmoid_loss<weighted_bce<Weight>>`.
/// @note O(N · K), one read of the logits and one write of the gradient; sums in double
template <class Element>
class sigmoid_loss {
 public:
  sigmoid_loss() = default;
  explicit sigmoid_loss(Element element) : element_(std::move(element)) {}

  [[nodiscard]] Element const& element() const { return element_; }
  [[nodiscard]] index_t columns(index_t foreground_classes) const { return element_.columns(foreground_classes); }
  [[nodiscard]] classifier_prior prior() const { return element_.prior(); }

  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, tensor_view<T const> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key key, loss_arguments const& extra = {}) const {
    detail::expect_batch(logits, labels, gradient, extra);
    return sweep(exec, logits, element_.plan(labels, logits.columns(), key, extra), gradient, extra);
  }
  /// With a plan of the caller's: explicit choices instead of drawn ones.
  template <backend Backend, class T>
  loss_result sweep(Backend& exec, tensor_view<T const> logits, row_plan const& plan, tensor_view<T> gradient,
                    loss_arguments const& extra = {}) const {
    static_assert(Backend::host_memory, "acsl::sigmoid_loss: plans lie in host memory");
    auto const device = element_.on_device();
    return detail::sweep_rows(exec,
                              detail::sigmoid_row<T, decltype(device)>{
                                  device, logits.data(), gradient.empty() ? nullptr : gradient.data(), plan.rows.data(),
                                  logits.columns(), extra.gradient_scale / plan.divisor},
                              plan);
  }
  template <backend Backend, class T>
  void score(Backend& exec, tensor_view<T const> logits, tensor_view<T> scores) const {
    sigmoid_scores(exec, logits, scores);
  }

 private:
  Element element_;
};

}  // namespace acsl
