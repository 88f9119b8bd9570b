// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_layout.hpp>
#include <acsl/losses/concepts.hpp>

namespace acsl::detail {

/// scores[i, 0] = background, scores[i, c] = class c, from logits in any layout: f(row of logits, column) for a column
/// that exists, 0 for a background that has none.
template <backend Backend, class T, class F>
void scores_by_class(Backend& exec, column_layout layout, tensor_view<T const> logits, tensor_view<T> scores, F f) {
  column_map const map{layout, logits.columns()};
  index_t const columns = map.columns, width = map.classes() + 1;
  expect_scores(logits, scores, map.classes());
  exec.for_each(
      scores.size(),
      [=] ACSL_HOST_DEVICE(index_t at) {
        index_t const c = at % width, column = c == 0 ? map.background() : map.of_class(c);
        scores[at] = column < columns ? f(logits.data() + at / width * columns, column) : T(0);
      },
      6);
}

}  // namespace acsl::detail
