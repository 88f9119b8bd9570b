// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/weave.hpp>
#include <acsl/backend/detail/winograd_transform.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>

namespace acsl::detail::winograd {

inline constexpr int block = 64;  ///< tiles that are transformed side by side: the lanes of every loop

/// The tiles of all images of a map, row by row, image by image: tile (y, x) makes outputs (4y … 4y + 3, 4x … 4x + 3).
struct tile_grid {
  index_t images, height, width;  // of the inputs
  index_t out_height, out_width, padding;
  index_t rows = (out_height + outputs - 1) / outputs, columns = (out_width + outputs - 1) / outputs;

  [[nodiscard]] index_t tiles() const { return images * rows * columns; }
  [[nodiscard]] index_t blocks() const { return (tiles() + block - 1) / block; }
  [[nodiscard]] index_t live(index_t b) const { return std::min<index_t>(block, tiles() - b * block); }
};

/// Tiles of a block that are neighbours in one row of tiles.
struct tile_run {
  index_t image, y, x, count, at;  // at: place of the first in the block
};

/// visit(tile_run) for the runs of block b.
template <class Visit>
void for_each_run(tile_grid const& grid, index_t b, Visit&& visit) {
  index_t const live = grid.live(b);
  for (index_t at = 0; at < live;) {
    index_t const tile = b * block + at, x = tile % grid.columns, row = tile / grid.columns;
    index_t const count = std::min(grid.columns - x, live - at);
    visit(tile_run{row / grid.rows, row % grid.rows, x, count, at});
    at += count;
  }
}

/// A number for every tile of a block and every place of a tile: [6, 6, block] inputs and products, [4, 4, block]
/// outputs.
template <int Side>
struct alignas(64) tile_lanes {
  float at[Side][Side][block];
};

/// Asks for `count` floats before they are needed: rows of a map are too short for a processor to see them coming.
template <int Write>
inline void prefetch(float const* from, index_t count) {
#if defined(__GNUC__)
  for (index_t i = 0; i < count; i += 16) __builtin_prefetch(from + i, Write, 2);
#endif
}

inline void prefetch_inputs(tile_grid const& grid, tile_run const& run, float const* plane) {
  index_t const left = std::max<index_t>(0, run.x * outputs - grid.padding);
  index_t const right = std::min(grid.width, (run.x + run.count) * outputs + 2);
  for (index_t v = run.y * outputs - grid.padding, end = std::min(v + inputs, grid.height); v < end; ++v)
    if (v >= 0) prefetch<0>(plane + v * grid.width + left, right - left);
}

/// The inputs that a run's tiles see, 0 outside the map. @param plane one channel of the run's image
inline void gather_tiles(tile_grid const& grid, tile_run const& run, float const* plane, tile_lanes<inputs>& to) {
  index_t const left = run.x * outputs - grid.padding;  // column of the first tile's first input
  // Tiles [begin, end) see columns inside the map alone.
  index_t const begin = std::min(run.count, left < 0 ? (outputs - 1 - left) / outputs : 0);
  index_t const room = grid.width - inputs - left;
  index_t const end = std::max(begin, std::min(run.count, room < 0 ? 0 : room / outputs + 1));
  for (int i = 0; i < inputs; ++i) {
    index_t const v = run.y * outputs - grid.padding + i;
    float* const lanes[inputs] = {to.at[i][0] + run.at, to.at[i][1] + run.at, to.at[i][2] + run.at,
                                  to.at[i][3] + run.at, to.at[i][4] + run.at, to.at[i][5] + run.at};
    if (v < 0 || v >= grid.height) {
      for (float* lane : lanes) std::fill(lane, lane + run.count, 0.0F);
      continue;
    }
    float const* const line = plane + v * grid.width;
    auto const one = [&](index_t t) {
      for (int j = 0; j < inputs; ++j) {
        index_t const u = left + t * outputs + j;
        lanes[j][t] = u >= 0 && u < grid.width ? line[u] : 0.0F;
      }
    };
    for (index_t t = 0; t < begin; ++t) one(t);
    for (index_t t = end; t < run.count; ++t) one(t);
    if (begin == end) continue;
    float const* const from = line + left;
    unweave(from + outputs * begin, end - begin, lanes[0] + begin, lanes[1] + begin, lanes[2] + begin,
            lanes[3] + begin);
    for (int j = 0; j < 2; ++j)  // a tile's last two columns are its neighbour's first
      std::copy(lanes[j] + begin + 1, lanes[j] + end, lanes[outputs + j] + begin);
    lanes[4][end - 1] = from[4 * end];
    lanes[5][end - 1] = from[4 * end + 1];
  }
}

/// The output gradients that a run's tiles make, 0 beyond the map. @param plane one filter of the run's image
inline void gather_outputs(tile_grid const& grid, tile_run const& run, float const* plane, tile_lanes<outputs>& to) {
  index_t const left = run.x * outputs, whole = std::min(run.count, (grid.out_width - left) / outputs);
  for (int i = 0; i < outputs; ++i) {
    index_t const v = run.y * outputs + i;
    float* const lanes[outputs] = {to.at[i][0] + run.at, to.at[i][1] + run.at, to.at[i][2] + run.at,
                                   to.at[i][3] + run.at};
    if (v >= grid.out_height) {
      for (float* lane : lanes) std::fill(lane, lane + run.count, 0.0F);
      continue;
    }
    float const* const line = plane + v * grid.out_width + left;
    unweave(line, whole, lanes[0], lanes[1], lanes[2], lanes[3]);
    for (index_t t = whole; t < run.count; ++t)
      for (int j = 0; j < outputs; ++j) lanes[j][t] = left + 4 * t + j < grid.out_width ? line[4 * t + j] : 0.0F;
  }
}

/// transform(columns of a tile), then transform(rows), of all tiles of a block; row i and column j of the result begin
/// at to + (i · To + j) · stride.
template <int From, int To, class Transform>
inline void transform_tiles(float const* from, index_t from_stride, float* to, index_t to_stride,
                            Transform const& transform) {
  alignas(64) float once[To][From][block];
  for (int j = 0; j < From; ++j) {
    float const* const x = from + j * from_stride;
    ACSL_INDEPENDENT_ITERATIONS
    for (int t = 0; t < block; ++t) {
      float column[From], result[To];
#pragma GCC unroll 8
      for (int i = 0; i < From; ++i) column[i] = x[i * From * from_stride + t];
      transform(column, result);
#pragma GCC unroll 8
      for (int i = 0; i < To; ++i) once[i][j][t] = result[i];
    }
  }
  for (int i = 0; i < To; ++i) {
    float* const y = to + i * To * to_stride;
    ACSL_INDEPENDENT_ITERATIONS
    for (int t = 0; t < block; ++t) {
      float row[From], result[To];
#pragma GCC unroll 8
      for (int j = 0; j < From; ++j) row[j] = once[i][j][t];
      transform(row, result);
#pragma GCC unroll 8
      for (int j = 0; j < To; ++j) y[j * to_stride + t] = result[j];
    }
  }
}

}  // namespace acsl::detail::winograd
