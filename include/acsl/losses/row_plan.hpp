// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_layout.hpp>
#include <acsl/losses/concepts.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// What the sum over rows is divided by (losses-spec 1.4). Rows that are ignored never count.
enum class divisor_kind : std::uint8_t {
  rows,            ///< rows
  valid_rows,      ///< rows with a positive weight
  positives,       ///< foreground rows, averaged over processes
  weight_sum,      ///< sum of the weights
  elements,        ///< rows · columns
  valid_elements,  ///< rows with a positive weight · columns
};

/// What a method says about rows as such.
struct row_rules {
  column_layout layout = column_layout::background_first;
  divisor_kind divisor = divisor_kind::rows;
  std::vector<double> label_weight = {};  ///< [C + 1] multiplies the rows of a label, background at 0; empty: all 1
};

/// What the sweep knows about a row, made from labels, row weights and a key before any logit is read.
struct row_word {
  std::int32_t target = -1;  ///< true column; the number of columns: none; −1: the row is ignored
  double weight = 1;
  std::uint32_t groups = 0;  ///< groups of columns that the row trains (bit per group)
  bool background = false;
  std::int32_t index = 0;  ///< of the row
};

/// One word per row, what the sum is divided by, and what else a method chose for this batch.
struct row_plan {
  std::vector<row_word> rows = {};
  double divisor = 1;
  std::vector<std::uint32_t> columns = {};  ///< one flag for each column, if the method chooses columns
  random_key key{0};                        ///< for choices that are made element by element
  double share = 0;                         ///< probability of such a choice
  std::vector<std::uint8_t> elements = {};  ///< [N, K] such choices made by the caller
};

namespace detail {

inline double divisor_of(row_plan const& plan, divisor_kind kind, index_t columns, communicator* processes) {
  double rows = 0, valid = 0, positives = 0, weights = 0;
  for (auto const& row : plan.rows) {
    if (row.target < 0) continue;
    rows += 1;
    valid += row.weight > 0;
    positives += !row.background;
    weights += row.weight;
  }
  auto const at_least_one = [](double x) { return x > 1 ? x : 1.0; };
  switch (kind) {
    case divisor_kind::rows:
      return at_least_one(rows);
    case divisor_kind::valid_rows:
      return at_least_one(valid);
    case divisor_kind::weight_sum:
      return weights > 0 ? weights : 1;
    case divisor_kind::elements:
      return at_least_one(rows * static_cast<double>(columns));
    case divisor_kind::valid_elements:
      return at_least_one(valid * static_cast<double>(columns));
    case divisor_kind::positives:
      break;
  }
  if (!processes) return at_least_one(positives);
  processes->sum(&positives, 1);
  return at_least_one(positives) / processes->processes();
}

}  // namespace detail

/// Rows with their targets and weights, and the divisor.
///
/// @throws acsl::error for a label above the number of classes and for a negative row weight
inline row_plan plan_rows(tensor_view<std::int32_t const> labels, index_t columns, row_rules const& rules,
                          loss_arguments const& extra) {
  column_map const map{rules.layout, columns};
  index_t const classes = map.classes();
  ACSL_EXPECTS(rules.label_weight.empty() || static_cast<index_t>(rules.label_weight.size()) == classes + 1,
               "one weight per class and one for background", rules.label_weight.size(), classes);
  row_plan plan;
  plan.rows.resize(static_cast<std::size_t>(labels.size()));
  for (index_t i = 0; i < labels.size(); ++i) {
    auto& row = plan.rows[static_cast<std::size_t>(i)];
    std::int32_t const label = labels[i];
    row.index = static_cast<std::int32_t>(i);
    ACSL_EXPECTS(label <= classes, "a label is at most the number of classes", label, classes);
    if (label < 0) continue;
    row.background = label == 0;
    row.target = static_cast<std::int32_t>(label == 0 ? map.background() : map.of_class(label));
    if (!extra.row_weights.empty()) row.weight = static_cast<double>(extra.row_weights[i]);
    ACSL_EXPECTS(row.weight >= 0, "a row weight is not negative", row.weight, i);
    if (!rules.label_weight.empty()) row.weight *= rules.label_weight[static_cast<std::size_t>(label)];
  }
  plan.divisor = extra.divisor > 0 ? extra.divisor : detail::divisor_of(plan, rules.divisor, columns, extra.processes);
  if (extra.choices && !extra.choices->elements.empty()) {
    ACSL_EXPECTS(extra.choices->elements.size() == labels.size() * columns, "one choice per element",
                 extra.choices->elements.size(), labels.size(), columns);
    plan.elements.assign(extra.choices->elements.begin(), extra.choices->elements.end());
  }
  return plan;
}

namespace detail {

/// body(f) with the function object that a method has for a row: what is the same in the whole row is decided here, so
/// that the loop over columns has no branch. A method without a choice is the function object itself.
template <class Method, class Body>
ACSL_HOST_DEVICE void by_row(Method const& method, row_word const& row, Body&& body) {
  if constexpr (requires { method.by_row(row, body); }) method.by_row(row, body);
  else body(method);
}

/// Runs a row kernel that writes one double per row, and adds those in order.
template <class Kernel, backend Backend>
loss_result sweep_rows(Backend& exec, Kernel kernel, row_plan const& plan, loss_arguments const& extra) {
  auto const count = static_cast<index_t>(plan.rows.size());
  if (count == 0) return {0, plan.divisor};
  tensor<double> own;
  if (extra.row_losses.empty()) own = tensor<double>({count}, exec.memory());
  tensor_view<double> const sums = extra.row_losses.empty() ? own.view() : extra.row_losses;
  kernel.sums = sums.data();
  exec.for_each_row(count, kernel);
  return {exec.reduce(tensor_view<double const>(sums), 0.0, plus{}) / plan.divisor, plan.divisor};
}

}  // namespace detail
}  // namespace acsl
