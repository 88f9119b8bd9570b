// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cub/block/block_reduce.cuh>
#include <nv/target>

#include <acsl/backend/team.hpp>

namespace acsl {

namespace detail {

template <int Size, class T, class Op>
__device__ T reduce_block(T value, Op op) {
  using reducer = cub::BlockReduce<T, Size>;
  __shared__ typename reducer::TempStorage storage;
  __shared__ T result;
  T const sum = reducer(storage).Reduce(value, op);
  if (threadIdx.x == 0) result = sum;
  __syncthreads();
  T const answer = result;
  __syncthreads();  // before the next reduction writes storage and result
  return answer;
}

}  // namespace detail

/// The team of team.hpp that is a block of `Size` CUDA threads. Reductions are CUB's: the same bits every time.
template <int Size>
class block_team {
  static_assert(Size > 0 && Size <= 1024 && Size % 32 == 0, "acsl::block_team: a multiple of 32, at most 1024");

 public:
  static constexpr int size_at_least = Size;

  [[nodiscard]] ACSL_HOST_DEVICE int rank() const {
    NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return static_cast<int>(threadIdx.x);), (return 0;))
  }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr int size() const { return Size; }
  ACSL_HOST_DEVICE void sync() const { NV_IF_TARGET(NV_IS_DEVICE, (__syncthreads();)) }
  template <class F>
  ACSL_HOST_DEVICE void for_each(index_t n, F&& f) const {
    for (index_t i = rank(); i < n; i += Size) f(i);
  }
  template <class T, class Op>
  ACSL_HOST_DEVICE T reduce(T value, Op op) const {
    NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return detail::reduce_block<Size>(value, op);), (return value;))
  }
};

}  // namespace acsl
