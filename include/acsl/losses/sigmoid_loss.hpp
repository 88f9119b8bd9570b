// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/losses/detail/scores_by_class.hpp>
#include <acsl/losses/detail/sigmoid_sweep.hpp>
#include <acsl/losses/element_concepts.hpp>
#include <acsl/losses/row_plan.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// Losses that are a sum over elements, each a function of its own logit (losses-spec 3):
///
///   L = 1/D · Σᵢ rᵢ Σⱼ φ(zᵢⱼ; row i, column j)
///
/// `Element` is the method:
///   `row_plan plan(labels, columns, random_key, loss_arguments const&)`       rows, divisor, choices of this batch
///   `auto on_device(place, row_plan const&, index_t columns)`                 a trivially copyable function object
///        `value_and_slope<T> operator()(T z, row_word const&, std::int32_t column) const`: φ and dφ/dz, host and
///        device; `place(vector)` gives a table's address there
///   `column_layout layout() const`, `classifier_prior prior() const`
/// and may have
///   `score_device(columns)`: f(row of logits, column) instead of the logistic function
///   `begin(exec, logits, row_plan const&, loss_arguments const&)`: sees the logits before the sweep
///   `watches_columns`, `observe(column_sums const&, row_plan const&, loss_arguments const&)`: state from column sums
///   `visit_state(visit)`: visit(name, vector<double>&) for every array of the state
/// A method whose φ is a weight times binary cross-entropy is `sigmoid_loss<weighted_bce<Weight>>`.
/// @note O(N · K), one read of the logits and one write of the gradient, which may be the same array; sums in double
template <class Element>
class sigmoid_loss {
  static_assert(loss_element<Element>,
                "acsl::sigmoid_loss: Element must model acsl::loss_element: plan, layout, prior, and a trivially "
                "copyable on_device whose operator() const takes (logit, row, column)");

 public:
  sigmoid_loss() = default;
  explicit sigmoid_loss(Element element) : element_(std::move(element)) {}

  [[nodiscard]] Element const& element() const { return element_; }
  [[nodiscard]] column_layout layout() const { return element_.layout(); }
  [[nodiscard]] index_t columns(index_t foreground_classes) const {
    if constexpr (requires { element_.expect_classes(foreground_classes); })
      element_.expect_classes(foreground_classes);
    return columns_of(layout(), foreground_classes);
  }
  [[nodiscard]] classifier_prior prior() const { return element_.prior(); }

  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, constant_view<T> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key key, loss_arguments const& extra = {}) {
    detail::expect_batch(logits, labels, gradient, extra);
    row_plan const plan = element_.plan(labels, logits.columns(), key, extra);
    if constexpr (requires { element_.begin(exec, logits, plan, extra); }) element_.begin(exec, logits, plan, extra);
    device_arrays place(exec);
    auto const device = element_.on_device(place, plan, logits.columns());
    detail::sigmoid_row<T, std::remove_const_t<decltype(device)>> kernel{
        device,           logits.data(),    gradient.empty() ? nullptr : gradient.data(),
        place(plan.rows), logits.columns(), extra.gradient_scale / plan.divisor};
    if constexpr (requires { Element::watches_columns; }) {
      if (logits.rows() == 0) {  // nothing is counted here, but other processes wait for this one's share of the sums
        std::vector<double> const none(static_cast<std::size_t>(logits.columns()), 0.0);
        element_.observe(column_sums{none, none}, plan, extra);
        return {0, plan.divisor};
      }
      auto const [result, sums] = detail::sweep_and_watch(exec, kernel, plan, extra);
      element_.observe(sums, plan, extra);
      return result;
    } else {
      return detail::sweep_rows(exec, kernel, plan, extra);
    }
  }

  template <backend Backend, class T>
  void score(Backend& exec, constant_view<T> logits, tensor_view<T> scores) const {
    if constexpr (requires { element_.score_device(index_t{}); }) {
      detail::scores_by_class(exec, layout(), logits, scores, element_.score_device(logits.columns()));
    } else {
      detail::scores_by_class(exec, layout(), logits, scores, detail::logistic_score{});
    }
  }

  template <class Visitor>
  requires requires(Element& element, Visitor& visit) { element.visit_state(visit); }
  void visit_state(Visitor&& visit) { element_.visit_state(visit); }

 private:
  Element element_;
};

}  // namespace acsl
