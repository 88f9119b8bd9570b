// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/winograd_convolution.hpp>

namespace acsl::detail {

namespace winograd {

/// A y Aᵀ of filters [first, end) of block b, laid out as `transform_inputs` does.
inline void transform_outputs_back(tile_grid const& grid, index_t b, index_t filters, index_t first, index_t end,
                                   float const* gradient, float* to, index_t stride, index_t place_stride) {
  tile_lanes<outputs> lanes = {};
  index_t const plane = grid.out_height * grid.out_width;
  for (index_t f = first; f < end; ++f) {
    for_each_run(grid, b, [&](tile_run const& run) {
      gather_outputs(grid, run, gradient + (run.image * filters + f) * plane, lanes);
    });
    transform_tiles<outputs, inputs>(lanes.at[0][0], block, to + f * stride, place_stride,
                                     [](float const(&x)[outputs], float(&y)[inputs])
                                         ACSL_ALWAYS_INLINE { transform_output_back(x, y); });
  }
}

/// Adds Gᵀ u G to the gradient of one filter's weights. @param u [36] rows of channels, `stride` apart
inline void add_weights_back(index_t channels, float const* u, index_t stride, float* gradient) {
  constexpr index_t lanes = 16;
  float place[inputs][inputs][lanes] = {}, once[3][inputs][lanes], result[3][3][lanes];
  for (index_t first = 0; first < channels; first += lanes) {
    index_t const live = std::min(lanes, channels - first);
    for (int p = 0; p < places; ++p) std::copy_n(u + p * stride + first, live, place[p / inputs][p % inputs]);
    for (int j = 0; j < inputs; ++j) {
      ACSL_INDEPENDENT_ITERATIONS
      for (index_t l = 0; l < lanes; ++l) {
        float const column[inputs] = {place[0][j][l], place[1][j][l], place[2][j][l],
                                      place[3][j][l], place[4][j][l], place[5][j][l]};
        float y[3];
        transform_weights_back(column, y);
        once[0][j][l] = y[0];
        once[1][j][l] = y[1];
        once[2][j][l] = y[2];
      }
    }
    for (int i = 0; i < 3; ++i) {
      ACSL_INDEPENDENT_ITERATIONS
      for (index_t l = 0; l < lanes; ++l) {
        float const row[inputs] = {once[i][0][l], once[i][1][l], once[i][2][l],
                                   once[i][3][l], once[i][4][l], once[i][5][l]};
        float y[3];
        transform_weights_back(row, y);
        result[i][0][l] = y[0];
        result[i][1][l] = y[1];
        result[i][2][l] = y[2];
      }
    }
    for (index_t l = 0; l < live; ++l)
      for (int i = 0; i < 9; ++i) gradient[(first + l) * 9 + i] += result[i / 3][i % 3][l];
  }
}

}  // namespace winograd

/// The gradient of a 3x3 convolution with stride 1 by its weights, as the adjoint of F(4x4, 3x3):
///
///     dW += Gᵀ [ Σ over tiles (A dY Aᵀ) ⊙ (Bᵀ d B) ] G
///
/// For each of 36 places a product [filters, tiles] · [tiles, channels]; the tiles come in chunks, one after the other:
/// the same bits on any number of threads.
template <class Exec>
void winograd_backward_weights(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                               tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) {
  using namespace winograd;
  index_t const channels = g.in_channels, filters = g.out_channels;
  tile_grid const grid = grid_of(g, input.extents());
  index_t const together = std::min<index_t>(inner_block / block, grid.blocks()), chunk = together * block;  // tiles
  index_t const padded_rows = panels(filters, tile_rows) * tile_rows;
  tensor<float> seen({places, channels, chunk}, exec.memory()), wanted({places, filters, chunk}, exec.memory());
  tensor<float> products({places, filters, channels}, exec.memory());
  index_t const part = 32, input_parts = panels(channels, part), output_parts = panels(filters, part);
  for (index_t first = 0; first < grid.blocks(); first += together) {
    index_t const blocks = std::min(together, grid.blocks() - first), tiles = blocks * block;
    exec.parallel_for(blocks * (input_parts + output_parts), [&](index_t task) {
      index_t const b = task % blocks, p = task / blocks;
      if (p < input_parts)
        transform_inputs(grid, first + b, channels, p * part, std::min(channels, (p + 1) * part), input.data(),
                         seen.data() + b * block, chunk, channels * chunk);
      else
        transform_outputs_back(grid, first + b, filters, (p - input_parts) * part,
                               std::min(filters, (p - input_parts + 1) * part), output_gradient.data(),
                               wanted.data() + b * block, chunk, filters * chunk);
    });
    exec.parallel_for(places, [&](index_t place) {
      tensor<float> rows({padded_rows * tiles}, exec.memory()), scratch({tiles * 16 * tile_columns}, exec.memory());
      for (index_t panel = 0; panel < panels(filters, tile_rows); ++panel)
        pack_panel(panel, filters, tiles, wanted.data() + place * filters * chunk, chunk, transpose::no, rows.data());
      float* const to = products.data() + place * filters * channels;
      for (index_t n = 0; n < channels; n += 16 * tile_columns)
        product_block(filters, tiles, rows.data(), 0, panels(filters, tile_rows), n,
                      std::min<index_t>(channels, n + 16 * tile_columns),
                      packed_columns{seen.data() + place * channels * chunk, chunk}, scratch.data(), to, channels,
                      first > 0, epilogue{});
    });
  }
  exec.parallel_for(filters, [&](index_t f) {
    add_weights_back(channels, products.data() + f * channels, filters * channels,
                     weight_gradient.data() + f * channels * 9);
  });
}

}  // namespace acsl::detail
