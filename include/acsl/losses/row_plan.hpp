// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/concepts.hpp>
#include <vector>

namespace acsl {

/// What the sweep knows about a row, made from labels, row weights and a key before any logit is read.
struct row_word {
  std::int32_t target = -1;  ///< true column; −1: the row is ignored
  float weight = 1;
  std::uint8_t groups = 0;  ///< groups of columns that a background row trains (bit per group)
  bool background = false;
};

/// One word per row, and what the sum is divided by.
struct row_plan {
  std::vector<row_word> rows;
  double divisor = 1;
};

/// Rows with their targets and weights; divisor: the number of rows that are not ignored.
///
/// @param columns          of the logits; a label must be below it
/// @param background_label label of background rows
inline row_plan plan_rows(tensor_view<std::int32_t const> labels, index_t columns, std::int32_t background_label,
                          loss_arguments const& extra) {
  row_plan plan;
  plan.rows.resize(static_cast<std::size_t>(labels.size()));
  index_t counted = 0;
  for (index_t i = 0; i < labels.size(); ++i) {
    auto& row = plan.rows[static_cast<std::size_t>(i)];
    ACSL_EXPECTS(labels[i] < columns, "a label is below the number of columns", labels[i], columns);
    if (labels[i] < 0) continue;
    row.target = labels[i];
    row.background = labels[i] == background_label;
    if (!extra.row_weights.empty()) row.weight = extra.row_weights[i];
    ACSL_EXPECTS(row.weight >= 0, "a row weight is not negative", row.weight, i);
    ++counted;
  }
  plan.divisor = extra.divisor > 0 ? extra.divisor : static_cast<double>(counted > 0 ? counted : 1);
  return plan;
}

namespace detail {

/// Runs a row kernel that writes one double per row, and adds those in order.
template <class Kernel, backend Backend>
loss_result sweep_rows(Backend& exec, Kernel kernel, row_plan const& plan) {
  auto const count = static_cast<index_t>(plan.rows.size());
  if (count == 0) return {0, plan.divisor};
  tensor<double> sums({count}, exec.memory());
  kernel.sums = sums.data();
  exec.for_each_row(count, kernel);
  return {exec.reduce(std::as_const(sums).view(), 0.0, plus{}) / plan.divisor, plan.divisor};
}

}  // namespace detail
}  // namespace acsl
