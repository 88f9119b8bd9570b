// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/nn/detail/lane_sum.hpp>
#include <acsl/nn/elementwise.hpp>
#include <string>

namespace acsl {

/// Options of a convolution; kernels are square, padding is zero, dilation is 1.
struct conv2d_options {
  index_t in_channels = 0, out_channels = 0;
  index_t kernel = 1, stride = 1, padding = 0, groups = 1;
  bool bias = false;
};

/// 2-d convolution (cross-correlation) of [N, in, H, W] with `weight` [out, in / groups, kernel, kernel] and an
/// optional `bias` [out].
class conv2d {
 public:
  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
  };

  explicit conv2d(conv2d_options options, memory_resource* memory = host_heap())
      : geometry_{options.in_channels, options.out_channels, options.kernel,
                  options.stride,      options.padding,      options.groups},
        weight_(geometry_.weight_shape(), memory) {
    ACSL_EXPECTS(options.in_channels > 0 && options.out_channels > 0, "a convolution has input and output channels",
                 options.in_channels, options.out_channels);
    ACSL_EXPECTS(
        options.groups > 0 && options.in_channels % options.groups == 0 && options.out_channels % options.groups == 0,
        "groups divide input and output channels", options.groups, options.in_channels, options.out_channels);
    if (options.bias) bias_ = parameter({options.out_channels}, memory);
  }

  [[nodiscard]] convolution_geometry const& geometry() const { return geometry_; }
  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] bool has_bias() const { return !bias_.value.empty(); }
  /// One for every product, and for every element to which the bias is added.
  [[nodiscard]] index_t multiply_adds(shape const& input) const {
    index_t const products = weight_.value.size() / weight_.extents()[0];
    return geometry_.output_shape(input).elements() * (products + (has_bias() ? 1 : 0));
  }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    return infer(exec, x);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x, fuse_relu relu = fuse_relu::no) const {
    epilogue last;
    last.relu = relu == fuse_relu::yes;
    return infer(exec, x, last);
  }
  /// With an epilogue of the caller's, for example a folded norm. The bias, where there is one, must not be asked for
  /// twice.
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x, epilogue last) const {
    geometry_.expect_input(x.extents());
    tensor<float> y(geometry_.output_shape(x.extents()), exec.memory());
    if (has_bias()) {
      ACSL_EXPECTS(last.row_shift == nullptr, "a convolution with a bias takes no other shift");
      last.row_shift = bias_.value.data();
    }
    exec.convolve(geometry_, x, weight_.value.view(), y.view(), last);
    return y;
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    if (weight_.trainable)
      exec.convolve_backward_weights(geometry_, ctx.input, output_gradient, weight_.gradient_to_add_to());
    if (has_bias() && bias_.trainable) {
      index_t const images = output_gradient.extent(0), channels = output_gradient.extent(1);
      index_t const plane = output_gradient.extent(2) * output_gradient.extent(3);
      float const* g = output_gradient.data();
      float* sum = bias_.gradient_to_add_to().data();
      exec.for_each(
          channels,
          [=] ACSL_HOST_DEVICE(index_t c) {
            double total = 0;
            for (index_t n = 0; n < images; ++n)
              total += detail::lane_sum(plane, [=](index_t i) { return g[(n * channels + c) * plane + i]; });
            sum[c] += static_cast<float>(total);
          },
          static_cast<double>(images * plane));
    }
    if (!input_gradient) return {};
    tensor<float> result(ctx.input.extents(), exec.memory());
    exec.convolve_backward_data(geometry_, output_gradient, weight_.value.view(), result.view());
    return result;
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "weight", weight_);
    if (has_bias()) visit(prefix + "bias", bias_);
  }

 private:
  convolution_geometry geometry_;
  parameter weight_, bias_;
};

}  // namespace acsl
