// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/simd.hpp>
#include <acsl/core/shape.hpp>

namespace acsl::detail {

/// The tile of a product that stays in registers: tile_rows x tile_columns accumulators.
inline constexpr int tile_rows = vector_registers == 32 ? 12 : vector_width == 8 ? 6 : 4;
inline constexpr int tile_columns = 2 * vector_width;

/// tile[i, j] = Σ_k a[k, i] · b[k, j]: a is a packed panel of tile_rows numbers a step, b has tile_columns of them.
/// @param b, tile 64-byte aligned; their rows begin `b_stride` and `tile_stride` floats apart, multiples of
///                tile_columns; the tile is overwritten
ACSL_FUSED_KERNEL inline void micro_kernel(index_t steps, float const* __restrict a, float const* __restrict b,
                                           index_t b_stride, float* __restrict tile, index_t tile_stride) {
  ACSL_FUSED_PRODUCTS
  using vector = float_vector;
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
