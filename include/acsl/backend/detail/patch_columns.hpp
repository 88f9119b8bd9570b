// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/micro_kernel.hpp>

namespace acsl::detail {

/// The matrix whose columns are the patches that a convolution reads, without storing it. Row (c, i, j) and column (y,
/// x) hold input[c, y · stride − padding + i, x · stride − padding + j], 0 outside the map.
struct patch_columns {
  float const* input;  // [C, H, W] of one image and group
  index_t height, width, kernel, stride, padding, output_height, output_width;

  /// Elements (row, column … column + count) of one row to `to`.
  void row(index_t row, index_t column, index_t count, float* to) const {
    index_t const area = kernel * kernel, channel = row / area, i = row % area / kernel, j = row % kernel;
    float const* plane = input + channel * height * width;
    index_t y = column / output_width, x = column % output_width;
    while (count > 0) {
      index_t const run = output_width - x < count ? output_width - x : count;
      index_t const v = y * stride - padding + i;
      if (v < 0 || v >= height) {
        for (index_t t = 0; t < run; ++t) to[t] = 0;
      } else {
        float const* line = plane + v * width;
        index_t const u = x * stride - padding + j;  // of the first element
        // Elements [begin, end) of the run lie inside the line.
        index_t begin = u < 0 ? (-u + stride - 1) / stride : 0;
        index_t end = u >= width ? 0 : (width - 1 - u) / stride + 1;
        if (end > run) end = run;
        if (begin > end) begin = end;
        for (index_t t = 0; t < begin; ++t) to[t] = 0;
        if (stride == 1)
          for (index_t t = begin; t < end; ++t) to[t] = line[u + t];
        else
          for (index_t t = begin; t < end; ++t) to[t] = line[u + t * stride];
        for (index_t t = end; t < run; ++t) to[t] = 0;
      }
      to += run;
      count -= run;
      x = 0;
      ++y;
    }
  }

  /// As B of a product whose inner dimension are the rows: for `product_block`.
  void operator()(index_t k0, index_t steps, index_t column, index_t count, float* to) const {
    index_t const y = column / output_width, x = column % output_width, area = kernel * kernel;
    index_t channel = k0 / area, i = k0 % area / kernel, j = k0 % kernel;
    bool const one_line = stride == 1 && count == tile_columns && x + tile_columns <= output_width;
    for (index_t s = 0; s < steps; ++s, to += tile_columns) {
      index_t const v = y - padding + i, u = x - padding + j;
      if (one_line && v >= 0 && v < height && u >= 0 && u + tile_columns <= width) {
        __builtin_memcpy(to, input + (channel * height + v) * width + u, tile_columns * sizeof(float));
      } else {
        row(k0 + s, column, count, to);
        for (index_t t = count; t < tile_columns; ++t) to[t] = 0;
      }
      if (++j == kernel) {
        j = 0;
        if (++i == kernel) i = 0, ++channel;
      }
    }
  }
};

/// The transpose: the inner dimension are the pixels, columns are (c, i, j).
struct patch_rows {
  patch_columns patches;
  void operator()(index_t k0, index_t steps, index_t column, index_t count, float* to) const {
    float line[512];
    for (index_t j = 0; j < count; ++j)
      for (index_t first = 0; first < steps; first += 512) {
        index_t const n = steps - first < 512 ? steps - first : 512;
        patches.row(column + j, k0 + first, n, line);
        for (index_t s = 0; s < n; ++s) to[(first + s) * tile_columns + j] = line[s];
      }
    for (index_t j = count; j < tile_columns; ++j)
      for (index_t s = 0; s < steps; ++s) to[s * tile_columns + j] = 0;
  }
};

}  // namespace acsl::detail
