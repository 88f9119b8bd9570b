// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/tensor_view.hpp>
#include <acsl/losses/concepts.hpp>
#include <acsl/losses/detail/log_sum_exp.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl {

namespace detail {

template <class T>
struct softmax_row {
  using shared = no_shared;
  T const* logits;
  T* scores;
  index_t columns;
  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t row) const {
    T const* z = logits + row * columns;
    T* s = scores + row * columns;
    auto const all = sum_exponentials(
        team, columns, z[0], [&](index_t j) ACSL_ALWAYS_INLINE { return z[j]; }, s);
    auto const inverse = static_cast<T>(1 / all.sum);
    team.for_each(columns, [&](index_t j) { s[j] *= inverse; });
  }
};

}  // namespace detail

/// scores[i, j] = exp(z[i, j]) / Σₖ exp(z[i, k]), stable for any finite logits. The arrays have the same shape and may
/// be the same array.
template <backend Backend, class T>
void softmax_scores(Backend& exec, constant_view<T> logits, tensor_view<T> scores) {
  ACSL_EXPECTS(logits.extents() == scores.extents(), "scores have the shape of the logits", logits.extents(),
               scores.extents());
  if (logits.empty()) return;
  exec.for_each_row(logits.rows(), detail::softmax_row<T>{logits.data(), scores.data(), logits.columns()});
}

/// scores[i, j] = 1 / (1 + exp(−z[i, j])). Shapes and aliasing as for `softmax_scores`.
template <backend Backend, class T>
void sigmoid_scores(Backend& exec, constant_view<T> logits, tensor_view<T> scores) {
  ACSL_EXPECTS(logits.extents() == scores.extents(), "scores have the shape of the logits", logits.extents(),
               scores.extents());
  exec.for_each(
      logits.size(), [=] ACSL_HOST_DEVICE(index_t i) { scores[i] = sigmoid(logits[i]); }, 5);
}

namespace detail {

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

}  // namespace detail
}  // namespace acsl
