// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/finish.hpp>
#include <acsl/backend/detail/packing.hpp>
#include <acsl/backend/detail/padded_lines.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/tensor.hpp>
#include <algorithm>
#include <vector>

namespace acsl::detail {

/// Whether a convolution has so few channels in a group that a matrix product would be mostly empty.
inline bool suits_direct(convolution_geometry const& g) {
  return g.groups > 1 && g.in_channels / g.groups <= 32 && g.out_channels / g.groups <= 32 && g.kernel <= 7;
}

/// sums[f, x] = Σ_t weights[t, f] · input[taps[t] + x] for 3 · vector_width columns x.
template <int Filters>
ACSL_FUSED_KERNEL void direct_kernel(index_t const* taps, index_t count, float const* input, float const* weights,
                                     float* sums) {
  ACSL_FUSED_PRODUCTS
  using vector = float_vector;
  using anywhere = float_vector_anywhere;
  vector a[Filters], b[Filters], c[Filters];
#pragma GCC unroll 8
  for (int f = 0; f < Filters; ++f) a[f] = b[f] = c[f] = vector{};
  for (index_t t = 0; t < count; ++t, weights += Filters) {
    float const* const x = input + taps[t];
    vector const x0 = *reinterpret_cast<anywhere const*>(x), x1 = *reinterpret_cast<anywhere const*>(x + vector_width),
                 x2 = *reinterpret_cast<anywhere const*>(x + 2 * vector_width);
#pragma GCC unroll 8
    for (int f = 0; f < Filters; ++f) {
      a[f] += weights[f] * x0;
      b[f] += weights[f] * x1;
      c[f] += weights[f] * x2;
    }
  }
#pragma GCC unroll 8
  for (int f = 0; f < Filters; ++f) {
    auto* const to = reinterpret_cast<vector*>(sums + f * padded_lines::wide);
    to[0] = a[f];
    to[1] = b[f];
    to[2] = c[f];
  }
}

/// Filters that `direct_kernel` takes at a time, and the kernel.
struct direct_step {
  index_t filters;
  void (*kernel)(index_t const*, index_t, float const*, float const*, float*);

  static direct_step of(index_t left) {
    if (vector_registers >= 32 && left >= 8) return {8, direct_kernel<8>};
    if (left >= 4) return {4, direct_kernel<4>};
    if (left >= 2) return {2, direct_kernel<2>};
    return {1, direct_kernel<1>};
  }
};

/// Weights as `direct_kernel` reads them: for each group and each step of filters [taps, filters].
inline std::vector<float> direct_weights(convolution_geometry const& g, float const* weight) {
  index_t const filters = g.out_channels / g.groups, taps = g.in_channels / g.groups * g.kernel * g.kernel;
  std::vector<float> result;
  result.reserve(static_cast<std::size_t>(g.out_channels * taps));
  for (index_t group = 0; group < g.groups; ++group)
    for (index_t f = 0, step = 0; f < filters; f += step) {
      step = direct_step::of(filters - f).filters;
      for (index_t t = 0; t < taps; ++t)
        for (index_t i = 0; i < step; ++i) result.push_back(weight[(group * filters + f + i) * taps + t]);
    }
  return result;
}

/// A convolution of few channels a group, tap by tap: images, groups and strips of lines side by side.
template <class Exec>
void direct_convolve(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                     tensor_view<float const> weight, tensor_view<float> output, epilogue const& last) {
  padded_lines const lines(g, input.extent(2), input.extent(3));
  index_t const filters = g.out_channels / g.groups, height = output.extent(2), width = output.extent(3);
  index_t const strips = panels(height, padded_lines::strip);
  auto const taps = lines.taps();
  auto const count = static_cast<index_t>(taps.size());
  auto const weights = direct_weights(g, weight.data());
  exec.parallel_for(input.extent(0) * g.groups * strips, [&](index_t task) {
    index_t const map = task / strips, group = map % g.groups, first = task % strips * padded_lines::strip;
    tensor<float> scratch({lines.size()}, exec.memory());
    lines.fill(first, input.data() + map * lines.channels * lines.height * lines.width, scratch.data());
    alignas(64) float sums[8 * padded_lines::wide];
    for (index_t r = 0; r < padded_lines::strip && first + r < height; ++r)
      for (index_t f = 0, step = 0; f < filters; f += step) {
        auto const [many, kernel] = direct_step::of(filters - f);
        step = many;
        for (index_t x = 0; x < width; x += padded_lines::wide) {
          kernel(taps.data(), count, scratch.data() + lines.of_line(r) + x,
                 weights.data() + (group * filters + f) * count, sums);
          index_t const live = std::min(padded_lines::wide, width - x), column = (first + r) * width + x;
          for (index_t i = 0; i < step; ++i) {
            index_t const row = group * filters + f + i;
            index_t const position = (map * filters + f + i) * height * width + column;
            finish_row(last, row, column, position, sums + i * padded_lines::wide, live);
            std::copy(sums + i * padded_lines::wide, sums + i * padded_lines::wide + live, output.data() + position);
          }
        }
      }
  });
}

}  // namespace acsl::detail
