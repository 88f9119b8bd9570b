// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/parameter.hpp>
#include <acsl/nn/detail/affine.hpp>
#include <acsl/nn/normalise_rows.hpp>
#include <string>
#include <utility>

namespace acsl {

struct normalised_linear_options {
  index_t in = 0, out = 0;
  double temperature = 20;  ///< τ
  double power = 1;         ///< 0.5: only partly normalised
  double eps = 1e-6;
  bool bias = true;

  void expect_sensible() const {
    ACSL_EXPECTS(temperature > 0, "a temperature is positive", temperature);
    ACSL_EXPECTS(power > 0, "the power of a norm is positive", power);
    ACSL_EXPECTS(eps >= 0, "what is added to a norm is not negative", eps);
  }
};

/// A linear layer of normalised rows and normalised weights, so that an output is an angle and a rare class is not
/// outvoted by long weights:
///
///   y[r, c] = ŵ_c · x̂_r + bias[c],   ŵ_c = w_c / (‖w_c‖^power + ε),   x̂_r = τ x_r / (‖x_r‖^power + ε)
///
/// x [R, in], `weight` [out, in], `bias` [out] where there is one. R may be 0. A row of norm 0 is 0; its gradient is
/// that of its result over ε, 0 where ε is 0. τ = 1, ε = 0 and no bias: the layer of label-distribution-aware margins,
/// whose scale stands in the loss.
/// @note a linear layer, and two passes over its inputs and weights
/// @source Wang et al., CVPR 2021 (Seesaw; the defaults); Cho, Krähenbühl, ECCV 2022 (losses-spec 7.1)
class normalised_linear {
 public:
  using options_type = normalised_linear_options;

  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
    tensor<float> normalised_input, normalised_weight;
  };

  explicit normalised_linear(normalised_linear_options options, memory_resource* memory = host_heap())
      : options_(options), weight_({options.out, options.in}, memory) {
    ACSL_EXPECTS(options.in > 0 && options.out > 0, "a linear layer has inputs and outputs", options.in, options.out);
    options.expect_sensible();
    if (options.bias) bias_ = parameter({options.out}, memory);
  }

  [[nodiscard]] index_t in() const { return options_.in; }
  [[nodiscard]] index_t out() const { return options_.out; }
  /// One for every product with a row of the input [R, in].
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return input.elements() * out(); }
  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] bool has_bias() const { return options_.bias; }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    ctx.normalised_input = normalise_rows(exec, x, of_input());
    ctx.normalised_weight = normalise_rows(exec, std::as_const(weight_.value).view(), of_weight());
    return product(exec, std::as_const(ctx.normalised_input).view(), std::as_const(ctx.normalised_weight).view());
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    auto const rows = normalise_rows(exec, x, of_input());
    auto const weight = normalise_rows(exec, weight_.value.view(), of_weight());
    return product(exec, rows.view(), weight.view());
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    if (weight_.trainable) {
      auto const to = weight_.gradient_to_add_to();
      auto by_normalised = filled(exec, weight_.extents(), 0.0F);
      detail::add_affine_weight_gradient(exec, output_gradient, std::as_const(ctx.normalised_input).view(),
                                         by_normalised.view());
      normalise_rows_backward(exec, std::as_const(weight_.value).view(), std::as_const(by_normalised).view(), to,
                              of_weight(), true);
    }
    if (has_bias() && bias_.trainable)
      detail::add_affine_bias_gradient(exec, output_gradient, bias_.gradient_to_add_to());
    if (!input_gradient) return {};
    auto result = detail::affine_input_gradient(exec, output_gradient, std::as_const(ctx.normalised_weight).view(),
                                                ctx.input.extents());
    normalise_rows_backward(exec, ctx.input, std::as_const(result).view(), result.view(), of_input(), false);
    return result;
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "weight", weight_);
    if (has_bias()) visit(prefix + "bias", bias_);
  }

 private:
  [[nodiscard]] row_norm of_input() const { return {options_.temperature, options_.power, options_.eps}; }
  [[nodiscard]] row_norm of_weight() const { return {1, options_.power, options_.eps}; }
  template <backend Backend>
  tensor<float> product(Backend& exec, tensor_view<float const> rows, tensor_view<float const> weight) const {
    return detail::affine(exec, rows, weight, has_bias() ? bias_.value.data() : nullptr);
  }

  normalised_linear_options options_;
  parameter weight_, bias_;
};

}  // namespace acsl
