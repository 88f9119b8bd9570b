// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>

namespace acsl::detail {

/// [0, n) in chunks whose limits depend on n alone, never on the number of threads.
struct fixed_chunks {
  index_t n, chunk;

  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t count() const { return (n + chunk - 1) / chunk; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t begin(index_t i) const { return i * chunk; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t end(index_t i) const {
    return (i + 1) * chunk < n ? (i + 1) * chunk : n;
  }
};

inline constexpr index_t reduction_chunk = 4096;

/// op over f(i), i in [begin, end), end > begin: eight partial results, one for each i − begin modulo 8, then a tree.
/// @pre op is associative and commutative, up to rounding
ACSL_EXEC_CHECK_DISABLE
template <class T, class F, class Op>
ACSL_HOST_DEVICE T reduce_chunk(index_t begin, index_t end, F const& f, Op const& op) {
  if (end - begin < 16) {
    T result = static_cast<T>(f(begin));
    for (index_t i = begin + 1; i < end; ++i) result = op(result, static_cast<T>(f(i)));
    return result;
  }
  T lanes[8] = {static_cast<T>(f(begin)),     static_cast<T>(f(begin + 1)), static_cast<T>(f(begin + 2)),
                static_cast<T>(f(begin + 3)), static_cast<T>(f(begin + 4)), static_cast<T>(f(begin + 5)),
                static_cast<T>(f(begin + 6)), static_cast<T>(f(begin + 7))};
  index_t i = begin + 8;
  for (; i + 8 <= end; i += 8)
    for (int lane = 0; lane < 8; ++lane) lanes[lane] = op(lanes[lane], static_cast<T>(f(i + lane)));
  for (int lane = 0; i < end; ++i, ++lane) lanes[lane] = op(lanes[lane], static_cast<T>(f(i)));
  for (int step = 4; step > 0; step /= 2)
    for (int lane = 0; lane < step; ++lane) lanes[lane] = op(lanes[lane], lanes[lane + step]);
  return lanes[0];
}

}  // namespace acsl::detail
