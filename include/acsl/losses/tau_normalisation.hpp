// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/core/math.hpp>
#include <acsl/nn/normalise_rows.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

struct tau_normalisation_options {
  double tau = 0;                          ///< 0: nothing changes; 1: weights of unit length
  bool keep_bias = true;                   ///< false: scores without the bias, as for classification
  std::vector<std::uint8_t> skipped = {};  ///< columns whose weights and bias stay, background as a rule; empty: none
  std::vector<std::uint8_t> tail = {};     ///< "select": columns of tail classes; empty: all rows are changed
  index_t background = -1;                 ///< "select": the column of background
};

/// The factors ‖w_c‖^−τ that make weights [K, D] w_c / ‖w_c‖^τ; 0 for a row of norm 0 (which stays 0).
template <backend Backend>
std::vector<double> tau_normalisation_factors(Backend& exec, tensor_view<float const> weight, double tau) {
  tensor<double> squares({weight.rows()}, exec.memory());
  exec.for_each_row(weight.rows(), detail::square_row{weight.data(), squares.data(), weight.columns()});
  std::vector<double> result(static_cast<std::size_t>(weight.rows()));
  exec.copy_to_host(std::as_const(squares).view(), tensor_view<double>(result.data(), {weight.rows()}));
  for (double& x : result) x = x > 0 ? math::pow(x, -0.5 * tau) : 0;
  return result;
}

namespace detail {

/// Largest of a row's values, and the first column that has it.
template <class Team, class Value>
ACSL_HOST_DEVICE index_t first_largest(Team& team, index_t columns, Value const& value) {
  float top = value(0);
  team.for_each(columns, [&](index_t j) { top = top < value(j) ? value(j) : top; });
  top = team.reduce(top, maximum{});
  index_t first = columns;
  team.for_each(columns, [&](index_t j) {
    if (j < first && value(j) == top) first = j;
  });
  return team.reduce(first, minimum{});
}

struct tau_row {
  using shared = no_shared;
  float* logits;
  float const *factor, *shift;
  std::uint8_t const* tail;  // null: all rows
  index_t columns, background;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t row) const {
    float* z = logits + row * columns;
    auto const changed = [&](index_t j) { return factor[j] * z[j] + shift[j]; };
    if (tail) {
      index_t const before = first_largest(team, columns, [&](index_t j) { return z[j]; });
      index_t const after = first_largest(team, columns, changed);
      if (before == background || after == columns || !tail[after]) return;
    }
    team.for_each(columns, [&](index_t j) { z[j] = changed(j); });
  }
};

}  // namespace detail

/// Changes logits [N, K] of a linear classifier into those that it has with weights w_c / ‖w_c‖^τ:
///
///   z'_c = (z_c − b_c) / ‖w_c‖^τ + b_c
///
/// With tail columns ("select"), a row is changed if its largest logit was not background and is a tail class
/// afterwards; any other row stays.
/// @param bias of the classifier [K]; empty: none
/// @source Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis, ICLR 2020; the bias is dropped there. "Select" and the
/// bias
///         that stays are from its use in detection (losses-spec 6)
template <backend Backend>
void tau_normalise(Backend& exec, tau_normalisation_options const& options, tensor_view<float const> weight,
                   tensor_view<float const> bias, tensor_view<float> logits) {
  auto const columns = static_cast<std::size_t>(weight.rows());
  ACSL_EXPECTS(logits.columns() == weight.rows(), "a column of logits for each row of weights", logits.extents(),
               weight.extents());
  ACSL_EXPECTS(bias.empty() || bias.size() == weight.rows(), "a bias for each row of weights", bias.size());
  for (auto const* flags : {&options.skipped, &options.tail})
    ACSL_EXPECTS(flags->empty() || flags->size() == columns, "one flag per column", flags->size(), columns);
  if (logits.empty()) return;
  std::vector<float> b(columns, 0.0F), factor(columns, 1.0F), shift(columns, 0.0F);
  if (!bias.empty()) exec.copy_to_host(bias, tensor_view<float>(b.data(), {bias.size()}));
  auto const factors = tau_normalisation_factors(exec, weight, options.tau);
  for (std::size_t c = 0; c < columns; ++c) {
    if (!options.skipped.empty() && options.skipped[c]) continue;
    factor[c] = static_cast<float>(factors[c]);
    shift[c] = static_cast<float>(double{b[c]} * ((options.keep_bias ? 1 : 0) - factors[c]));
  }
  device_arrays place(exec);
  exec.for_each_row(logits.rows(), detail::tau_row{logits.data(), place(factor), place(shift), place(options.tail),
                                                   weight.rows(), options.background});
}

}  // namespace acsl
