// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>

namespace acsl {

/// Geometry of a 2-d convolution (cross-correlation), square kernel, zero padding, dilation 1.
/// Input [N, in, H, W], weight [out, in / groups, kernel, kernel], output [N, out, H', W'], all NCHW row-major float32.
struct convolution_geometry {
  index_t in_channels = 0, out_channels = 0;
  index_t kernel = 1, stride = 1, padding = 0, groups = 1;

  /// H' = floor((H + 2·padding − kernel) / stride) + 1, likewise W'.
  [[nodiscard]] index_t output_extent(index_t input_extent) const {
    return (input_extent + 2 * padding - kernel) / stride + 1;
  }
  /// Whether an output pixel reads one input pixel, that at its own place: a product of matrices.
  [[nodiscard]] bool pointwise() const { return kernel == 1 && stride == 1 && padding == 0; }
  [[nodiscard]] shape weight_shape() const { return {out_channels, in_channels / groups, kernel, kernel}; }
  [[nodiscard]] shape output_shape(shape const& input) const {
    return {input[0], out_channels, output_extent(input[2]), output_extent(input[3])};
  }
  /// @throws acsl::error when the numbers make no convolution, or `input` does not fit.
  void expect_input(shape const& input) const {
    ACSL_EXPECTS(input.rank() == 4, "a convolution takes [N, C, H, W]", input);
    ACSL_EXPECTS(input[1] == in_channels, "the input has the convolution's input channels", input, in_channels);
    ACSL_EXPECTS(groups > 0 && in_channels % groups == 0 && out_channels % groups == 0,
                 "groups divide input and output channels", groups, in_channels, out_channels);
    ACSL_EXPECTS(kernel > 0 && stride > 0 && padding >= 0, "kernel and stride are positive", kernel, stride, padding);
    ACSL_EXPECTS(input[2] + 2 * padding >= kernel && input[3] + 2 * padding >= kernel,
                 "the padded input holds at least one kernel", input, kernel, padding);
  }
  /// @throws acsl::error when the numbers make no convolution, or one of the arrays does not fit.
  void expect(shape const& input, shape const& weight, shape const& output) const {
    expect_input(input);
    ACSL_EXPECTS(weight == weight_shape(), "weights are [out, in / groups, kernel, kernel]", weight, weight_shape());
    ACSL_EXPECTS(output == output_shape(input), "the output is [N, out, H', W']", output, output_shape(input));
  }
};

}  // namespace acsl
