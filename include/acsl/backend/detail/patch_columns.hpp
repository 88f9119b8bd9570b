// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/packing.hpp>
#include <cstdint>

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
    index_t const area = kernel * kernel;
    if (kernel > largest_kernel) {
      for (index_t s = 0; s < steps; ++s, to += tile_columns) {
        row(k0 + s, column, count, to);
        for (index_t t = count; t < tile_columns; ++t) to[t] = 0;
      }
      return;
    }
    tile_places places;
    find_places(column, count, places);
    index_t channel = k0 / area, at = k0 % area;
    for (index_t s = 0; s < steps; ++s, to += tile_columns) {
      float const* plane = input + channel * height * width;
      std::int32_t const* place = places.place + at * tile_columns;
      std::int32_t const* inside = places.inside + at * tile_columns;
      if (places.one_run[at]) __builtin_memcpy(to, plane + place[0], tile_columns * sizeof(float));
      else
        for (int t = 0; t < tile_columns; ++t) {
          float const value = plane[place[t]];  // a valid place also where it is not wanted
          to[t] = inside[t] ? value : 0.0F;
        }
      if (++at == area) at = 0, ++channel;
    }
  }

 private:
  static constexpr index_t largest_kernel = 7;  // of those that tables are made for
  /// Where in its plane each element of a tile of columns lies, for every (i, j); the same for all channels.
  struct tile_places {
    static constexpr index_t most = largest_kernel * largest_kernel;
    alignas(64) std::int32_t place[most * tile_columns], inside[most * tile_columns];
    bool one_run[most];  // the whole tile is one piece of memory
  };
  void find_places(index_t column, index_t count, tile_places& out) const {
    std::int32_t top[tile_columns], left[tile_columns];
    index_t y = column / output_width, x = column % output_width;
    for (int t = 0; t < tile_columns; ++t) {
      top[t] = static_cast<std::int32_t>(t < count ? y * stride - padding : -kernel);
      left[t] = static_cast<std::int32_t>(x * stride - padding);
      if (++x == output_width) x = 0, ++y;
    }
    auto const h = static_cast<std::int32_t>(height), w = static_cast<std::int32_t>(width);
    auto const k = static_cast<std::int32_t>(kernel);
    for (std::int32_t i = 0, at = 0; i < k; ++i)
      for (std::int32_t j = 0; j < k; ++j, ++at) {
        std::int32_t* place = out.place + at * tile_columns;
        std::int32_t* inside = out.inside + at * tile_columns;
        std::int32_t run = 1;
        for (int t = 0; t < tile_columns; ++t) {
          std::int32_t const v = top[t] + i, u = left[t] + j;
          inside[t] = v >= 0 && v < h && u >= 0 && u < w;
          place[t] = inside[t] ? v * w + u : 0;
          run &= inside[t] & static_cast<std::int32_t>(place[t] == place[0] + t);
        }
        out.one_run[at] = run != 0;
      }
  }
};

/// The transpose: the inner dimension are the pixels, columns are (c, i, j).
struct patch_rows {
  patch_columns patches;
  void operator()(index_t k0, index_t steps, index_t column, index_t count, float* to) const {
    constexpr index_t piece = 128;
    alignas(64) float lines[tile_columns * piece];
    for (index_t first = 0; first < steps; first += piece) {
      index_t const n = steps - first < piece ? steps - first : piece;
      for (index_t j = 0; j < count; ++j) patches.row(column + j, k0 + first, n, lines + j * piece);
      transpose_lines(lines, piece, count, n, to + first * tile_columns, tile_columns);
    }
    for (index_t j = count; j < tile_columns; ++j)
      for (index_t s = 0; s < steps; ++s) to[s * tile_columns + j] = 0;
  }
};

}  // namespace acsl::detail
