// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>

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
  /// f(i) for every i in [0, n), spread over the members; no barrier.
  template <class F>
  ACSL_HOST_DEVICE constexpr void for_each(index_t n, F&& f) const {
    for (index_t i = 0; i < n; ++i) f(i);
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
  ACSL_HOST_DEVICE constexpr T operator()(T a, T b) const {
    return a + b;
  }
};
struct maximum {
  template <class T>
  ACSL_HOST_DEVICE constexpr T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};
struct minimum {
  template <class T>
  ACSL_HOST_DEVICE constexpr T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

}  // namespace acsl
