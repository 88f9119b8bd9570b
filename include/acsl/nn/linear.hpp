// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/nn/elementwise.hpp>
#include <string>

namespace acsl {

struct linear_options {
  index_t in = 0, out = 0;
};

/// y[R, out] = x[R, in] · weightᵀ + bias, `weight` [out, in], `bias` [out]. R may be 0.
class linear {
 public:
  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
  };

  explicit linear(linear_options options, std::pmr::memory_resource* memory = std::pmr::new_delete_resource())
      : weight_({options.out, options.in}, memory), bias_({options.out}, memory) {
    ACSL_EXPECTS(options.in > 0 && options.out > 0, "a linear layer has inputs and outputs", options.in, options.out);
  }

  [[nodiscard]] index_t in() const { return weight_.extents()[1]; }
  [[nodiscard]] index_t out() const { return weight_.extents()[0]; }
  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] parameter& bias() { return bias_; }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    return infer(exec, x);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x, fuse_relu relu = fuse_relu::no) const {
    ACSL_EXPECTS(x.rank() >= 1 && x.columns() == in(), "a linear layer takes rows of its input size", x.extents(),
                 in());
    tensor<float> y({x.rows(), out()}, exec.memory());
    if (y.empty()) return y;
    epilogue last;
    last.column_shift = bias_.value.data();
    last.relu = relu == fuse_relu::yes;
    exec.gemm({.b = transpose::yes, .m = x.rows(), .n = out(), .k = in()}, x.data(), weight_.value.data(), y.data(),
              last);
    return y;
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    index_t const rows = output_gradient.rows(), outputs = out();
    if (rows > 0 && weight_.trainable)
      exec.gemm({.a = transpose::yes, .m = outputs, .n = in(), .k = rows, .accumulate = true}, output_gradient.data(),
                ctx.input.data(), weight_.gradient_to_add_to().data(), epilogue{});
    if (rows > 0 && bias_.trainable) {
      float const* g = output_gradient.data();
      float* sum = bias_.gradient_to_add_to().data();
      exec.for_each(
          outputs,
          [=] ACSL_HOST_DEVICE(index_t j) {
            double total = 0;
            for (index_t i = 0; i < rows; ++i) total += g[i * outputs + j];
            sum[j] += static_cast<float>(total);
          },
          static_cast<double>(rows));
    }
    if (!input_gradient) return {};
    tensor<float> result(ctx.input.extents(), exec.memory());
    if (rows > 0)
      exec.gemm({.m = rows, .n = in(), .k = outputs}, output_gradient.data(), weight_.value.data(), result.data(),
                epilogue{});
    return result;
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
