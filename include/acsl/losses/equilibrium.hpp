// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/affine_softmax.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace acsl {

struct equilibrium_options {
  double momentum = 0.9;           ///< α
  double background_score = 0.01;  ///< of background at any time, and of all classes at the start
};

namespace detail {

/// The softmax score of the true column of foreground rows; 0 for the others.
template <class T>
struct true_score_row {
  using shared = no_shared;
  T const* logits;
  row_word const* rows;
  double* scores;
  index_t columns;
  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t i) const {
    row_word const row = rows[i];
    double score = 0;
    if (row.target >= 0 && !row.background) {
      T const* z = logits + i * columns;
      auto const [top, sum] = sum_exponentials(team, columns, z[row.target], [&](index_t j) { return z[j]; });
      score = static_cast<double>(exponential_share(z[row.target] - top)) / sum;
    }
    if (team.rank() == 0) scores[i] = score;
  }
};

/// Those scores of all rows, in host memory.
template <backend Backend, class T>
std::vector<double> true_scores(Backend& exec, tensor_view<T const> logits, row_plan const& plan) {
  index_t const rows = logits.rows();
  std::vector<double> result(static_cast<std::size_t>(rows));
  if (rows == 0) return result;
  device_arrays place(exec);
  tensor<double> scores({rows}, exec.memory());
  exec.for_each_row(rows, true_score_row<T>{logits.data(), place(plan.rows), scores.data(), logits.columns()});
  exec.copy_to_host(std::as_const(scores).view(), tensor_view<double>(result.data(), {rows}));
  return result;
}

}  // namespace detail

/// Equilibrium loss: b_j = log m_j, with m_j a running mean of the score that boxes of class j get, updated before use.
///
/// The softmax scores of the true column are averaged over the rows of each annotated object
/// (`loss_arguments::objects`; where it is not given, every foreground row is an object of its own). A class with k
/// objects in the batch, over all processes, whose scores have mean s: m ← α^k m + (1 − α^k) s. Rows from a feature
/// memory take part as objects: one number for all memory rows of a class. Background is the last column.
/// @source Feng, Zhong, Huang, ICCV 2021 (losses-spec 4.8)
class equilibrium_member : public softmax_rules {
 public:
  explicit equilibrium_member(index_t classes, equilibrium_options options = {})
      : softmax_rules({column_layout::background_last, divisor_kind::valid_rows, {}}),
        options_(options),
        mean_score_(static_cast<std::size_t>(classes + 1), options.background_score),
        zeros_(mean_score_.size(), 0.0),
        ones_(std::vector<double>(mean_score_.size(), 1.0)) {
    ACSL_EXPECTS(options.momentum >= 0 && options.momentum <= 1, "a momentum lies in [0, 1]", options.momentum);
    ACSL_EXPECTS(options.background_score > 0 && options.background_score < 1, "a score lies in (0, 1)",
                 options.background_score);
  }

  template <backend Backend, class T>
  void begin(Backend& exec, tensor_view<T const> logits, row_plan const& plan, loss_arguments const& extra) {
    update(exec, logits, plan, extra);
    std::vector<double> logs;
    for (double const m : mean_score_) logs.push_back(math::log(m));
    offsets_ = column_table(std::move(logs));
  }
  /// m with the scores of a batch.
  template <backend Backend, class T>
  void update(Backend& exec, tensor_view<T const> logits, row_plan const& plan, loss_arguments const& extra) {
    ACSL_EXPECTS(logits.columns() == static_cast<index_t>(mean_score_.size()),
                 "the logits have one column per class and one for background", logits.columns(), mean_score_.size());
    ACSL_EXPECTS(extra.objects.empty() || extra.objects.size() == logits.rows(), "no objects, or one per row",
                 extra.objects.size(), logits.rows());
    auto const scores = detail::true_scores(exec, logits, plan);
    struct object_scores {
      std::int64_t name;
      double sum, rows;
    };
    std::vector<std::vector<object_scores>> objects(mean_score_.size());  // of every class, ascending
    for (auto const& row : plan.rows) {
      if (row.target < 0 || row.background || row.weight == 0) continue;
      std::int64_t const object = extra.objects.empty() ? row.index : std::int64_t{extra.objects[row.index]};
      if (object < 0) continue;
      auto& known = objects[static_cast<std::size_t>(row.target)];
      auto at = known.end();
      while (at != known.begin() && (at - 1)->name >= object) --at;
      if (at == known.end() || at->name != object) at = known.insert(at, {object, 0, 0});
      at->sum += scores[static_cast<std::size_t>(row.index)];
      at->rows += 1;
    }
    std::vector<double> counted(2 * mean_score_.size(), 0.0);  // of every class: sum of means, objects
    for (std::size_t j = 0; j < objects.size(); ++j)
      for (auto const& object : objects[j]) {
        counted[2 * j] += object.sum / object.rows;
        counted[2 * j + 1] += 1;
      }
    if (extra.processes) extra.processes->sum(counted.data(), static_cast<index_t>(counted.size()));
    for (std::size_t j = 0; j + 1 < mean_score_.size(); ++j) {
      if (counted[2 * j + 1] == 0) continue;
      double const keep = math::pow(options_.momentum, counted[2 * j + 1]);
      mean_score_[j] = keep * mean_score_[j] + (1 - keep) * counted[2 * j] / counted[2 * j + 1];
    }
    mean_score_.back() = options_.background_score;
  }
  template <class Place>
  [[nodiscard]] affine_member::terms on_device(Place&& place, row_plan const&, index_t) const {
    return {ones_.on_device(place), offsets_.on_device(place), place(zeros_), 1};
  }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    visit("mean_score", mean_score_);
  }

 private:
  equilibrium_options options_;
  std::vector<double> mean_score_, zeros_;
  column_table ones_, offsets_;
};

class equilibrium : public softmax_loss<equilibrium_member> {
 public:
  explicit equilibrium(index_t classes, equilibrium_options options = {})
      : softmax_loss(equilibrium_member(classes, options)) {}

  /// Changes the mean scores with a batch as `evaluate` does, and computes nothing else: for a pass over the training
  /// set before training, with the logits of the detector to start from.
  ///
  /// @param logits [N, C + 1]
  /// @param labels [N]
  /// @param extra  objects, processes and row weights are read
  /// @throws acsl::error as `evaluate`
  /// @note one read of the foreground rows; N = 0 changes nothing, but takes part in the sums of processes
  template <backend Backend, class T>
  void warm_up(Backend& exec, tensor_view<T> logits, tensor_view<std::int32_t const> labels,
               loss_arguments const& extra = {}) {
    using number = std::remove_const_t<T>;
    tensor_view<number const> const z = logits;
    detail::expect_batch(z, labels, tensor_view<number>(), extra);
    // The plan of this loss draws nothing: any key will do.
    member_.update(exec, z, member_.plan(labels, z.columns(), random_key{0}, extra), extra);
  }
};

static_assert(warms_up<equilibrium>);
static_assert(classification_loss<equilibrium>);

}  // namespace acsl
