// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/gemm.hpp>
#include <acsl/nn/conv2d.hpp>
#include <acsl/nn/relu.hpp>
#include <string>
#include <utility>

namespace acsl {

/// A convolution without bias, a norm, and optionally an addend and a relu: y = relu(norm(conv(x)) + addend). The unit
/// that residual networks are made of. At inference a norm that folds rides in the convolution's epilogue.
template <class Norm>
class conv_norm {
 public:
  struct context {
    conv2d::context conv;
    tensor<float> between;  ///< the convolution's output, which the norm's backward reads
    typename Norm::context norm;
    tensor_view<float const> output;  ///< after the relu; kept alive by the caller
  };

  conv_norm(conv2d_options options, typename Norm::options_type norm, memory_resource* memory)
      : conv_(options, memory), norm_(options.out_channels, norm, memory) {}

  [[nodiscard]] conv2d& conv() { return conv_; }
  [[nodiscard]] Norm& norm() { return norm_; }

  /// visit(name, layer, shape of its input) for the convolution and the norm. @return the shape of the output
  template <class Visitor>
  shape for_each_layer(std::string const& conv_name, std::string const& norm_name, shape const& input,
                       Visitor&& visit) const {
    visit(conv_name, conv_, input);
    shape const output = conv_.geometry().output_shape(input);
    visit(norm_name, norm_, output);
    return output;
  }

  /// @param addend empty, or of the output's shape
  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx, fuse_relu relu,
                        tensor_view<float const> addend = {}) {
    ctx.between = conv_.forward(exec, x, ctx.conv);
    auto y = norm_.forward(exec, ctx.between.view(), ctx.norm);
    finish(exec, y.view(), addend, relu);
    ctx.output = relu == fuse_relu::yes ? y.view() : tensor_view<float>();
    return y;
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x, fuse_relu relu,
                      tensor_view<float const> addend = {}) const {
    if constexpr (Norm::folds) {
      auto const folded = norm_.fold(exec);
      epilogue last;
      last.row_scale = folded.data();
      last.row_shift = folded.data() + norm_.channels();
      last.addend = addend.empty() ? nullptr : addend.data();
      last.relu = relu == fuse_relu::yes;
      return conv_.infer(exec, x, last);
    } else {
      auto const between = conv_.infer(exec, x);
      auto y = norm_.infer(exec, between.view());
      finish(exec, y.view(), addend, relu);
      return y;
    }
  }
  /// @param output_gradient of what lies behind the relu, where there is one
  /// @param addend_gradient receives the gradient of the addend, which is that of the sum; may be null
  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true, tensor<float>* addend_gradient = nullptr) {
    tensor<float> masked;
    if (!ctx.output.empty()) {
      relu::context after{ctx.output};
      masked = relu{}.backward(exec, output_gradient, after);
      output_gradient = masked.view();
    }
    auto const between = norm_.backward(exec, output_gradient, ctx.norm);
    ctx.between = {};
    auto result = conv_.backward(exec, between.view(), ctx.conv, input_gradient);
    if (addend_gradient) *addend_gradient = masked.empty() ? clone(exec, output_gradient) : std::move(masked);
    return result;
  }

 private:
  template <backend Backend>
  static void finish(Backend& exec, tensor_view<float> y, tensor_view<float const> addend, fuse_relu relu) {
    float* out = y.data();
    if (!addend.empty()) {
      float const* other = addend.data();
      bool const clamp = relu == fuse_relu::yes;
      exec.for_each(
          y.size(),
          [=] ACSL_HOST_DEVICE(index_t i) {
            float const v = out[i] + other[i];
            out[i] = clamp && v < 0 ? 0.0F : v;
          },
          0.5);
    } else if (relu == fuse_relu::yes) {
      exec.for_each(
          y.size(), [=] ACSL_HOST_DEVICE(index_t i) { out[i] = out[i] < 0 ? 0.0F : out[i]; }, 0.5);
    }
  }

  conv2d conv_;
  Norm norm_;
};

}  // namespace acsl
