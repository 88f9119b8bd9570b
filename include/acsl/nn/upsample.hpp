// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <string>

namespace acsl {

/// Nearest upsampling by 2: y[n, c, i, j] = x[n, c, i / 2, j / 2].
class upsample {
 public:
  struct context {};

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context&) const {
    return infer(exec, x);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    auto y = filled(exec, {x.extent(0), x.extent(1), 2 * x.extent(2), 2 * x.extent(3)}, 0.0F);
    add(exec, x, y.view());
    return y;
  }
  /// to += upsampled x, the top-down step of a pyramid. `to` is twice as high and wide as `x`.
  template <backend Backend>
  static void add(Backend& exec, tensor_view<float const> x, tensor_view<float> to) {
    ACSL_EXPECTS(to.extent(2) == 2 * x.extent(2) && to.extent(3) == 2 * x.extent(3),
                 "the finer map is twice as high and wide as the coarser", to.extents(), x.extents());
    float const* in = x.data();
    float* out = to.data();
    index_t const width = to.extent(3);
    exec.for_each(
        to.size() / width,
        [=] ACSL_HOST_DEVICE(index_t r) {
          index_t const height = to.extent(2);
          float const* row = in + (r / height * (height / 2) + r % height / 2) * (width / 2);
          for (index_t j = 0; j < width; ++j) out[r * width + j] += row[j / 2];
        },
        static_cast<double>(width));
  }
  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context&,
                         bool input_gradient = true) const {
    if (!input_gradient) return {};
    shape const big = output_gradient.extents();
    tensor<float> result({big[0], big[1], big[2] / 2, big[3] / 2}, exec.memory());
    float const* g = output_gradient.data();
    float* out = result.data();
    index_t const width = big[3] / 2;
    exec.for_each(
        big[0] * big[1] * (big[2] / 2),
        [=] ACSL_HOST_DEVICE(index_t r) {
          float const *a = g + 4 * r * width, *b = a + 2 * width;
          for (index_t j = 0; j < width; ++j)
            out[r * width + j] = (a[2 * j] + a[2 * j + 1]) + (b[2 * j] + b[2 * j + 1]);
        },
        static_cast<double>(width));
    return result;
  }
  template <class Visitor>
  void for_each_parameter(std::string const&, Visitor&&) {}
};

}  // namespace acsl
