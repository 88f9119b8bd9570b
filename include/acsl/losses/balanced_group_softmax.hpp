// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/core/choose.hpp>
#include <acsl/losses/class_groups.hpp>
#include <acsl/losses/detail/group_sweep.hpp>
#include <acsl/losses/row_plan.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// Balanced group softmax: a softmax of its own for every group of classes of like frequency, each with a column for
/// "others", and one group that tells background from foreground (`class_groups`). Logits [N, columns of the groups].
///
///   L = Σ_g 1/max(1, Σᵢ w_gi) Σᵢ w_gi CE(zᵢ[slice g], position of yᵢ in g)
///
/// w_gi: row weight times 1 in the background group. Elsewhere times 1 for rows of the group's classes, and for a
/// random trunc(β · their number) of the other rows; 0 for the rest, and for all rows where the group has none of its
/// own. Weights of positions, if given, multiply. `divisor` of the result is 1, and `loss_arguments::divisor` has no
/// effect. `explicit_choices::rows` names the rows that are kept in every group.
///
/// Scores: softmax within the group times the foreground share of the background group.
/// @source Li, Wang, Kang, Tang, Wang, Li, Feng, CVPR 2020 (losses-spec 5)
class balanced_group_softmax {
 public:
  /// @param position_weight of every group, one per position; empty: all 1
  explicit balanced_group_softmax(class_groups groups, double beta = 8,
                                  std::vector<std::vector<double>> position_weight = {})
      : groups_(std::move(groups)), beta_(beta), position_weight_(std::move(position_weight)) {
    ACSL_EXPECTS(beta >= 0 && beta <= 1e9, "the number of others for each member lies in [0, 1e9]", beta);
    groups_.expect_whole();
    ACSL_EXPECTS(position_weight_.empty() || position_weight_.size() == groups_.slices.size(),
                 "weights for every group", position_weight_.size(), groups_.slices.size());
    for (std::size_t g = 0; g < position_weight_.size(); ++g)
      ACSL_EXPECTS(static_cast<index_t>(position_weight_[g].size()) == groups_.slices[g].length,
                   "a weight for every position of a group", g, position_weight_[g].size());
  }

  [[nodiscard]] class_groups const& groups() const { return groups_; }
  [[nodiscard]] index_t columns(index_t foreground_classes) const {
    ACSL_EXPECTS(foreground_classes == groups_.classes(), "every class is in a group", foreground_classes,
                 groups_.classes());
    return groups_.columns();
  }
  [[nodiscard]] classifier_prior prior() const { return {0.01, 0}; }

  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, constant_view<T> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key key, loss_arguments const& extra = {}) const {
    detail::expect_batch(logits, labels, gradient, extra);
    expect_columns(logits.columns());
    row_plan plan;
    auto const words = group_words(labels, key, extra, plan);
    device_arrays place(exec);
    return detail::sweep_rows(
        exec,
        detail::group_row<T>{logits.data(), gradient.empty() ? nullptr : gradient.data(), place(groups_.slices),
                             place(words), static_cast<index_t>(groups_.slices.size()), logits.columns(),
                             extra.gradient_scale},
        plan, extra);
  }
  template <backend Backend, class T>
  void score(Backend& exec, constant_view<T> logits, tensor_view<T> scores) const {
    expect_columns(logits.columns());
    detail::expect_scores(logits, scores, groups_.classes());
    device_arrays place(exec);
    exec.for_each_row(
        logits.rows(),
        detail::group_score_row<T>{logits.data(), scores.data(), place(groups_.slices), place(groups_.group_of_label),
                                   place(groups_.position_of_label), static_cast<index_t>(groups_.slices.size()),
                                   logits.columns(), groups_.classes(), static_cast<index_t>(groups_.background_group),
                                   groups_.background_position});
  }

 private:
  void expect_columns(index_t columns) const {
    ACSL_EXPECTS(columns == groups_.columns(), "the logits have the columns of the groups", columns, groups_.columns());
  }
  /// Position and weight of every row in every group, the weights divided by their sum; fills the rows of the plan.
  std::vector<detail::group_word> group_words(tensor_view<std::int32_t const> labels, random_key key,
                                              loss_arguments const& extra, row_plan& plan) const {
    // Labels and weights are checked as everywhere; what the columns mean is this method's own affair.
    plan = plan_rows(labels, groups_.classes() + 1, {}, extra);
    plan.divisor = 1;
    std::size_t const count = groups_.slices.size();
    std::vector<detail::group_word> words(plan.rows.size() * count);
    for (auto const& row : plan.rows)
      for (std::size_t g = 0; g < count && row.target >= 0; ++g)
        words[static_cast<std::size_t>(row.index) * count + g].position = groups_.position(g, row.target);
    for (std::size_t g = 0; g < count; ++g) {
      auto const kept = rows_kept(plan, g, key, extra);
      double sum = 0;
      for (std::int32_t const i : kept) {
        auto const& row = plan.rows[static_cast<std::size_t>(i)];
        auto& word = words[static_cast<std::size_t>(i) * count + g];
        word.weight = row.weight;
        if (!position_weight_.empty()) word.weight *= position_weight_[g][static_cast<std::size_t>(word.position)];
        sum += word.weight;
      }
      for (std::int32_t const i : kept) words[static_cast<std::size_t>(i) * count + g].weight /= sum > 1 ? sum : 1;
    }
    return words;
  }
  std::vector<std::int32_t> rows_kept(row_plan const& plan, std::size_t g, random_key key,
                                      loss_arguments const& extra) const {
    std::vector<std::int32_t> members, others;
    for (auto const& row : plan.rows) {
      if (row.target < 0) continue;
      bool const member = g == groups_.background_group || groups_.is_member(g, row.target);
      (member ? members : others).push_back(row.index);
    }
    if (g == groups_.background_group) return members;
    if (extra.choices) {
      ACSL_EXPECTS(extra.choices->rows.size() == groups_.slices.size(), "a list of rows for every group",
                   extra.choices->rows.size(), groups_.slices.size());
      for (std::int32_t const row : extra.choices->rows[g])
        ACSL_EXPECTS(row >= 0 && row < static_cast<index_t>(plan.rows.size()) &&
                         plan.rows[static_cast<std::size_t>(row)].target >= 0,
                     "a kept row is a row that is not ignored", row);
      return extra.choices->rows[g];
    }
    if (members.empty()) return {};
    auto const wanted = static_cast<index_t>(beta_ * static_cast<double>(members.size()));
    for (std::int32_t const row : choose(std::move(others), wanted, key.with(g))) members.push_back(row);
    return members;
  }

  class_groups groups_;
  double beta_;
  std::vector<std::vector<double>> position_weight_;
};

static_assert(classification_loss<balanced_group_softmax>);

}  // namespace acsl
