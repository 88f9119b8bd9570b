// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/detail/seesaw_sweep.hpp>
#include <vector>

namespace acsl {

struct seesaw_options {
  double mitigation = 0.8;  ///< p: how much a frequent true class spares the rarer ones; 0: off
  double compensation = 2;  ///< q: how much a confused class is pushed all the same; 0: off
  double floor = 0.01;      ///< ε: the smallest score of the true class that compensation sees
  bool sum_counts = true;   ///< counts over all processes; the released code keeps each process's own
};

/// Seesaw loss. Logits [N, C + 2]: classes, then a pair (object, background). With N_c the labels counted so far, this
/// batch included, and s = softmax over the classes, a constant, a foreground row of class y has
///
///   A_j = z_j + [j ≠ y] (log M_j + log C_j)
///   log M_j = p · min(0, log max(N_j, 1) − log max(N_y, 1)),   log C_j = q · max(0, log s_j − max(log s_y, log ε))
///   L = 1/D Σ_foreground r (lse A − z_y) + 1/D Σ_all r CE(pair)
///
/// D: rows with a positive weight, background included. Scores: softmax(classes) · softmax(pair)_object, and
/// softmax(pair)_background. Made for a normalised linear classifier with temperature 20.
/// @note O(N · K); a row is read four times and written twice, and stays in the cache between; the gradient may stand
///       where the logits do
/// @source Wang, Zhang, Zang, Cao, Pang, Gong, Chen, Liu, Loy, Lin, CVPR 2021 (losses-spec 4.9)
class seesaw {
 public:
  explicit seesaw(index_t classes, seesaw_options options = {})
      : options_(options), cum_samples_(static_cast<std::size_t>(classes + 1), 0.0) {
    ACSL_EXPECTS(options.mitigation >= 0 && options.compensation >= 0, "exponents of a seesaw loss are not negative",
                 options.mitigation, options.compensation);
    ACSL_EXPECTS(options.floor > 0 && options.floor < 1, "the floor of a score lies in (0, 1)", options.floor);
  }

  [[nodiscard]] column_layout layout() const { return column_layout::objectness_pair; }
  [[nodiscard]] index_t columns(index_t foreground_classes) const {
    ACSL_EXPECTS(foreground_classes + 1 == static_cast<index_t>(cum_samples_.size()),
                 "a seesaw loss counts every class", foreground_classes, cum_samples_.size());
    return foreground_classes + 2;
  }
  [[nodiscard]] classifier_prior prior() const { return {0.01, 0}; }
  [[nodiscard]] double softmax_scale() const { return 1; }

  template <backend Backend, class T>
  loss_result evaluate(Backend& exec, constant_view<T> logits, tensor_view<std::int32_t const> labels,
                       tensor_view<T> gradient, random_key, loss_arguments const& extra = {}) {
    detail::expect_batch(logits, labels, gradient, extra);
    ACSL_EXPECTS(logits.columns() == static_cast<index_t>(cum_samples_.size()) + 1,
                 "the logits have one column per class and a pair", logits.columns(), cum_samples_.size());
    row_plan const plan = plan_rows(labels, logits.columns(), {layout(), divisor_kind::valid_rows, {}}, extra);
    auto const log_counts = count(plan, extra.processes);
    device_arrays place(exec);
    return detail::sweep_rows(
        exec,
        detail::seesaw_row<T>{logits.data(), gradient.empty() ? nullptr : gradient.data(), place(plan.rows),
                              place(log_counts), logits.columns() - 2, extra.gradient_scale / plan.divisor,
                              static_cast<T>(options_.mitigation), static_cast<T>(options_.compensation),
                              static_cast<T>(math::log(options_.floor))},
        plan, extra);
  }
  template <backend Backend, class T>
  void score(Backend& exec, constant_view<T> logits, tensor_view<T> scores) const {
    index_t const classes = logits.columns() - 2;
    detail::expect_scores(logits, scores, classes);
    exec.for_each_row(logits.rows(), detail::seesaw_score_row<T>{logits.data(), scores.data(), classes});
  }
  /// Labels counted so far: the classes, then background (which nothing reads).
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    visit("cum_samples", cum_samples_);
  }

 private:
  std::vector<double> count(row_plan const& plan, communicator* processes) {
    std::vector<double> seen(cum_samples_.size(), 0.0);
    for (auto const& row : plan.rows)
      if (row.target >= 0) seen[row.background ? seen.size() - 1 : static_cast<std::size_t>(row.target)] += 1;
    if (processes && options_.sum_counts) processes->sum(seen.data(), static_cast<index_t>(seen.size()));
    std::vector<double> logs;
    for (std::size_t c = 0; c < seen.size(); ++c) {
      cum_samples_[c] += seen[c];
      logs.push_back(math::log(cum_samples_[c] > 1 ? cum_samples_[c] : 1));
    }
    return logs;
  }

  seesaw_options options_;
  std::vector<double> cum_samples_;
};

static_assert(classification_loss<seesaw>);

}  // namespace acsl
