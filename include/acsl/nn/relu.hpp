// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <string>

namespace acsl {

/// y = max(x, 0), elementwise. The derivative at 0 is 0. NaN passes.
class relu {
 public:
  struct context {
    tensor_view<float const> output;  ///< kept alive by the caller until backward
  };

  /// One comparison for every element.
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return input.elements(); }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) const {
    auto y = infer(exec, x);
    ctx.output = y.view();
    return y;
  }
  /// In the memory of `x`, for an input that nobody else needs.
  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor<float>&& x, context& ctx) const {
    apply(exec, x.view(), x.view());
    ctx.output = x.view();
    return std::move(x);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    tensor<float> y(x.extents(), exec.memory());
    apply(exec, x, y.view());
    return y;
  }
  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) const {
    if (!input_gradient) return {};
    tensor<float> result(output_gradient.extents(), exec.memory());
    float const *g = output_gradient.data(), *y = ctx.output.data();
    float* out = result.data();
    exec.for_each(
        result.size(), [=] ACSL_HOST_DEVICE(index_t i) { out[i] = y[i] > 0 ? g[i] : 0.0F; }, 0.5);
    return result;
  }
  template <class Visitor>
  void for_each_parameter(std::string const&, Visitor&&) {}

 private:
  template <backend Backend>
  static void apply(Backend& exec, tensor_view<float const> from, tensor_view<float> to) {
    float const* x = from.data();
    float* y = to.data();
    exec.for_each(
        to.size(), [=] ACSL_HOST_DEVICE(index_t i) { y[i] = x[i] < 0 ? 0.0F : x[i]; }, 0.5);
  }
};

}  // namespace acsl
