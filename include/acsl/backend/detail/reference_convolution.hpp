// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/finish.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/tensor_view.hpp>
#include <vector>

namespace acsl::detail {

/// Calls f(input position, weight position, output position) for every product of the convolution, output by output.
template <class F>
void for_each_product(convolution_geometry const& g, shape const& input, shape const& output, F f) {
  index_t const in_group = g.in_channels / g.groups, out_group = g.out_channels / g.groups;
  for (index_t n = 0; n < output[0]; ++n)
    for (index_t k = 0; k < output[1]; ++k)
      for (index_t y = 0; y < output[2]; ++y)
        for (index_t x = 0; x < output[3]; ++x)
          for (index_t c = 0; c < in_group; ++c)
            for (index_t i = 0; i < g.kernel; ++i)
              for (index_t j = 0; j < g.kernel; ++j) {
                index_t const v = y * g.stride - g.padding + i, u = x * g.stride - g.padding + j;
                if (v < 0 || v >= input[2] || u < 0 || u >= input[3]) continue;
                index_t const channel = k / out_group * in_group + c;
                f(((n * input[1] + channel) * input[2] + v) * input[3] + u,
                  ((k * in_group + c) * g.kernel + i) * g.kernel + j,
                  ((n * output[1] + k) * output[2] + y) * output[3] + x);
              }
}

inline void reference_convolve(convolution_geometry const& g, tensor_view<float const> input,
                               tensor_view<float const> weight, tensor_view<float> output, epilogue const& last) {
  g.expect(input.extents(), weight.extents(), output.extents());
  std::vector<double> sums(static_cast<std::size_t>(output.size()));
  for_each_product(g, input.extents(), output.extents(), [&](index_t in, index_t w, index_t out) {
    sums[static_cast<std::size_t>(out)] += double{input[in]} * double{weight[w]};
  });
  index_t const plane = output.extent(2) * output.extent(3);
  for (index_t i = 0; i < output.size(); ++i)
    output[i] = finish(last, sums[static_cast<std::size_t>(i)], i / plane % output.extent(1), i % plane, i);
}

inline void reference_convolve_backward_data(convolution_geometry const& g, tensor_view<float const> output_gradient,
                                             tensor_view<float const> weight, tensor_view<float> input_gradient) {
  g.expect(input_gradient.extents(), weight.extents(), output_gradient.extents());
  std::vector<double> sums(static_cast<std::size_t>(input_gradient.size()));
  for_each_product(g, input_gradient.extents(), output_gradient.extents(), [&](index_t in, index_t w, index_t out) {
    sums[static_cast<std::size_t>(in)] += double{output_gradient[out]} * double{weight[w]};
  });
  for (index_t i = 0; i < input_gradient.size(); ++i)
    input_gradient[i] = static_cast<float>(sums[static_cast<std::size_t>(i)]);
}

inline void reference_convolve_backward_weights(convolution_geometry const& g, tensor_view<float const> input,
                                                tensor_view<float const> output_gradient,
                                                tensor_view<float> weight_gradient) {
  g.expect(input.extents(), weight_gradient.extents(), output_gradient.extents());
  std::vector<double> sums(weight_gradient.begin(), weight_gradient.end());
  for_each_product(g, input.extents(), output_gradient.extents(), [&](index_t in, index_t w, index_t out) {
    sums[static_cast<std::size_t>(w)] += double{input[in]} * double{output_gradient[out]};
  });
  for (index_t i = 0; i < weight_gradient.size(); ++i)
    weight_gradient[i] = static_cast<float>(sums[static_cast<std::size_t>(i)]);
}

}  // namespace acsl::detail
