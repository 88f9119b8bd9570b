// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <acsl/core/elementary.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/detail/row_sum.hpp>
#include <acsl/losses/detail/wide_access.hpp>
#include <concepts>
#include <type_traits>

namespace acsl::detail {

/// The largest of some values, and Σ exp(value − top), summed in double.
template <class T>
struct exponential_sum {
  T top;
  double sum;
  /// log Σ exp(value) − wanted
  [[nodiscard]] ACSL_HOST_DEVICE double above(T wanted) const {
    return static_cast<double>(top) + math::log(sum) - static_cast<double>(wanted);
  }
};

/// Σ exp(value(j) − top) over the columns of a row, in every member of the team; left in `kept[j]` unless that is null.
template <class T, class Team, class Value, class Prepare = nothing_to_prepare>
ACSL_LEAF double raise_and_sum(Team& team, index_t columns, T top, Value const& value, T* kept,
                               Prepare&& prepare = {}) {
  double const sum = sum_and_write(
      team, columns, kept, [&](index_t j) ACSL_ALWAYS_INLINE { return exponential_share(value(j) - top); },
      [](T raised) ACSL_ALWAYS_INLINE { return raised; }, prepare);
  return team.reduce(sum, plus{});
}

/// The same, with the largest value as top.
/// @param value asked twice; may read element j of `kept`
/// @param top one of the values
template <class T, class Team, class Value, class Prepare = nothing_to_prepare>
ACSL_LEAF exponential_sum<T> sum_exponentials(Team& team, index_t columns, T top, Value const& value, T* kept = nullptr,
                                              Prepare&& prepare = {}) {
  if constexpr (std::same_as<Team, solo_team> && !std::is_empty_v<std::remove_cvref_t<Prepare>>) {
    if (kept) {  // what is prepared is dear, and is asked for once
      auto const keep = [&](index_t j) ACSL_ALWAYS_INLINE { return kept[j] = value(j); };
      top = share_of(team, columns, top, maximum{}, keep, prepare);
      return {top, raise_and_sum(
                       team, columns, top, [&](index_t j) ACSL_ALWAYS_INLINE { return kept[j]; }, kept)};
    }
  }
  top = team.reduce(share_of(team, columns, top, maximum{}, value, prepare), maximum{});
  return {top, raise_and_sum(team, columns, top, value, kept, prepare)};
}

/// log Σ exp(value(j)). @param top one of the values
template <class T, class Team, class Value>
ACSL_LEAF T log_sum_exp(Team& team, index_t columns, T top, Value const& value) {
  auto const all = sum_exponentials(team, columns, top, value);
  return all.top + static_cast<T>(math::log(all.sum));
}

/// g[j] = factor · multiplier(j) · (share of j − [j = target]) from the exponentials that `sum_exponentials` kept,
/// which may stand in `g`.
template <class T, class Team, class Multiplier>
ACSL_LEAF void share_gradient(Team& team, index_t columns, T const* kept, T* g, double sum, std::int32_t target,
                              T factor, Multiplier const& multiplier) {
  auto const of_share = static_cast<T>(static_cast<double>(factor) / sum);
  auto const slope = [&](index_t at, T share) ACSL_ALWAYS_INLINE {
    auto const j = static_cast<std::int32_t>(at);
    return multiplier(j) * multiply_add(share, of_share, blend(j == target, -factor, T(0)));
  };
  if constexpr (std::same_as<Team, solo_team>) {
    team.for_each(columns, [&](index_t j) ACSL_ALWAYS_INLINE { g[j] = slope(j, kept[j]); });
  } else {
    for_each_wide(team, columns, static_cast<T const*>(nullptr), g, [&](index_t j, T) { return slope(j, kept[j]); });
  }
}
template <class T, class Team>
ACSL_LEAF void share_gradient(Team& team, index_t columns, T const* kept, T* g, double sum, std::int32_t target,
                              T factor) {
  share_gradient(team, columns, kept, g, sum, target, factor, [](std::int32_t) ACSL_ALWAYS_INLINE { return T(1); });
}

}  // namespace acsl::detail
