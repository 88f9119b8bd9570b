// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <acsl/core/elementary.hpp>
#include <cmath>
#include <concepts>

namespace acsl::detail {

/// The largest of some values, and Σ exp(value − top), summed in double.
template <class T>
struct exponential_sum {
  T top;
  double sum;
};

/// `kept[j] = f(j)` where there is such an array, and the value. A team of one decides before its loop, which then is
/// SIMD code; a larger one in it, which leaves fewer paths to its reductions.
template <class T, class Team, class Op, class N, class F>
ACSL_HOST_DEVICE N share_and_keep(T* kept, Team& team, index_t columns, N neutral, Op op, F const& f) {
  auto const keep = [&](index_t j) ACSL_ALWAYS_INLINE {
    T const a = f(j);
    kept[j] = a;
    return a;
  };
  if constexpr (std::same_as<Team, solo_team>) {
    return kept ? share_of(team, columns, neutral, op, keep) : share_of(team, columns, neutral, op, f);
  } else {
    return share_of(team, columns, neutral, op, [&](index_t j) { return kept ? keep(j) : f(j); });
  }
}

/// Over the columns of a row, in every member of the team.
/// @param top one of the values
/// @param kept where exp(value(j) − top) is left; null: nowhere, and `value(j)` is asked twice
template <class T, class Team, class Value>
ACSL_HOST_DEVICE exponential_sum<T> sum_exponentials(Team& team, index_t columns, T top, Value const& value,
                                                     T* kept = nullptr) {
  top = team.reduce(share_and_keep(kept, team, columns, top, maximum{}, value), maximum{});
  auto const raise_kept = [&](index_t j) ACSL_ALWAYS_INLINE { return exponential(kept[j] - top); };
  auto const raise = [&](index_t j) ACSL_ALWAYS_INLINE { return exponential(value(j) - top); };
  double const sum =
      kept ? share_and_keep(kept, team, columns, 0.0, plus{}, raise_kept) : share_of(team, columns, 0.0, plus{}, raise);
  return {top, team.reduce(sum, plus{})};
}

/// log Σ exp(value(j)). @pre columns > 0
template <class T, class Team, class Value>
ACSL_HOST_DEVICE T log_sum_exp(Team& team, index_t columns, Value const& value) {
  auto const [top, sum] = sum_exponentials(team, columns, value(0), value);
  return top + static_cast<T>(std::log(sum));
}

}  // namespace acsl::detail
