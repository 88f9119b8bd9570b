// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/activation.hpp>
#include <acsl/losses/row_plan.hpp>
#include <cmath>
#include <utility>

namespace acsl {

/// The member of the softmax family that changes nothing: a = 1, b = 0, Δ = 0, κ = 1. Others derive from it and hide
/// what they change.
struct plain_softmax_member {
  template <class T>
  ACSL_HOST_DEVICE T multiplier(index_t) const {
    return 1;
  }
  template <class T>
  ACSL_HOST_DEVICE T offset(row_word const&, index_t) const {
    return 0;
  }
  template <class T>
  ACSL_HOST_DEVICE T margin(index_t) const {
    return 0;
  }
  template <class T>
  ACSL_HOST_DEVICE T scale() const {
    return 1;
  }
};

namespace detail {

template <class T, class Member>
struct softmax_loss_row {
  using shared = no_shared;
  Member member;
  T const* logits;
  T* gradient;  // null: value only
  row_word const* rows;
  index_t columns;
  double scale;
  double* sums = nullptr;

  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t i) const {
    row_word const row = rows[i];
    T const* z = logits + i * columns;
    T* g = gradient ? gradient + i * columns : nullptr;
    if (row.target < 0) {
      if (g) team.for_each(columns, [&](index_t j) { g[j] = 0; });
      if (team.rank() == 0) sums[i] = 0;
      return;
    }
    T const kappa = member.template scale<T>();
    auto const adjusted = [&](index_t j) {
      T const margin = j == row.target ? member.template margin<T>(j) : T(0);
      return kappa * (member.template multiplier<T>(j) * z[j] - margin) + member.template offset<T>(row, j);
    };
    T const wanted = adjusted(row.target);
    T top = wanted;
    team.for_each(columns, [&](index_t j) {
      T const a = adjusted(j);
      top = top < a ? a : top;
    });
    top = team.reduce(top, maximum{});
    double sum = 0;
    team.for_each(columns, [&](index_t j) { sum += static_cast<double>(std::exp(adjusted(j) - top)); });
    sum = team.reduce(sum, plus{});
    if (g) {
      auto const factor = static_cast<T>(scale * static_cast<double>(row.weight)) * kappa;
      auto const inverse = static_cast<T>(1 / sum);
      team.for_each(columns, [&](index_t j) {
        T const share = std::exp(adjusted(j) - top) * inverse;
        g[j] = factor * member.template multiplier<T>(j) * (share - (j == row.target ? T(1) : T(0)));
      });
    }
    if (team.rank() == 0)
      sums[i] =
          static_cast<double>(row.weight) * (std::log(sum) + static_cast<double>(top) - static_cast<double>(wanted));
  }
};

}  // namespace detail

/// The softmax family (losses-spec 4), with a multiplier a, an offset b, a margin Δ on the true column and a scale κ:
///
///   Aᵢⱼ = κ (aⱼ zᵢⱼ − Δⱼ tᵢⱼ) + bᵢⱼ,  L = 1/D · Σᵢ rᵢ (lse(Aᵢ) − A_{i,yᵢ}),  ∂L/∂zᵢⱼ = rᵢ/D · κ aⱼ (softmax(Aᵢ)ⱼ −
///   tᵢⱼ)
///
/// D: rows with a positive weight, at least 1. `Member` supplies the four as small functions (`plain_softmax_member`).
/// @note O(N · K); a row is read twice and stays in the cache between
template <class Member>
class softmax_loss {
 public:
  softmax_loss() = default;
  explicit softmax_loss(Member member) : member_(std::move(member)) {}

  [[nodiscard]] index_t columns(index_t foreground_classes) const { return foreground_classes + 1; }
  [[nodiscard]] classifier_prior prior() const { return {0.01, 0}; }

  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, tensor_view<T const> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key, loss_arguments const& extra = {}) const {
    static_assert(Backend::host_memory, "acsl::softmax_loss: plans lie in host memory");
    detail::expect_batch(logits, labels, gradient, extra);
    ACSL_EXPECTS(gradient.data() != logits.data() || gradient.empty(),
                 "a softmax loss reads its logits twice: no aliasing");
    row_plan plan = plan_rows(labels, logits.columns(), 0, extra);
    if (extra.divisor <= 0) {
      index_t valid = 0;
      for (auto const& row : plan.rows) valid += row.target >= 0 && row.weight > 0;
      plan.divisor = static_cast<double>(valid > 0 ? valid : 1);
    }
    return detail::sweep_rows(
        exec,
        detail::softmax_loss_row<T, Member>{member_, logits.data(), gradient.empty() ? nullptr : gradient.data(),
                                            plan.rows.data(), logits.columns(), extra.gradient_scale / plan.divisor},
        plan);
  }
  template <backend Backend, class T>
  void score(Backend& exec, tensor_view<T const> logits, tensor_view<T> scores) const {
    softmax_scores(exec, logits, scores);
  }

 private:
  Member member_{};
};

}  // namespace acsl
