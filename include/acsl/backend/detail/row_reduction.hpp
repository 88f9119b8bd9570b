// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/fixed_chunks.hpp>
#include <acsl/backend/team.hpp>
#include <acsl/core/tensor.hpp>
#include <utility>

namespace acsl::detail {

template <class T>
struct element_of {
  T* data;
  ACSL_HOST_DEVICE auto operator()(index_t i) const { return data[i]; }
};

/// A value that may be absent, so that members of a team without elements need no neutral element.
template <class T>
struct maybe {
  T value;
  bool there;
};
template <class Op>
struct join_maybe {
  Op op;
  template <class T>
  ACSL_HOST_DEVICE maybe<T> operator()(maybe<T> const& a, maybe<T> const& b) const {
    if (!a.there) return b;
    if (!b.there) return a;
    return {op(a.value, b.value), true};
  }
};

/// partial[row] = op over f(i) for i in chunk `row`.
template <class T, class F, class Op>
struct reduce_chunks {
  using shared = no_shared;
  static constexpr int team_size = 256;
  F f;
  Op op;
  fixed_chunks chunks;
  T* partial;

  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t row) const {
    index_t const begin = chunks.begin(row);
    maybe<T> sum{T{}, false};
    team.for_each(chunks.end(row) - begin, [&](index_t i) {
      sum = join_maybe<Op>{op}(sum, maybe<T>{static_cast<T>(f(begin + i)), true});
    });
    sum = team.reduce(sum, join_maybe<Op>{op});
    if (team.rank() == 0) partial[row] = sum.value;
  }
};

/// op over init and f(i), i in [0, n), in an order that depends on n and the size of a team alone.
template <class Exec, class F, class T, class Op>
T row_reduction(Exec const& exec, index_t n, F f, T init, Op op) {
  if (n <= 0) return init;
  fixed_chunks chunks{n, reduction_chunk};
  tensor<T> partial({chunks.count()}, exec.memory());
  exec.for_each_row(chunks.count(), reduce_chunks<T, F, Op>{f, op, chunks, partial.data()});
  while (chunks.count() > 1) {
    chunks = {chunks.count(), reduction_chunk};
    tensor<T> next({chunks.count()}, exec.memory());
    exec.for_each_row(chunks.count(), reduce_chunks<T, element_of<T const>, Op>{element_of<T const>{partial.data()}, op,
                                                                                chunks, next.data()});
    partial = std::move(next);
  }
  return op(init, exec.value_at(std::as_const(partial).data()));
}

}  // namespace acsl::detail
