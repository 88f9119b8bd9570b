// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/finish.hpp>
#include <acsl/backend/detail/micro_kernel.hpp>
#include <acsl/backend/detail/packing.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/tensor.hpp>
#include <algorithm>

namespace acsl::detail {

/// Adds a tile of the product to C, or stores it, and applies the epilogue when it is the last. C is read before it is
/// written: it may be the epilogue's addend, where it is the only tile of its place.
/// @param row0, column0 position in C of the tile's first element
ACSL_LEAF void merge_tile(float* tile, float* c, index_t ldc, index_t row0, index_t column0, index_t rows,
                          index_t columns, bool add, epilogue const* last) {
  for (index_t i = 0; i < rows; ++i) {
    float* to = c + (row0 + i) * ldc + column0;
    float* v = tile + i * tile_columns;
    if (add)
      for (index_t j = 0; j < columns; ++j) v[j] += to[j];
    if (last) finish_row(*last, row0 + i, column0, (row0 + i) * ldc + column0, v, columns);
    for (index_t j = 0; j < columns; ++j) to[j] = v[j];
  }
}

/// Whether the product must not be stored over the addend in parts: C is the addend, and more than one block of the
/// inner dimension passes over it.
inline bool needs_own_addend(epilogue const& last, float const* c, index_t k) {
  return last.addend == c && last.addend != nullptr && k > inner_block;
}

template <class Exec>
tensor<float> copy_of(Exec& exec, float const* x, index_t size) {
  tensor<float> result({size}, exec.memory());
  exec.copy(tensor_view<float const>(x, {size}), result.view());
  return result;
}

/// Rows [panel0, panel1) · tile_rows and columns [n0, n1) of C = A · B, one thread.
///
/// @param packed_a as `pack_rows` leaves it, for all m rows
/// @param pack_b   pack_b(k0, steps, n0, n1, to): writes B[k0 … k0 + steps, n0 … n1] to `to`, panel after panel, each
///                 tile_columns floats a step, zero beyond the last column
/// @param scratch  inner_block · (n1 − n0 rounded up to tile_columns) floats, 64-byte aligned
template <class PackB>
void product_block(index_t m, index_t k, float const* packed_a, index_t panel0, index_t panel1, index_t n0, index_t n1,
                   PackB const& pack_b, float* scratch, float* c, index_t ldc, bool accumulate, epilogue const& last) {
  alignas(64) float tile[tile_rows * tile_columns];
  index_t const rows = panels(m, tile_rows) * tile_rows;
  for (index_t first = 0; first < k || first == 0; first += inner_block) {
    index_t const steps = std::min(inner_block, k - first);
    pack_b(first, steps, n0, n1, scratch);
    bool const final = first + steps >= k;
    for (index_t panel = panel0; panel < panel1; ++panel) {
      float const* a = packed_a + first * rows + panel * tile_rows * steps;
      for (index_t j = n0; j < n1; j += tile_columns) {
        micro_kernel(steps, a, scratch + (j - n0) * steps, tile_columns, tile, tile_columns);
        index_t const rows_left = m - panel * tile_rows, columns_left = n1 - j;
        bool const add = accumulate || first > 0;
        if (rows_left >= tile_rows && columns_left >= tile_columns)  // extents that the compiler knows
          merge_tile(tile, c, ldc, panel * tile_rows, j, tile_rows, tile_columns, add, final ? &last : nullptr);
        else
          merge_tile(tile, c, ldc, panel * tile_rows, j, std::min<index_t>(tile_rows, rows_left),
                     std::min<index_t>(tile_columns, columns_left), add, final ? &last : nullptr);
      }
    }
  }
}

/// How a product's result is cut into tasks: blocks of columns and, where those are few, of row panels. Depends on the
/// shape alone, so that the bits do not depend on the number of threads.
struct product_blocks {
  index_t columns, row_panels;  // of one task
  index_t column_tasks, row_tasks;

  /// @param wanted tasks, about
  product_blocks(index_t m, index_t n, index_t wanted = 8) {
    index_t const widest = 16 * tile_columns;
    columns = std::min(widest, panels(panels(n, wanted), tile_columns) * tile_columns);
    columns = std::max<index_t>(columns, std::min<index_t>(4 * tile_columns, panels(n, tile_columns) * tile_columns));
    column_tasks = panels(n, columns);
    index_t const all = panels(m, tile_rows);
    index_t const splits = std::max<index_t>(1, std::min(all, wanted / std::max<index_t>(1, column_tasks)));
    row_panels = panels(all, splits);
    row_tasks = panels(all, row_panels);
  }
  [[nodiscard]] index_t tasks() const { return column_tasks * row_tasks; }
};

/// C = A · B with A packed and B packed on the fly, over all threads.
template <class Exec, class PackB>
void packed_product(Exec& exec, index_t m, index_t n, index_t k, float const* packed_a, PackB pack_b, float* c,
                    index_t ldc, bool accumulate, epilogue const& last) {
  product_blocks const blocks(m, n);
  exec.parallel_for(blocks.tasks(), [&, m, n, k](index_t task) {
    index_t const n0 = task % blocks.column_tasks * blocks.columns, n1 = std::min(n, n0 + blocks.columns);
    index_t const p0 = task / blocks.column_tasks * blocks.row_panels;
    index_t const p1 = std::min(panels(m, tile_rows), p0 + blocks.row_panels);
    tensor<float> scratch({inner_block * panels(n1 - n0, tile_columns) * tile_columns}, exec.memory());
    product_block(m, k, packed_a, p0, p1, n0, n1, pack_b, scratch.data(), c, ldc, accumulate, last);
  });
}

}  // namespace acsl::detail
