// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <cmath>

namespace acsl::detail {

/// The largest of some values, and Σ exp(value − top), summed in double.
template <class T>
struct exponential_sum {
  T top;
  double sum;
};

/// Over the columns of a row, in every member of the team.
/// @param top one of the values
template <class T, class Team, class Value>
ACSL_HOST_DEVICE exponential_sum<T> sum_exponentials(Team& team, index_t columns, T top, Value const& value) {
  team.for_each(columns, [&](index_t j) {
    T const a = value(j);
    top = top < a ? a : top;
  });
  top = team.reduce(top, maximum{});
  double sum = 0;
  team.for_each(columns, [&](index_t j) { sum += static_cast<double>(std::exp(value(j) - top)); });
  return {top, team.reduce(sum, plus{})};
}

/// log Σ exp(value(j)). @pre columns > 0
template <class T, class Team, class Value>
ACSL_HOST_DEVICE T log_sum_exp(Team& team, index_t columns, Value const& value) {
  auto const [top, sum] = sum_exponentials(team, columns, value(0), value);
  return top + static_cast<T>(std::log(sum));
}

}  // namespace acsl::detail
