// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/parameter.hpp>
#include <acsl/nn/detail/affine.hpp>
#include <string>
#include <utility>

namespace acsl {

/// What the factor of an output multiplies.
enum class scaled_part {
  logits,   ///< s_c (w_c · x + b_c): the classification code
  weights,  ///< s_c (w_c · x) + b_c: the detection code
};

struct scaled_linear_options {
  index_t in = 0, out = 0;
  scaled_part part = scaled_part::logits;
};

/// Learnable weight scaling: a linear layer with a factor for each output, `scale` [out], beside `weight` [out, in] and
/// `bias` [out]; the formulas stand at `scaled_part`. R may be 0.
///
/// Made for a second stage of training, in which weights and bias are frozen (`train_only = ["*.scale"]`) and the
/// factors start at 1, where the layer is a linear one.
/// @source Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis, ICLR 2020 (losses-spec 7.2)
class scaled_linear {
 public:
  using options_type = scaled_linear_options;

  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
    tensor<float> unscaled;          ///< what the factors multiply
  };

  explicit scaled_linear(scaled_linear_options options, memory_resource* memory = host_heap())
      : options_(options),
        weight_({options.out, options.in}, memory),
        bias_({options.out}, memory),
        scale_({options.out}, memory) {
    ACSL_EXPECTS(options.in > 0 && options.out > 0, "a linear layer has inputs and outputs", options.in, options.out);
  }

  [[nodiscard]] index_t in() const { return options_.in; }
  [[nodiscard]] index_t out() const { return options_.out; }
  /// One for every product with a row of the input [R, in].
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return input.elements() * out(); }
  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] parameter& scale() { return scale_; }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    ctx.unscaled = unscaled(exec, x);
    tensor<float> y(ctx.unscaled.extents(), exec.memory());
    scale_columns(exec, std::as_const(ctx.unscaled).view(), y.view(), scale_.value.data(), shift());
    return y;
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    auto y = unscaled(exec, x);
    scale_columns(exec, std::as_const(y).view(), y.view(), scale_.value.data(), shift());
    return y;
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    if (scale_.trainable) {
      float const *g = output_gradient.data(), *z = ctx.unscaled.data();
      detail::add_column_sums(
          exec, output_gradient.rows(),
          [=] ACSL_HOST_DEVICE(index_t i) { return static_cast<double>(g[i]) * static_cast<double>(z[i]); },
          scale_.gradient_to_add_to());
    }
    tensor<float> inner(output_gradient.extents(), exec.memory());
    scale_columns(exec, output_gradient, inner.view(), scale_.value.data(), nullptr);
    auto const by_unscaled = std::as_const(inner).view();
    if (weight_.trainable)
      detail::add_affine_weight_gradient(exec, by_unscaled, ctx.input, weight_.gradient_to_add_to());
    if (bias_.trainable)
      detail::add_affine_bias_gradient(exec, options_.part == scaled_part::logits ? by_unscaled : output_gradient,
                                       bias_.gradient_to_add_to());
    if (!input_gradient) return {};
    return detail::affine_input_gradient(exec, by_unscaled, std::as_const(weight_.value).view(), ctx.input.extents());
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "weight", weight_);
    visit(prefix + "bias", bias_);
    visit(prefix + "scale", scale_);
  }

 private:
  /// What is added after the factors.
  [[nodiscard]] float const* shift() const {
    return options_.part == scaled_part::weights ? bias_.value.data() : nullptr;
  }
  template <backend Backend>
  tensor<float> unscaled(Backend& exec, tensor_view<float const> x) const {
    return detail::affine(exec, x, weight_.value.view(),
                          options_.part == scaled_part::logits ? bias_.value.data() : nullptr);
  }

  scaled_linear_options options_;
  parameter weight_, bias_, scale_;
};

}  // namespace acsl
