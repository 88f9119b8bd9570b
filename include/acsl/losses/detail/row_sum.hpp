// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/lanes.hpp>
#include <acsl/backend/team.hpp>
#include <acsl/core/prefetch.hpp>
#include <acsl/losses/stable.hpp>
#include <type_traits>
#include <utility>

namespace acsl::detail {

/// Sums of a few terms, lane by lane: numbers, or the values of terms with slopes.
template <class Term>
struct lane_sums;
template <std::floating_point T>
struct lane_sums<T> {
  T sum[lane_count] = {};
  ACSL_LEAF void add(int l, T x) { sum[l] += x; }
  [[nodiscard]] ACSL_LEAF T total(int l) const { return sum[l]; }
};
template <class T>
struct lane_sums<value_and_slope<T>> : lane_sums<T> {
  ACSL_LEAF void add(int l, value_and_slope<T> x) { lane_sums<T>::add(l, x.value); }
};
/// Π (1 + excess) − 1, so that all logarithms of a lane are one, and small excesses are not lost.
template <class T>
struct lane_sums<logarithmic_term<T>> : lane_sums<T> {
  T excess[lane_count] = {};
  ACSL_LEAF void add(int l, logarithmic_term<T> x) {
    lane_sums<T>::add(l, x.linear);
    excess[l] = multiply_add(excess[l], 1 + x.excess, x.excess);
  }
  [[nodiscard]] ACSL_LEAF T total(int l) const {
    T const x = excess[l];
    return lane_sums<T>::total(l) + blend(x < 1, logarithm_one_plus(blend(x < 1, x, T(1))), logarithm(1 + x));
  }
};

template <class F>
struct summand {
  using type = std::remove_cvref_t<decltype(std::declval<F const&>()(index_t{}))>;
};
template <class One, class Others>
struct summand<but_for_one<One, Others>> : summand<One> {};

/// A member's share of the sum of f(j), j in [0, n), in double; f and prepare as for `share_of`. A team of one adds at
/// most 16 terms in their own type before it goes on in double; its f may be a `but_for_one`.
template <class Team, class F, class Prepare = nothing_to_prepare>
ACSL_LEAF double sum_share(Team& team, index_t n, F&& f, Prepare&& prepare = {}) {
  if constexpr (std::same_as<Team, solo_team>) {
    double total[lane_count] = {};
    lane_sums<typename summand<std::remove_cvref_t<F>>::type> part;
    auto const adding = [&part](auto const& one) ACSL_ALWAYS_INLINE {
      return [&part, &one](index_t j, int l) ACSL_ALWAYS_INLINE { part.add(l, one(j)); };
    };
    walk_in_lanes(n, prepare, made_of(f, adding), [&]() ACSL_ALWAYS_INLINE {
      for (int l = 0; l < lane_count; ++l) total[l] += static_cast<double>(part.total(l));
      part = {};
    });
    return combine_lanes(total, plus{});
  } else {
    double sum = 0;
    team.for_each(n, [&](index_t j) { sum += static_cast<double>(value_of(f(j))); });
    return sum;
  }
}

/// `sum_share` of f(j), written to `to[j]` as well as writing(f(j)) if there is such an array. A team of one decides
/// before its loop, which then is SIMD code; a larger one in it, which leaves fewer paths to its reductions.
template <class Team, class T, class F, class Writing, class Prepare = nothing_to_prepare>
ACSL_LEAF double sum_and_write(Team& team, index_t n, T* to, F const& f, Writing const& writing,
                               Prepare&& prepare = {}) {
  if constexpr (std::same_as<Team, solo_team>) {
    auto const written = [&writing, to](auto const& terms) ACSL_ALWAYS_INLINE {
      return [&writing, &terms, to](index_t j) ACSL_ALWAYS_INLINE {
        auto const one = terms(j);
        to[j] = writing(one);
        return one;
      };
    };
    // A line that is overwritten is fetched first. The next chunk's come while this one is worked on, and at the end of
    // a row those of the next.
    auto const ahead = [&prepare, to](index_t first, index_t end) ACSL_ALWAYS_INLINE {
      prefetch_to_write(to, end, end + chunk_of_lanes);
      prepare(first, end);
    };
    return to ? sum_share(team, n, made_of(f, written), ahead) : sum_share(team, n, f, prepare);
  } else {
    auto const write = [&](index_t j) ACSL_ALWAYS_INLINE {
      auto const one = f(j);
      to[j] = writing(one);
      return one;
    };
    return sum_share(team, n, [&](index_t j) { return to ? write(j) : f(j); });
  }
}

/// For columns from which a row learns nothing: their gradient is 0, but a NaN or an infinity is not hidden.
/// @return the member's share of Σ (z − z)
template <class Team, class T>
ACSL_LEAF double learn_nothing(Team& team, index_t n, T const* z, T* gradient) {
  return sum_and_write(
      team, n, gradient, [&](index_t j) ACSL_ALWAYS_INLINE { return z[j] - z[j]; },
      [](T nothing) ACSL_ALWAYS_INLINE { return nothing; });
}

}  // namespace acsl::detail
