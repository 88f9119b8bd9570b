// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>

namespace acsl {

/// Percentage of rows whose largest logit (the first of equal ones) stands in the column of the label, background rows
/// included. 0 when there is no row.
template <backend Backend, class T>
double accuracy(Backend& exec, tensor_view<T const> logits, tensor_view<std::int32_t const> labels) {
  ACSL_EXPECTS(labels.size() == logits.rows(), "one label per row of logits", labels.size(), logits.rows());
  if (labels.empty()) return 0;
  index_t const columns = logits.columns();
  auto const right = exec.transform_reduce(
      labels.size(),
      [=] ACSL_HOST_DEVICE(index_t i) {
        T const* row = logits.data() + i * columns;
        index_t best = 0;
        for (index_t j = 1; j < columns; ++j)
          if (row[j] > row[best]) best = j;
        return best == labels[i] ? 1 : 0;
      },
      0, plus{});
  return 100.0 * right / static_cast<double>(labels.size());
}

}  // namespace acsl
