// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/gemm.hpp>
#include <acsl/nn/elementwise.hpp>

/// The products of layers that multiply rows by a weight matrix, for those that differ in what the weights are.
namespace acsl::detail {

/// y[R, out] = x[R, in] · weight[out, in]ᵀ + bias; `bias` may be null.
template <backend Backend>
tensor<float> affine(Backend& exec, tensor_view<float const> x, tensor_view<float const> weight, float const* bias,
                     fuse_relu relu = fuse_relu::no) {
  ACSL_EXPECTS(x.rank() >= 1 && x.columns() == weight.columns(), "a linear layer takes rows of its input size",
               x.extents(), weight.columns());
  tensor<float> y({x.rows(), weight.rows()}, exec.memory());
  if (y.empty()) return y;
  epilogue last;
  last.column_shift = bias;
  last.relu = relu == fuse_relu::yes;
  exec.gemm({.b = transpose::yes, .m = x.rows(), .n = weight.rows(), .k = weight.columns()}, x.data(), weight.data(),
            y.data(), last);
  return y;
}

/// The gradient by x of `affine`: output_gradient · weight, in the shape of x.
template <backend Backend>
tensor<float> affine_input_gradient(Backend& exec, tensor_view<float const> output_gradient,
                                    tensor_view<float const> weight, shape const& input) {
  tensor<float> result(input, exec.memory());
  if (output_gradient.rows() > 0)
    exec.gemm({.m = output_gradient.rows(), .n = weight.columns(), .k = weight.rows()}, output_gradient.data(),
              weight.data(), result.data(), epilogue{});
  return result;
}

/// weight_gradient += output_gradientᵀ · x
template <backend Backend>
void add_affine_weight_gradient(Backend& exec, tensor_view<float const> output_gradient, tensor_view<float const> x,
                                tensor_view<float> weight_gradient) {
  if (output_gradient.rows() == 0) return;
  exec.gemm({.a = transpose::yes,
             .m = weight_gradient.rows(),
             .n = weight_gradient.columns(),
             .k = output_gradient.rows(),
             .accumulate = true},
            output_gradient.data(), x.data(), weight_gradient.data(), epilogue{});
}

/// sums[j] += Σᵢ value(i · columns + j), i in [0, rows), in the order of the rows.
template <backend Backend, class Value>
void add_column_sums(Backend& exec, index_t rows, Value value, tensor_view<float> sums) {
  if (rows == 0) return;
  index_t const columns = sums.size();
  float* to = sums.data();
  exec.for_each(
      columns,
      [=] ACSL_HOST_DEVICE(index_t j) {
        double total = 0;
        for (index_t i = 0; i < rows; ++i) total += value(i * columns + j);
        to[j] += static_cast<float>(total);
      },
      static_cast<double>(rows));
}

/// bias_gradient += the sum of the rows of output_gradient.
template <backend Backend>
void add_affine_bias_gradient(Backend& exec, tensor_view<float const> output_gradient,
                              tensor_view<float> bias_gradient) {
  float const* g = output_gradient.data();
  add_column_sums(
      exec, output_gradient.rows(), [=] ACSL_HOST_DEVICE(index_t i) { return g[i]; }, bias_gradient);
}

}  // namespace acsl::detail
