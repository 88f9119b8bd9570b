// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/finish.hpp>
#include <acsl/backend/detail/packed_product.hpp>
#include <acsl/backend/detail/winograd_tiles.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/tensor_view.hpp>

namespace acsl::detail {

/// Whether a convolution is faster, and as good as exact, by tiles of 4 x 4 outputs. Depends on the shape alone.
inline bool suits_winograd(convolution_geometry const& g, shape const& input) {
  index_t const pixels = g.output_extent(input[2]) * g.output_extent(input[3]);
  return g.kernel == 3 && g.stride == 1 && g.groups == 1 && g.padding <= 2 && g.in_channels >= 16 &&
         g.out_channels >= 16 && input[0] * pixels >= 128;
}

namespace winograd {

inline tile_grid grid_of(convolution_geometry const& g, shape const& input) {
  return {input[0], input[2], input[3], g.output_extent(input[2]), g.output_extent(input[3]), g.padding};
}

/// G g Gᵀ of every pair of channels, packed for the micro kernel: [36, panels of filters, in, tile_rows].
template <class Exec>
tensor<float> pack_weights(Exec& exec, index_t filters, index_t channels, float const* weight) {
  index_t const count = panels(filters, tile_rows), panel_size = channels * tile_rows;
  tensor<float> packed({places * count * panel_size}, exec.memory());
  float* const to = packed.data();
  exec.parallel_for(count, [=](index_t panel) {
    index_t const live = std::min<index_t>(tile_rows, filters - panel * tile_rows);
    alignas(64) float g[3][3][tile_rows] = {}, once[inputs][3][tile_rows];
    for (index_t c = 0; c < channels; ++c) {
      for (index_t f = 0; f < live; ++f) {
        float const* from = weight + ((panel * tile_rows + f) * channels + c) * 9;
        for (int i = 0; i < 9; ++i) g[i / 3][i % 3][f] = from[i];
      }
      for (int j = 0; j < 3; ++j) {
        ACSL_INDEPENDENT_ITERATIONS
        for (int f = 0; f < tile_rows; ++f) {
          float const column[3] = {g[0][j][f], g[1][j][f], g[2][j][f]};
          float result[inputs];
          transform_weights(column, result);
#pragma GCC unroll 8
          for (int i = 0; i < inputs; ++i) once[i][j][f] = result[i];
        }
      }
      for (int i = 0; i < inputs; ++i) {
        float* const out = to + ((i * inputs * count + panel) * channels + c) * tile_rows;
        ACSL_INDEPENDENT_ITERATIONS
        for (int f = 0; f < tile_rows; ++f) {
          float const row[3] = {once[i][0][f], once[i][1][f], once[i][2][f]};
          float result[inputs];
          transform_weights(row, result);
#pragma GCC unroll 8
          for (int j = 0; j < inputs; ++j) out[j * count * panel_size + f] = result[j];
        }
      }
    }
  });
  return packed;
}

/// Bᵀ d B of channels [first, end) of block b, place by place; channel c of a place begins at to + c · stride, the next
/// place `place_stride` behind it.
inline void transform_inputs(tile_grid const& grid, index_t b, index_t channels, index_t first, index_t end,
                             float const* input, float* to, index_t stride, index_t place_stride) {
  tile_lanes<inputs> lanes = {};
  for (index_t c = first; c < end; ++c) {
    for_each_run(grid, b, [&](tile_run const& run) {
      float const* const plane = input + (run.image * channels + c) * grid.height * grid.width;
      if (c + 1 < end) prefetch_inputs(grid, run, plane + grid.height * grid.width);
      gather_tiles(grid, run, plane, lanes);
    });
    transform_tiles<inputs, inputs>(lanes.at[0][0], block, to + c * stride, place_stride,
                                    [](float const(&x)[inputs], float(&y)[inputs])
                                        ACSL_ALWAYS_INLINE { transform_input(x, y); });
  }
}

/// Aᵀ m A of one filter, finished, to the outputs of a block's tiles. @param products [36] rows, `stride` apart
inline void transform_outputs(tile_grid const& grid, index_t b, index_t filter, index_t filters, float const* products,
                              index_t stride, float* output, epilogue const& last) {
  tile_lanes<outputs> lanes;
  for (int place = 0; place < places; ++place) prefetch<0>(products + place * stride + block, block);
  transform_tiles<inputs, outputs>(products, stride, lanes.at[0][0], block,
                                   [](float const(&x)[inputs], float(&y)[outputs])
                                       ACSL_ALWAYS_INLINE { transform_output(x, y); });
  for_each_run(grid, b, [&](tile_run const& run) {
    alignas(64) float line[outputs * block];
    index_t const width = std::min(run.count * outputs, grid.out_width - run.x * outputs);
    for (int i = 0; i < outputs && run.y * outputs + i < grid.out_height; ++i) {
      auto const& made = lanes.at[i];
      weave(made[0] + run.at, made[1] + run.at, made[2] + run.at, made[3] + run.at, run.count, line);
      index_t const column = (run.y * outputs + i) * grid.out_width + run.x * outputs;
      index_t const position = (run.image * filters + filter) * grid.out_height * grid.out_width + column;
      prefetch<1>(output + position + grid.out_height * grid.out_width, width);
      finish_row(last, filter, column, position, line, width);
      std::copy(line, line + width, output + position);
    }
  });
}

}  // namespace winograd

/// A 3x3 convolution with stride 1 by F(4x4, 3x3): for each of 36 places a product [filters, channels] · [channels,
/// tiles], for blocks of tiles side by side, and of filters where those are few.
///
/// @note a quarter of the products; what a direct sum in float gives to 1.4e-6 of its size (winograd_transform.hpp)
template <class Exec>
void winograd_convolve(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                       tensor_view<float const> weight, tensor_view<float> output, epilogue const& last) {
  using namespace winograd;
  index_t const channels = g.in_channels, filters = g.out_channels, count = panels(filters, tile_rows);
  tile_grid const grid = grid_of(g, input.extents());
  auto const packed = winograd::pack_weights(exec, filters, channels, weight.data());
  index_t const wanted = 8, narrowest = 8;  // tasks; panels of filters in one
  index_t const parts = std::clamp<index_t>(wanted / grid.blocks(), 1, std::max<index_t>(1, count / narrowest));
  index_t const share = panels(count, parts);
  exec.parallel_for(grid.blocks() * parts, [&](index_t task) {
    index_t const b = task / parts, first = task % parts * share, end = std::min(count, first + share);
    if (first >= end) return;
    index_t const rows = (end - first) * tile_rows, columns = panels(grid.live(b), tile_columns) * tile_columns;
    tensor<float> inputs_of_block({places * channels * block}, exec.memory());
    tensor<float> products({places * rows * block}, exec.memory());
    transform_inputs(grid, b, channels, 0, channels, input.data(), inputs_of_block.data(), block, channels * block);
    for (int place = 0; place < places; ++place)
      for (index_t panel = first; panel < end; ++panel)
        for (index_t j = 0; j < columns; j += tile_columns)
          micro_kernel(channels, packed.data() + (place * count + panel) * channels * tile_rows,
                       inputs_of_block.data() + place * channels * block + j, block,
                       products.data() + (place * rows + (panel - first) * tile_rows) * block + j, block);
    for (index_t f = first * tile_rows; f < std::min(filters, end * tile_rows); ++f)
      transform_outputs(grid, b, f, filters, products.data() + (f - first * tile_rows) * block, rows * block,
                        output.data(), last);
  });
}

}  // namespace acsl::detail
