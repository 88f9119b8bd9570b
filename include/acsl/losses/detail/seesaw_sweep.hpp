// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/detail/log_sum_exp.hpp>
#include <acsl/losses/detail/staged_row.hpp>
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl::detail {

template <class T>
struct seesaw_row {
  using shared = row_stage<T>;
  T const* logits;
  T* gradient;  // null: value only
  row_word const* rows;
  double const* log_counts;
  index_t classes;
  double scale;
  T mitigation, compensation, log_floor;
  double* sums = nullptr;

  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared& stage, index_t i) const {
    row_word const row = rows[i];
    T const* z = logits + i * (classes + 2);
    T* g = gradient ? gradient + i * (classes + 2) : nullptr;
    if (row.target < 0) {
      if (g) team.for_each(classes + 2, [&](index_t j) { g[j] = 0; });
      if (team.rank() == 0) sums[i] = 0;
      return;
    }
    auto const factor = static_cast<T>(scale * row.weight);
    T const object = z[classes], background = z[classes + 1];
    double value = static_cast<double>(softplus(row.background ? object - background : background - object)) +
                   static_cast<double>((object - object) + (background - background));  // no infinity is hidden
    auto const staged = stage_row(team, stage, z, g, classes);
    if (row.background) {
      value += team.reduce(learn_nothing(team, classes, z, g), plus{});
    } else {
      index_t const y = row.target;
      T const true_logit = z[y];
      T const lse =
          log_sum_exp(team, classes, true_logit, [&](index_t j) ACSL_ALWAYS_INLINE { return staged.read[j]; });
      T const own = true_logit - lse, reference = own < log_floor ? log_floor : own;
      auto const own_count = static_cast<T>(log_counts[y]);
      auto const adjusted = [&](index_t j) ACSL_ALWAYS_INLINE {
        T const fewer = static_cast<T>(log_counts[j]) - own_count;
        T const logit = staged.read[j], above = logit - lse - reference;
        T const shift = mitigation * blend(fewer < 0, fewer, T(0)) + compensation * blend(above < 0, T(0), above);
        return logit + blend(static_cast<std::int32_t>(j) == row.target, T(0), shift);
      };
      auto const all = sum_exponentials(team, classes, true_logit, adjusted, staged.work);
      value += all.above(true_logit);
      if (g) share_gradient(team, classes, staged.work, g, all.sum, row.target, factor);
    }
    // After the reductions, which all members pass: the gradient may stand where the logits do.
    if (g && team.rank() == 0) {
      T const off = factor * sigmoid(row.background ? object - background : background - object);
      g[classes] = row.background ? off : -off;
      g[classes + 1] = -g[classes];
    }
    if (team.rank() == 0) sums[i] = row.weight * value;
  }
};

template <class T>
struct seesaw_score_row {
  using shared = no_shared;
  T const* logits;
  T* scores;  // [C + 1]
  index_t classes;
  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t row) const {
    T const* z = logits + row * (classes + 2);
    T* s = scores + row * (classes + 1);
    T const object = sigmoid(z[classes] - z[classes + 1]);
    T const lse = log_sum_exp(team, classes, z[0], [&](index_t j) { return z[j]; });
    team.for_each(classes, [&](index_t j) { s[j + 1] = exponential_share(z[j] - lse) * object; });
    if (team.rank() == 0) s[0] = sigmoid(z[classes + 1] - z[classes]);
  }
};

}  // namespace acsl::detail
