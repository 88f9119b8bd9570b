// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/archetype.hpp>
#include <acsl/core/communicator.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/tensor_view.hpp>
#include <acsl/losses/column_layout.hpp>
#include <concepts>
#include <vector>

namespace acsl {

/// Random choices that a caller makes instead of the key. Each method says what it reads.
struct explicit_choices {
  std::vector<std::vector<std::int32_t>> rows;  ///< rows that are kept, a list for each group
  std::vector<std::int32_t> classes;            ///< labels of chosen classes
  tensor_view<std::uint8_t const> elements;     ///< [N, K] in host memory, 1: dropped
};

/// What a caller may say about a batch beside logits and labels.
struct loss_arguments {
  tensor_view<float const> row_weights;       ///< [N], each >= 0; empty: all 1
  double gradient_scale = 1;                  ///< multiplies the gradient, not the value
  double divisor = 0;                         ///< instead of the loss's own; 0: the loss's own
  explicit_choices const* choices = nullptr;  ///< null: drawn from the key
  communicator* processes = nullptr;          ///< sums state and counts; null: one process
  tensor_view<std::int32_t const> objects;    ///< [N] the annotated object of every row, below 0: none (equilibrium)
  tensor_view<double> row_losses;  ///< [N] in the backend's memory, receives the rows' values, whose sum divided by the
                                   ///< divisor is the value; empty: not wanted
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
concept has_evaluate = requires(L& loss, archetype::any_backend& exec, tensor_view<float const> logits,
                                tensor_view<std::int32_t const> labels, tensor_view<float> gradient, random_key key) {
  { loss.evaluate(exec, logits, labels, gradient, key, loss_arguments{}) } -> std::same_as<loss_result>;
};
template <class L>
concept has_score = requires(L const& loss, archetype::any_backend& exec, tensor_view<float const> logits,
                             tensor_view<float> scores) {
  loss.score(exec, logits, scores);
};

/// A classification loss. Semantics, beside the signatures:
/// - logits [N, K], K = columns(C); labels [N] int32: 0 background, 1 … C the foreground classes, whatever the layout;
///   a label < 0 marks an ignored row: no value, zero gradient, not counted, no trace in the state;
/// - the gradient [N, K] is overwritten with gradient_scale · ∂value/∂logits; it may be empty, or the logits' own
/// memory;
/// - N = 0 gives value 0; NaN in a logit propagates; the same bits for any number of threads;
/// - `score` turns logits into detection scores [N, C + 1]: column 0 background (0 where the layout has none), column c
///   the c-th class;
/// - a loss with state changes it in `evaluate` and shows it with `visit_state(visit)`: visit(name, vector<double>&);
/// - random choices draw from the key alone.
template <class L>
concept classification_loss = has_columns<L> && has_prior<L> && has_evaluate<L> && has_score<L>;

/// A loss whose state a pass over the training set can fill before training: `warm_up(exec, logits, labels, arguments)`
/// changes the state and computes nothing else.
template <class L>
concept warms_up = requires(L& loss, archetype::any_backend& exec, tensor_view<float const> logits,
                            tensor_view<std::int32_t const> labels) {
  loss.warm_up(exec, logits, labels, loss_arguments{});
};

/// Whether column j of the logits stands for label j, so that the largest logit of a row is a label.
template <class L>
[[nodiscard]] bool labels_are_columns(L const& loss) {
  if constexpr (requires {
                  { loss.labels_are_columns() } -> std::same_as<bool>;
                })
    return loss.labels_are_columns();
  else if constexpr (requires { loss.layout(); }) return loss.layout() == column_layout::background_first;
  else return false;
}

/// κ where a loss's scores are softmax(κ z) of its columns (in a layout with a pair: of the classes), 0 where they are
/// something else. What corrects a softmax after training asks this.
template <class L>
[[nodiscard]] double softmax_scale(L const& loss) {
  if constexpr (requires {
                  { loss.softmax_scale() } -> std::same_as<double>;
                })
    return loss.softmax_scale();
  else return 0;
}

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
  ACSL_EXPECTS(extra.row_losses.empty() || extra.row_losses.size() == logits.rows(), "no row losses, or one per row",
               extra.row_losses.size(), logits.rows());
}

/// The shape of what `score` writes.
template <class T>
void expect_scores(tensor_view<T const> logits, tensor_view<T> scores, index_t classes) {
  ACSL_EXPECTS(scores.rows() == logits.rows() && scores.columns() == classes + 1,
               "scores have a column for background and one per class", scores.extents(), logits.extents());
}

}  // namespace detail
}  // namespace acsl
