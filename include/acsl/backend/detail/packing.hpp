// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/micro_kernel.hpp>
#include <acsl/backend/detail/weave.hpp>
#include <acsl/backend/gemm.hpp>
#include <algorithm>

/// How operands of a product are laid out for `micro_kernel`.
namespace acsl::detail {

/// Steps of the inner dimension that a packed panel of B covers: 256 · tile_columns floats stay in the first-level
/// cache.
inline constexpr index_t inner_block = 256;

inline constexpr index_t panels(index_t extent, index_t width) { return (extent + width - 1) / width; }

/// to[s · to_stride + i] = from[i · stride + s] for `lines` lines of `steps` floats: by four lines at a time, whose
/// numbers are woven together by SIMD code, since single floats at large strides are slow.
inline void transpose_lines(float const* from, index_t stride, index_t lines, index_t steps, float* to,
                            index_t to_stride) {
  constexpr index_t piece = 64;
  alignas(64) float woven[4 * piece];
  index_t i = 0;
  for (; i + 4 <= lines; i += 4) {
    float const *l0 = from + i * stride, *l1 = l0 + stride, *l2 = l1 + stride, *l3 = l2 + stride;
    for (index_t first = 0; first < steps; first += piece) {
      index_t const count = std::min(piece, steps - first);
      weave(l0 + first, l1 + first, l2 + first, l3 + first, count, woven);
      float* out = to + first * to_stride + i;
      for (index_t s = 0; s < count; ++s, out += to_stride) __builtin_memcpy(out, woven + 4 * s, 4 * sizeof(float));
    }
  }
  for (; i < lines; ++i)
    for (index_t s = 0; s < steps; ++s) to[s * to_stride + i] = from[i * stride + s];
}

/// One panel of A, see `pack_rows`.
inline void pack_panel(index_t panel, index_t m, index_t k, float const* a, index_t stride, transpose turned,
                       float* packed) {
  index_t const rows = panels(m, tile_rows) * tile_rows, row = panel * tile_rows;
  index_t const live = std::min<index_t>(tile_rows, m - row);
  for (index_t first = 0; first < k; first += inner_block) {
    index_t const steps = std::min(inner_block, k - first);
    float* to = packed + first * rows + row * steps;
    if (turned == transpose::no) transpose_lines(a + row * stride + first, stride, live, steps, to, tile_rows);
    else
      for (index_t s = 0; s < steps; ++s) std::copy_n(a + (first + s) * stride + row, live, to + s * tile_rows);
    if (live < tile_rows)
      for (index_t s = 0; s < steps; ++s) std::fill(to + s * tile_rows + live, to + (s + 1) * tile_rows, 0.0F);
  }
}

/// A packed for the micro kernel: for every block of the inner dimension, panels of tile_rows rows, step by step; rows
/// beyond the last are 0. Panels are packed side by side.
///
/// @param a      [m, k], or with `transpose::yes` [k, m], rows `stride` apart
/// @param packed panels(m, tile_rows) · tile_rows · k floats
template <class Exec>
void pack_rows(Exec& exec, index_t m, index_t k, float const* a, index_t stride, transpose turned, float* packed) {
  exec.parallel_for(panels(m, tile_rows), [=](index_t panel) { pack_panel(panel, m, k, a, stride, turned, packed); });
}

/// B whose rows lie in memory, `stride` apart. Copies line by line, which memory likes better than panel by panel.
struct packed_lines {
  float const* b;
  index_t stride;
  void operator()(index_t k0, index_t steps, index_t n0, index_t n1, float* to) const {
    index_t const whole = (n1 - n0) / tile_columns, left = n1 - n0 - whole * tile_columns;
    for (index_t s = 0; s < steps; ++s) {
      float const* from = b + (k0 + s) * stride + n0;
      float* panel = to + s * tile_columns;
      for (index_t p = 0; p < whole; ++p, from += tile_columns, panel += steps * tile_columns)
        __builtin_memcpy(panel, from, tile_columns * sizeof(float));
      if (left == 0) continue;
      for (index_t j = 0; j < left; ++j) panel[j] = from[j];
      for (index_t j = left; j < tile_columns; ++j) panel[j] = 0;
    }
  }
};

/// B that is packed panel by panel: pack(k0, steps, column, count, to) writes one, zero beyond `count` columns.
template <class Pack>
auto by_panel(Pack pack) {
  return [pack](index_t k0, index_t steps, index_t n0, index_t n1, float* to) {
    for (index_t j = n0; j < n1; j += tile_columns)
      pack(k0, steps, j, std::min<index_t>(tile_columns, n1 - j), to + (j - n0) * steps);
  };
}

/// B whose columns lie in memory, `stride` apart.
struct packed_columns {
  float const* b;
  index_t stride;
  void operator()(index_t k0, index_t steps, index_t n0, index_t n1, float* to) const {
    for (index_t j = n0; j < n1; j += tile_columns, to += steps * tile_columns) {
      index_t const live = std::min<index_t>(tile_columns, n1 - j);
      transpose_lines(b + j * stride + k0, stride, live, steps, to, tile_columns);
      if (live < tile_columns)
        for (index_t s = 0; s < steps; ++s) std::fill(to + s * tile_columns + live, to + (s + 1) * tile_columns, 0.0F);
    }
  }
};

}  // namespace acsl::detail
