// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/packing.hpp>
#include <algorithm>
#include <vector>

namespace acsl::detail {

/// The input lines of one group that a strip of output lines reads, with zeros around, so that loops over pixels need
/// no conditions. With a stride s every line is s lines of its columns 0, s, 2s …, 1, s + 1 …: what neighbouring
/// outputs read lies side by side.
struct padded_lines {
  static constexpr index_t strip = 4;                ///< output lines at a time
  static constexpr index_t wide = 3 * vector_width;  ///< output columns at a time
  convolution_geometry geometry;
  index_t channels, height, width, out_width;  // of one group
  index_t out_columns = panels(out_width, wide) * wide;
  index_t phase = out_columns + geometry.kernel / geometry.stride + 1;  // floats from one phase of a line to the next
  index_t lines = (strip - 1) * geometry.stride + geometry.kernel;
  index_t line = phase * geometry.stride;

  padded_lines(convolution_geometry const& g, index_t input_height, index_t input_width)
      : geometry(g),
        channels(g.in_channels / g.groups),
        height(input_height),
        width(input_width),
        out_width(g.output_extent(input_width)) {}

  [[nodiscard]] index_t size() const { return channels * lines * line; }
  /// Where the taps (c, i, j) of output column 0 of the strip's line 0 lie.
  [[nodiscard]] std::vector<index_t> taps() const {
    std::vector<index_t> result;
    for (index_t c = 0; c < channels; ++c)
      for (index_t i = 0; i < geometry.kernel; ++i)
        for (index_t j = 0; j < geometry.kernel; ++j)
          result.push_back((c * lines + i) * line + j % geometry.stride * phase + j / geometry.stride);
    return result;
  }
  /// Where the strip's output line r begins to read.
  [[nodiscard]] index_t of_line(index_t r) const { return r * geometry.stride * line; }

  /// @param from the group's maps of one image
  /// @param to   `size()` floats
  void fill(index_t first_output_line, float const* from, float* to) const {
    index_t const s = geometry.stride, top = first_output_line * s - geometry.padding;
    for (index_t c = 0; c < channels; ++c)
      for (index_t i = 0; i < lines; ++i)
        for (index_t q = 0; q < s; ++q) {
          float* const out = to + (c * lines + i) * line + q * phase;
          index_t const v = top + i;
          if (v < 0 || v >= height) {
            std::fill(out, out + phase, 0.0F);
            continue;
          }
          float const* const in = from + (c * height + v) * width;
          index_t const u = q - geometry.padding;  // of element 0
          index_t const begin = std::min(phase, u < 0 ? (s - 1 - u) / s : 0);
          index_t const end = std::clamp<index_t>((width - u + s - 1) / s, begin, phase);
          std::fill(out, out + begin, 0.0F);
          if (s == 1) std::copy(in + u + begin, in + u + end, out + begin);
          else
            for (index_t x = begin; x < end; ++x) out[x] = in[u + x * s];
          std::fill(out + end, out + phase, 0.0F);
        }
  }
};

}  // namespace acsl::detail
