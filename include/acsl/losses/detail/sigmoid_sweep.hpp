// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/detail/element_draws.hpp>
#include <acsl/losses/detail/packed_sweep.hpp>
#include <acsl/losses/detail/row_sum.hpp>
#include <acsl/losses/row_plan.hpp>
#include <acsl/losses/stable.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace acsl {

/// Sums over the rows of a batch, one per column: rᵢ |dφ/dz| of the elements that are true, and of those that are not.
struct column_sums {
  std::vector<double> positive, negative;
};

namespace detail {

struct logistic_score {
  template <class T>
  ACSL_LEAF T operator()(T const* row, std::int32_t column) const {
    return sigmoid(row[column]);
  }
};
/// σ(z) (1 − σ(z_background)) for classes, σ(z_background) for background.
struct logistic_score_with_background {
  index_t background;
  template <class T>
  ACSL_LEAF T operator()(T const* row, std::int32_t column) const {
    return column == background ? sigmoid(row[column]) : sigmoid(row[column]) * sigmoid(-row[background]);
  }
};

struct watch_nothing {
  template <class T>
  ACSL_LEAF void operator()(index_t, bool, T) const {}
};

/// One sweep over a row: value and gradient of every element, one read and one write. A function object with
/// `trains_few`, `trains(logit, row, column)` and `term(logit, true column?)` trains those columns alone; one with
/// `beside_target()` gives with it what columns that are not the true one need.
template <class T, class Element>
struct sigmoid_row {
  using shared = no_shared;
  Element element;
  T const* logits;
  T* gradient;  // null: value only
  row_word const* rows;
  index_t columns;
  double scale;  // of the gradient, divisor included
  double* sums = nullptr;

  /// The sum of the row's values, in the member's share; `watch(column, true column?, slope)`.
  template <class Team, class Watch = watch_nothing>
  ACSL_HOST_DEVICE double sweep(Team& team, index_t i, Watch watch = {}) const {
    row_word const row = rows[i];
    T const* z = logits + i * columns;
    T* g = gradient ? gradient + i * columns : nullptr;
    if (row.target < 0) {
      if (g) team.for_each(columns, [&](index_t j) { g[j] = 0; });
      return 0;
    }
    double sum = 0;
    by_row(element, row, [&](auto const& one) { sum = sweep_row(team, one, row, z, g, watch); });
    return sum * row.weight;
  }
  template <class Team, class One, class Watch>
  ACSL_HOST_DEVICE double sweep_row(Team& team, One const& one, row_word const& row, T const* z, T* g,
                                    Watch watch) const {
    auto const factor = static_cast<T>(scale * row.weight);
    constexpr bool alone = std::same_as<Team, solo_team>, watched = !std::same_as<Watch, watch_nothing>;
    if constexpr (alone && !watched && requires { requires One::trains_few; }) {
      return sweep_packed(
          columns, row.target, z, g, factor,
          [&](T logit, bool target) ACSL_ALWAYS_INLINE { return one.term(logit, target); },
          [&](T logit, std::int32_t column) ACSL_ALWAYS_INLINE { return one.trains(logit, row, column); });
    } else {
      auto draws = draws_of(team, one, row);
      auto const look_at = [&](index_t j, T logit) ACSL_ALWAYS_INLINE {
        auto const column = static_cast<std::int32_t>(j);
        auto const term =
            with_bits(draws, j, [&](auto... bits) ACSL_ALWAYS_INLINE { return one(logit, row, column, bits...); });
        watch(j, column == row.target, term.slope);
        return term;
      };
      if constexpr (alone && !watched && requires { one.beside_target(); }) {
        auto const others = one.beside_target();
        auto const terms = [&](index_t j) ACSL_ALWAYS_INLINE { return look_at(j, z[j]); };
        auto const beside = [&](index_t j) ACSL_ALWAYS_INLINE {
          auto const column = static_cast<std::int32_t>(j);
          return with_bits(draws, j,
                           [&](auto... bits) ACSL_ALWAYS_INLINE { return others(z[j], row, column, bits...); });
        };
        return sum_and_write(
            team, columns, g, but_for_one<decltype(terms), decltype(beside)>{row.target, terms, beside},
            [&](auto const& term) ACSL_ALWAYS_INLINE { return term.slope * factor; }, draws);
      } else if constexpr (alone || watched) {  // who watches must meet the same columns in every row
        return sum_and_write(
            team, columns, g, [&](index_t j) ACSL_ALWAYS_INLINE { return look_at(j, z[j]); },
            [&](auto const& term) ACSL_ALWAYS_INLINE { return term.slope * factor; }, draws);
      } else {
        double sum = 0;
        for_each_wide(team, columns, z, g, [&](index_t j, T logit) {
          auto const term = look_at(j, logit);
          sum += static_cast<double>(value_of(term));
          return term.slope * factor;
        });
        return sum;
      }
    }
  }
  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t i) const {
    double const share = sweep(team, i);
    double const sum = team.reduce(share, plus{});
    if (team.rank() == 0) sums[i] = sum;
  }
};

/// The same over a block of rows, with a partial sum for every column.
template <class T, class Element>
struct watched_rows {
  using shared = no_shared;
  static constexpr index_t block = 32;
  sigmoid_row<T, Element> inner;
  index_t count;
  double* block_sums;      // [blocks]
  T *positive, *negative;  // [blocks, columns]

  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t b) const {
    // A member meets the same columns in every row, so that no other touches its sums.
    T *p = positive + b * inner.columns, *n = negative + b * inner.columns;
    team.for_each(inner.columns, [&](index_t j) { p[j] = n[j] = 0; });
    double sum = 0;
    index_t const end = (b + 1) * block < count ? (b + 1) * block : count;
    for (index_t i = b * block; i < end; ++i) {
      auto const weight = static_cast<T>(inner.rows[i].weight);
      sum += inner.sweep(team, i, [&](index_t j, bool target, T slope) ACSL_ALWAYS_INLINE {
        T const size = weight * math::fabs(slope);
        p[j] += blend(target, size, T(0));
        n[j] += blend(target, T(0), size);
      });
    }
    sum = team.reduce(sum, plus{});
    if (team.rank() == 0) block_sums[b] = sum;
  }
};

/// Adds the partial sums of the blocks in order, in double. @param from [blocks, columns]
template <backend Backend, class T>
std::vector<double> add_blocks(Backend& exec, tensor<T> const& from) {
  index_t const blocks = from.extent(0), columns = from.extent(1);
  tensor<double> total({columns}, exec.memory());
  T const* x = from.data();
  double* const y = total.data();
  exec.for_each(
      columns,
      [=] ACSL_HOST_DEVICE(index_t j) {
        double sum = 0;
        for (index_t b = 0; b < blocks; ++b) sum += static_cast<double>(x[b * columns + j]);
        y[j] = sum;
      },
      static_cast<double>(blocks));
  std::vector<double> result(static_cast<std::size_t>(columns));
  exec.copy_to_host(std::as_const(total).view(), tensor_view<double>(result.data(), {columns}));
  return result;
}

/// Runs a row kernel, as `sweep_rows`, and watches its columns.
template <backend Backend, class T, class Element>
std::pair<loss_result, column_sums> sweep_and_watch(Backend& exec, sigmoid_row<T, Element> kernel, row_plan const& plan,
                                                    loss_arguments const& extra) {
  using blocks_kernel = watched_rows<T, Element>;
  auto const rows = static_cast<index_t>(plan.rows.size());
  index_t const blocks = (rows + blocks_kernel::block - 1) / blocks_kernel::block;
  tensor<double> sums({blocks}, exec.memory());
  tensor<T> positive({blocks, kernel.columns}, exec.memory()), negative({blocks, kernel.columns}, exec.memory());
  if (!extra.row_losses.empty()) {  // a sweep of its own, before the gradient may overwrite the logits
    auto value_only = kernel;
    value_only.gradient = nullptr;
    value_only.sums = extra.row_losses.data();
    exec.for_each_row(rows, value_only);
  }
  exec.for_each_row(blocks, blocks_kernel{kernel, rows, sums.data(), positive.data(), negative.data()},
                    2000.0 * blocks_kernel::block);
  double const value = exec.reduce(std::as_const(sums).view(), 0.0, plus{}) / plan.divisor;
  return {loss_result{value, plan.divisor}, column_sums{add_blocks(exec, positive), add_blocks(exec, negative)}};
}

}  // namespace detail
}  // namespace acsl
