// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>

namespace acsl::detail {

/// Floats in a vector register of the machine this is compiled for, how many registers there are, and the tile of a
/// product that stays in them: tile_rows x tile_columns accumulators.
#if defined(__AVX512F__)
inline constexpr int vector_width = 16, vector_registers = 32, tile_rows = 12;
#elif defined(__AVX__)
inline constexpr int vector_width = 8, vector_registers = 16, tile_rows = 6;
#elif defined(__aarch64__)
inline constexpr int vector_width = 4, vector_registers = 32, tile_rows = 12;
#else
inline constexpr int vector_width = 4, vector_registers = 16, tile_rows = 4;
#endif
inline constexpr int tile_columns = 2 * vector_width;

/// tile[i, j] = Σ_k a[k, i] · b[k, j]: a is a packed panel of tile_rows numbers a step, b has tile_columns of them.
///
/// Products are fused with their additions here and only here (the rest of the library is compiled without
/// contraction). Written with compiler vectors, so that it is the same code for AVX-512, AVX2, SSE and NEON.
/// @param b, tile 64-byte aligned; their rows begin `b_stride` and `tile_stride` floats apart, multiples of
///                tile_columns; the tile is overwritten
#if !defined(__clang__)
__attribute__((noinline, optimize("fp-contract=fast")))
#else
__attribute__((noinline))
#endif
inline void
micro_kernel(index_t steps, float const* __restrict a, float const* __restrict b, index_t b_stride,
             float* __restrict tile, index_t tile_stride) {
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
    b += b_stride;
  }
#pragma GCC unroll 16
  for (int i = 0; i < tile_rows; ++i) {
    *reinterpret_cast<vector*>(tile + i * tile_stride) = left[i];
    *reinterpret_cast<vector*>(tile + i * tile_stride + vector_width) = right[i];
  }
}

}  // namespace acsl::detail
