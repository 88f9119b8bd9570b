// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/tensor_view.hpp>
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

}  // namespace acsl
