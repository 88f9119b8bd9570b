// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/lanes.hpp>
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>
#include <concepts>

namespace acsl {

/// For row kernels that need no shared memory: `using shared = acsl::no_shared;`
struct no_shared {};

/// The team of one that a CPU backend gives to a row kernel: loops are plain loops, a reduction is the value itself and
/// a barrier is nothing.
///
/// A row kernel is a trivially copyable function object written over any team:
///
///     struct row_sum {
///       using shared = acsl::no_shared;               // or a trivially copyable struct, contents undefined at entry
///       float const* x; float* out; acsl::index_t columns;
///       template <class Team>
///       ACSL_HOST_DEVICE void operator()(Team& team, shared&, acsl::index_t row) const {
///         float sum = 0;
///         team.for_each(columns, [&](acsl::index_t j) { sum += x[row * columns + j]; });
///         sum = team.reduce(sum, acsl::plus{});       // every member gets the result; includes a barrier
///         if (team.rank() == 0) out[row] = sum;
///       }
///     };
///     exec.for_each_row(rows, row_sum{…});
///
/// `Team::size_at_least` is what is known of the size when the kernel is compiled. A kernel may wish for a size with a
/// member `static constexpr int team_size` (a multiple of 32; a GPU grants it), and must be right for any.
///
/// Other teams with the same members: `block_team` (a CUDA block) and the tests' `thread_team`.
class solo_team {
 public:
  static constexpr int size_at_least = 1;
  [[nodiscard]] ACSL_HOST_DEVICE constexpr int rank() const { return 0; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr int size() const { return 1; }
  ACSL_HOST_DEVICE constexpr void sync() const {}
  /// f(i) for every i in [0, n), n below 2^31, spread over the members; no barrier.
  template <class F>
  ACSL_LEAF void for_each(index_t n, F&& f) const {
    detail::walk_in_lanes(
        n, detail::nothing_to_prepare{}, [&](index_t i, int) ACSL_ALWAYS_INLINE { f(i); }, [] {});
  }
  /// op over the members' values, the same result in every member. @pre op is associative and commutative
  template <class T, class Op>
  ACSL_HOST_DEVICE constexpr T reduce(T value, Op) const {
    return value;
  }
};

/// Function objects for reductions, usable on host and device.
struct plus {
  template <class T>
  ACSL_LEAF constexpr T operator()(T a, T b) const {
    return a + b;
  }
};
struct maximum {
  template <class T>
  ACSL_LEAF constexpr T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};
struct minimum {
  template <class T>
  ACSL_LEAF constexpr T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

/// A member's share of op over f(i), i in [0, n): what `team.reduce` completes. f is called as by `team.for_each` and
/// may write element i of arrays. A team of one has a lane for every index modulo 16 and adds the lanes in pairs: the
/// same bits on every instruction set.
/// @param neutral of op
/// @param prepare a team of one calls prepare(first, end) before f of those indices, at most 256
template <class T, class Team, class F, class Op, class Prepare = detail::nothing_to_prepare>
ACSL_LEAF T share_of(Team& team, index_t n, T neutral, Op op, F&& f, Prepare&& prepare = {}) {
  if constexpr (std::same_as<Team, solo_team>) {
    T lane[detail::lane_count];
    for (T& one : lane) one = neutral;
    detail::walk_in_lanes(
        n, prepare, [&](index_t i, int l) ACSL_ALWAYS_INLINE { lane[l] = op(lane[l], static_cast<T>(f(i))); }, [] {});
    return detail::combine_lanes(lane, op);
  } else {
    T result = neutral;
    team.for_each(n, [&](index_t i) { result = op(result, static_cast<T>(f(i))); });
    return result;
  }
}

}  // namespace acsl
