// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/core/elementary.hpp>
#include <acsl/losses/activation.hpp>
#include <acsl/losses/detail/element_draws.hpp>
#include <acsl/losses/detail/log_sum_exp.hpp>
#include <acsl/losses/detail/staged_row.hpp>
#include <acsl/losses/row_plan.hpp>
#include <utility>

namespace acsl {

namespace detail {

/// The terms of a member of the softmax family that changes nothing. Others derive from it and hide what they change.
struct softmax_terms {
  template <class T>
  ACSL_LEAF T multiplier(std::int32_t /*column*/) const {
    return 1;
  }
  template <class T>
  ACSL_LEAF T offset(row_word const&, std::int32_t) const {
    return 0;
  }
  template <class T>
  ACSL_LEAF T margin(std::int32_t) const {
    return 0;
  }
  template <class T>
  ACSL_LEAF T scale() const {
    return 1;
  }
  /// Value of a row and its derivative by the logarithm of the true column's share.
  ACSL_HOST_DEVICE value_and_slope<double> outcome(double log_share) const { return {-log_share, -1}; }
};

template <class T, class Terms>
struct softmax_loss_row {
  using shared = row_stage<T>;
  Terms terms;
  T const* logits;
  T* gradient;  // null: value only
  row_word const* rows;
  index_t columns;
  double scale;
  double* sums = nullptr;

  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared& stage, index_t i) const {
    row_word const row = rows[i];
    T const* z = logits + i * columns;
    T* g = gradient ? gradient + i * columns : nullptr;
    if (row.target < 0) {
      if (g) team.for_each(columns, [&](index_t j) { g[j] = 0; });
      if (team.rank() == 0) sums[i] = 0;
      return;
    }
    T const kappa = terms.template scale<T>();
    T const true_margin = terms.template margin<T>(row.target);
    auto draws = draws_of(team, terms, row);
    auto const staged = stage_row(team, stage, z, g, columns);
    auto const adjust = [&](T logit, std::int32_t j, T margin, auto... bits) ACSL_ALWAYS_INLINE {
      return multiply_add(kappa, multiply_add(terms.template multiplier<T>(j), logit, -margin),
                          terms.template offset<T>(row, j, bits...));
    };
    auto const adjusted = [&](index_t at) ACSL_ALWAYS_INLINE {
      auto const j = static_cast<std::int32_t>(at);
      return with_bits(draws, at, [&](auto... bits) ACSL_ALWAYS_INLINE {
        return adjust(staged.read[at], j, blend(j == row.target, true_margin, T(0)), bits...);
      });
    };
    T wanted;  // no draw changes the true column
    if constexpr (std::same_as<decltype(draws), no_draws>) wanted = adjust(z[row.target], row.target, true_margin);
    else wanted = adjust(z[row.target], row.target, true_margin, 0U);
    auto const all = sum_exponentials(team, columns, wanted, adjusted, staged.work, draws);
    auto const one = terms.outcome(-all.above(wanted));
    if (g)
      share_gradient(team, columns, staged.work, g, all.sum, row.target,
                     static_cast<T>(-scale * row.weight * one.slope) * kappa,
                     [&](std::int32_t j) ACSL_ALWAYS_INLINE { return terms.template multiplier<T>(j); });
    if (team.rank() == 0) sums[i] = row.weight * one.value;
  }
};

/// Softmax of κ z, where the layout has its columns.
template <class T>
struct class_softmax_row {
  using shared = no_shared;
  T const* logits;
  T* scores;  // [C + 1]
  column_map map;
  T kappa;
  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t row) const {
    T const* z = logits + row * map.columns;
    T* s = scores + row * (map.classes() + 1);
    auto const all =
        sum_exponentials(team, map.columns, kappa * z[0], [&](index_t j) ACSL_ALWAYS_INLINE { return kappa * z[j]; });
    auto const inverse = static_cast<T>(1 / all.sum);
    team.for_each(map.classes() + 1, [&](index_t c) {
      index_t const j = c == 0 ? map.background() : map.of_class(c);
      s[c] = j < map.columns ? exponential_share(kappa * z[j] - all.top) * inverse : T(0);
    });
  }
};

}  // namespace detail

/// What most members of the softmax family share: rules for rows. A member derives from it and hides what it changes.
class softmax_rules {
 public:
  explicit softmax_rules(row_rules rules = {column_layout::background_first, divisor_kind::valid_rows, {}})
      : rules_(std::move(rules)) {
    ACSL_EXPECTS(rules_.layout != column_layout::objectness_pair, "a softmax over one set of columns has no pair");
  }
  [[nodiscard]] column_layout layout() const { return rules_.layout; }
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key,
                              loss_arguments const& extra) const {
    row_plan plan = plan_rows(labels, columns, rules_, extra);
    if (rules_.layout == column_layout::no_background)
      for (auto const& row : plan.rows)
        ACSL_EXPECTS(row.target < columns, "a background row has a column of its own in a softmax", row.index);
    return plan;
  }
  template <class Place>
  [[nodiscard]] detail::softmax_terms on_device(Place&&, row_plan const&, index_t) const {
    return {};
  }
  /// κ of scores: they are softmax(κ z).
  [[nodiscard]] double score_scale() const { return 1; }

 private:
  row_rules rules_;
};

/// The softmax family (losses-spec 4), with a multiplier a, an offset b, a margin Δ on the true column and a scale κ:
///
///   Aᵢⱼ = κ (aⱼ zᵢⱼ − Δⱼ tᵢⱼ) + bᵢⱼ,   ℓᵢ = A_{i,yᵢ} − lse(Aᵢ),   L = 1/D · Σᵢ rᵢ φ(ℓᵢ)
///   ∂L/∂zᵢⱼ = rᵢ/D · φ'(ℓᵢ) · κ aⱼ (tᵢⱼ − softmax(Aᵢ)ⱼ),   φ(ℓ) = −ℓ unless the member says otherwise
///
/// `Member` has `plan`, `layout`, `on_device` as `sigmoid_loss` asks of an element; its device object has the four
/// terms and φ (`detail::softmax_terms`); one whose offsets are random has `draws()`. A member with `begin(exec,
/// logits, row_plan, arguments)` sees the logits before the sweep; one with `visit_state` has state.
/// @note O(N · K), the gradient may stand where the logits do; a row is read twice and its gradient written twice, and
///       both stay in the cache between; sums in double
template <class Member>
class softmax_loss {
 public:
  softmax_loss() = default;
  explicit softmax_loss(Member member) : member_(std::move(member)) {}

  [[nodiscard]] Member const& member() const { return member_; }
  [[nodiscard]] column_layout layout() const { return member_.layout(); }
  [[nodiscard]] index_t columns(index_t foreground_classes) const { return columns_of(layout(), foreground_classes); }
  [[nodiscard]] classifier_prior prior() const { return {0.01, 0}; }
  [[nodiscard]] double softmax_scale() const { return member_.score_scale(); }

  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, constant_view<T> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key key, loss_arguments const& extra = {}) {
    detail::expect_batch(logits, labels, gradient, extra);
    row_plan const plan = member_.plan(labels, logits.columns(), key, extra);
    if constexpr (requires { member_.begin(exec, logits, plan, extra); }) member_.begin(exec, logits, plan, extra);
    device_arrays place(exec);
    auto const terms = member_.on_device(place, plan, logits.columns());
    return detail::sweep_rows(exec,
                              detail::softmax_loss_row<T, std::remove_const_t<decltype(terms)>>{
                                  terms, logits.data(), gradient.empty() ? nullptr : gradient.data(), place(plan.rows),
                                  logits.columns(), extra.gradient_scale / plan.divisor},
                              plan, extra);
  }
  template <backend Backend, class T>
  void score(Backend& exec, constant_view<T> logits, tensor_view<T> scores) const {
    column_map const map{layout(), logits.columns()};
    detail::expect_scores(logits, scores, map.classes());
    if (map.layout == column_layout::background_first && member_.score_scale() == 1) {
      softmax_scores(exec, logits, scores);
      return;
    }
    exec.for_each_row(logits.rows(), detail::class_softmax_row<T>{logits.data(), scores.data(), map,
                                                                  static_cast<T>(member_.score_scale())});
  }

  template <class Visitor>
  requires requires(Member& member, Visitor& visit) { member.visit_state(visit); }
  void visit_state(Visitor&& visit) { member_.visit_state(visit); }

 protected:
  Member member_{};
};

}  // namespace acsl
