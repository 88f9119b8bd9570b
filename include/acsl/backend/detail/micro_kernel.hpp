// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>

namespace acsl::detail {

/// Floats in a vector register of the machine this is compiled for, and the tile of a product that stays in registers:
/// tile_rows x tile_columns accumulators.
#if defined(__AVX512F__)
inline constexpr int vector_width = 16, tile_rows = 12;
#elif defined(__AVX__)
inline constexpr int vector_width = 8, tile_rows = 6;
#else
inline constexpr int vector_width = 4, tile_rows = 4;
#endif
inline constexpr int tile_columns = 2 * vector_width;

/// tile[i, j] = Σ_k a[k, i] · b[k, j] over packed panels: a holds tile_rows numbers a step, b tile_columns.
///
/// Products are fused with their additions here and only here (the rest of the library is compiled without
/// contraction). Written with compiler vectors, so that it is the same code for AVX-512, AVX2, SSE and NEON.
/// @param b 64-byte aligned
/// @param tile [tile_rows, tile_columns], 64-byte aligned, overwritten
#if !defined(__clang__)
__attribute__((noinline, optimize("fp-contract=fast")))
#else
__attribute__((noinline))
#endif
inline void
micro_kernel(index_t steps, float const* __restrict a, float const* __restrict b, float* __restrict tile) {
#if defined(__clang__)
#  pragma clang fp contract(fast)
#endif
  typedef float vector __attribute__((vector_size(vector_width * sizeof(float))));
  vector left[tile_rows], right[tile_rows];
#pragma GCC unroll 16
  for (int i = 0; i < tile_rows; ++i) left[i] = right[i] = vector{};
  for (index_t k = 0; k < steps; ++k) {
    vector const b0 = *reinterpret_cast<vector const*>(b), b1 = *reinterpret_cast<vector const*>(b + vector_width);
#pragma GCC unroll 16
    for (int i = 0; i < tile_rows; ++i) {
      left[i] += a[i] * b0;
      right[i] += a[i] * b1;
    }
    a += tile_rows;
    b += tile_columns;
  }
#pragma GCC unroll 16
  for (int i = 0; i < tile_rows; ++i) {
    *reinterpret_cast<vector*>(tile + i * tile_columns) = left[i];
    *reinterpret_cast<vector*>(tile + i * tile_columns + vector_width) = right[i];
  }
}

}  // namespace acsl::detail
