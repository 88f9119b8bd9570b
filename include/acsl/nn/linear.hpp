// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/nn/detail/affine.hpp>
#include <acsl/nn/elementwise.hpp>
#include <string>

namespace acsl {

struct linear_options {
  index_t in = 0, out = 0;
};

/// y[R, out] = x[R, in] · weightᵀ + bias, `weight` [out, in], `bias` [out]. R may be 0.
class linear {
 public:
  using options_type = linear_options;

  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
  };

  explicit linear(linear_options options, memory_resource* memory = host_heap())
      : weight_({options.out, options.in}, memory), bias_({options.out}, memory) {
    ACSL_EXPECTS(options.in > 0 && options.out > 0, "a linear layer has inputs and outputs", options.in, options.out);
  }

  [[nodiscard]] index_t in() const { return weight_.extents()[1]; }
  [[nodiscard]] index_t out() const { return weight_.extents()[0]; }
  /// One for every product with a row of the input [R, in].
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return input.elements() * out(); }
  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] parameter& bias() { return bias_; }
  [[nodiscard]] parameter const& weight() const { return weight_; }
  [[nodiscard]] parameter const& bias() const { return bias_; }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    return infer(exec, x);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x, fuse_relu relu = fuse_relu::no) const {
    return detail::affine(exec, x, weight_.value.view(), bias_.value.data(), relu);
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    if (weight_.trainable)
      detail::add_affine_weight_gradient(exec, output_gradient, ctx.input, weight_.gradient_to_add_to());
    if (bias_.trainable) detail::add_affine_bias_gradient(exec, output_gradient, bias_.gradient_to_add_to());
    if (!input_gradient) return {};
    return detail::affine_input_gradient(exec, output_gradient, std::as_const(weight_.value).view(),
                                         ctx.input.extents());
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "weight", weight_);
    visit(prefix + "bias", bias_);
  }

 private:
  parameter weight_, bias_;
};

}  // namespace acsl
