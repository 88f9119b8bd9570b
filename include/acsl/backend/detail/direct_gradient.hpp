// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/direct_convolution.hpp>

namespace acsl::detail {

/// sums[f, t] = Σ_x gradient[f, x] · input[taps[t] + x] over `blocks` · vector_width columns x and `lines` lines, lane
/// by lane: [Filters, Taps, vector_width], added to.
template <int Filters, int Taps>
ACSL_FUSED_KERNEL void direct_gradient_kernel(index_t lines, index_t blocks, float const* gradient,
                                              index_t filter_stride, index_t gradient_line, float const* input,
                                              index_t const* taps, index_t input_line, float* sums) {
  ACSL_FUSED_PRODUCTS
  using vector = float_vector;
  using anywhere = float_vector_anywhere;
  vector sum[Filters][Taps];
#pragma GCC unroll 8
  for (int f = 0; f < Filters; ++f)
#pragma GCC unroll 8
    for (int t = 0; t < Taps; ++t) sum[f][t] = reinterpret_cast<vector*>(sums)[f * Taps + t];
  for (index_t r = 0; r < lines; ++r)
    for (index_t b = 0; b < blocks; ++b) {
      float const* const g = gradient + r * gradient_line + b * vector_width;
      float const* const x = input + r * input_line + b * vector_width;
      vector seen[Filters];
#pragma GCC unroll 8
      for (int f = 0; f < Filters; ++f) seen[f] = *reinterpret_cast<anywhere const*>(g + f * filter_stride);
#pragma GCC unroll 8
      for (int t = 0; t < Taps; ++t) {
        vector const tap = *reinterpret_cast<anywhere const*>(x + taps[t]);
#pragma GCC unroll 8
        for (int f = 0; f < Filters; ++f) sum[f][t] += seen[f] * tap;
      }
    }
#pragma GCC unroll 8
  for (int f = 0; f < Filters; ++f)
#pragma GCC unroll 8
    for (int t = 0; t < Taps; ++t) reinterpret_cast<vector*>(sums)[f * Taps + t] = sum[f][t];
}

/// Gradient by the weights of a convolution of few channels a group, tap by tap; groups side by side, each over its
/// images and strips in order.
template <class Exec>
void direct_backward_weights(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                             tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) {
  constexpr int filters_of_step = vector_registers >= 32 ? 4 : 2, taps_of_step = vector_registers >= 32 ? 6 : 4;
  padded_lines const lines(g, input.extent(2), input.extent(3));
  index_t const filters = g.out_channels / g.groups, height = output_gradient.extent(2),
                width = output_gradient.extent(3), images = input.extent(0);
  index_t const blocks = panels(width, vector_width), gradient_line = blocks * vector_width;
  index_t const filter_steps = panels(filters, filters_of_step), filter_stride = padded_lines::strip * gradient_line;
  auto taps = lines.taps();
  auto const count = static_cast<index_t>(taps.size());
  index_t const tap_steps = panels(count, taps_of_step);
  taps.resize(static_cast<std::size_t>(tap_steps * taps_of_step), 0);  // steps are whole; what is too much is not used
  constexpr index_t tile = index_t{filters_of_step} * taps_of_step * vector_width;
  exec.parallel_for(g.groups, [&](index_t group) {
    tensor<float> scratch({lines.size()}, exec.memory());
    tensor<float> gradient({filter_steps * filters_of_step * filter_stride}, exec.memory());
    tensor<float> sums({filter_steps * tap_steps * tile}, exec.memory());
    std::fill_n(sums.data(), sums.size(), 0.0F);
    std::fill_n(gradient.data(), gradient.size(), 0.0F);
    for (index_t image = 0; image < images; ++image)
      for (index_t first = 0; first < height; first += padded_lines::strip) {
        index_t const map = image * g.groups + group, live = std::min(padded_lines::strip, height - first);
        lines.fill(first, input.data() + map * lines.channels * lines.height * lines.width, scratch.data());
        for (index_t f = 0; f < filters; ++f)
          for (index_t r = 0; r < live; ++r)  // the columns behind a line stay 0
            std::copy_n(output_gradient.data() + ((map * filters + f) * height + first + r) * width, width,
                        gradient.data() + f * filter_stride + r * gradient_line);
        for (index_t f = 0; f < filter_steps; ++f)
          for (index_t t = 0; t < tap_steps; ++t)
            direct_gradient_kernel<filters_of_step, taps_of_step>(
                live, blocks, gradient.data() + f * filters_of_step * filter_stride, filter_stride, gradient_line,
                scratch.data(), taps.data() + t * taps_of_step, lines.of_line(1),
                sums.data() + (f * tap_steps + t) * tile);
      }
    for (index_t f = 0; f < filters; ++f)
      for (index_t t = 0; t < count; ++t) {
        float const* lane = sums.data() + (f / filters_of_step * tap_steps + t / taps_of_step) * tile +
                            (f % filters_of_step * taps_of_step + t % taps_of_step) * vector_width;
        float sum = 0;
        for (int l = 0; l < vector_width; ++l) sum += lane[l];
        weight_gradient.data()[(group * filters + f) * count + t] += sum;
      }
  });
}

}  // namespace acsl::detail
