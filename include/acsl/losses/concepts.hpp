// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/reference.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/tensor_view.hpp>
#include <concepts>

namespace acsl {

/// What a caller may say about a batch beside logits and labels.
struct loss_arguments {
  tensor_view<float const> row_weights;  ///< [N], each >= 0; empty: all 1
  double gradient_scale = 1;             ///< multiplies the gradient, not the value
  double divisor = 0;                    ///< instead of the loss's own; 0: the loss's own
};

/// What a loss says about a batch.
struct loss_result {
  double value = 0;
  double divisor = 1;  ///< what the sum over rows was divided by
};

/// How a classifier is initialised for a loss: weights ~ N(0, weight_std²), every bias the same.
struct classifier_prior {
  double weight_std = 0.01;
  double bias = 0;
};

template <class L>
concept has_columns = requires(L const& loss) {
  { loss.columns(index_t{}) } -> std::same_as<index_t>;
};
template <class L>
concept has_prior = requires(L const& loss) {
  { loss.prior() } -> std::same_as<classifier_prior>;
};
template <class L>
concept has_evaluate = requires(L const& loss, reference& exec, tensor_view<float const> logits,
                                tensor_view<std::int32_t const> labels, tensor_view<float> gradient, random_key key) {
  { loss.evaluate(exec, logits, labels, gradient, key, loss_arguments{}) } -> std::same_as<loss_result>;
};
template <class L>
concept has_score = requires(L const& loss, reference& exec, tensor_view<float const> logits,
                             tensor_view<float> scores) {
  loss.score(exec, logits, scores);
};

/// A classification loss. Semantics, beside the signatures:
/// - logits [N, K], labels [N] int32; a label < 0 marks an ignored row: no value, zero gradient, not counted;
/// - the gradient [N, K] is overwritten with gradient_scale · ∂value/∂logits; it may be empty;
/// - N = 0 gives value 0; NaN in a logit propagates; the same bits for any number of threads;
/// - `score` turns logits into detection scores, column by column, [N, K];
/// - random choices draw from the key alone.
template <class L>
concept classification_loss = has_columns<L> && has_prior<L> && has_evaluate<L> && has_score<L>;

namespace detail {

/// Checks that every classification loss makes.
template <class T>
void expect_batch(tensor_view<T const> logits, tensor_view<std::int32_t const> labels, tensor_view<T> gradient,
                  loss_arguments const& extra) {
  ACSL_EXPECTS(logits.rank() == 2, "logits are a matrix [rows, columns]", logits.extents());
  ACSL_EXPECTS(labels.size() == logits.rows(), "one label per row of logits", labels.size(), logits.rows());
  ACSL_EXPECTS(gradient.empty() || gradient.extents() == logits.extents(),
               "the gradient is empty or has the logits' shape", gradient.extents(), logits.extents());
  ACSL_EXPECTS(extra.row_weights.empty() || extra.row_weights.size() == logits.rows(), "no row weights, or one per row",
               extra.row_weights.size(), logits.rows());
}

}  // namespace detail
}  // namespace acsl
