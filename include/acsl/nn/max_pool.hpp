// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/core/elementary.hpp>
#include <cstdint>
#include <string>

namespace acsl {

struct max_pool_options {
  index_t kernel = 3, stride = 2, padding = 1;
};

/// Largest value of every window of [N, C, H, W]. Padding never wins; the first of equal values (row-major) does; NaN
/// always does. H' = floor((H + 2·padding − kernel) / stride) + 1.
class max_pool {
 public:
  struct context {
    tensor<std::int32_t> winner;  ///< position of the largest value in its plane, shape of the output
    shape input;
  };

  explicit max_pool(max_pool_options options = {}) : options_(options) {
    ACSL_EXPECTS(
        options.kernel > 0 && options.stride > 0 && options.padding >= 0 && 2 * options.padding <= options.kernel,
        "kernel and stride are positive, padding is at most half the kernel", options.kernel, options.stride,
        options.padding);
  }

  /// One comparison for every element of the input.
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return input.elements(); }
  [[nodiscard]] shape output_shape(shape const& x) const {
    ACSL_EXPECTS(x.rank() == 4 && x[2] + 2 * options_.padding >= options_.kernel &&
                     x[3] + 2 * options_.padding >= options_.kernel,
                 "the padded input holds at least one window", x, options_.kernel);
    return {x[0], x[1], (x[2] + 2 * options_.padding - options_.kernel) / options_.stride + 1,
            (x[3] + 2 * options_.padding - options_.kernel) / options_.stride + 1};
  }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) const {
    shape const extents = output_shape(x.extents());
    ctx.input = x.extents();
    ctx.winner = tensor<std::int32_t>(extents, exec.memory());
    tensor<float> y(extents, exec.memory());
    float const* in = x.data();
    float* out = y.data();
    std::int32_t* winner = ctx.winner.data();
    index_t const height = x.extent(2), width = x.extent(3), rows = extents[2], columns = extents[3];
    max_pool_options const o = options_;
    exec.for_each(
        extents[0] * extents[1] * rows,
        [=] ACSL_HOST_DEVICE(index_t r) {
          float const* plane = in + r / rows * height * width;
          index_t const top = r % rows * o.stride - o.padding;
          for (index_t u = 0; u < columns; ++u) {
            index_t const left = u * o.stride - o.padding;
            float best = 0;
            index_t where = -1;
            for (index_t i = top < 0 ? 0 : top; i < top + o.kernel && i < height; ++i)
              for (index_t j = left < 0 ? 0 : left; j < left + o.kernel && j < width; ++j)
                if (float const v = plane[i * width + j]; where < 0 || v > best || v != v) {
                  best = v;
                  where = i * width + j;
                }
            out[r * columns + u] = best;
            winner[r * columns + u] = static_cast<std::int32_t>(where);
          }
        },
        10.0 * static_cast<double>(columns));
    return y;
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    shape const extents = output_shape(x.extents());
    tensor<float> y(extents, exec.memory());
    float const* in = x.data();
    float* out = y.data();
    index_t const height = x.extent(2), width = x.extent(3), rows = extents[2], columns = extents[3];
    max_pool_options const o = options_;
    exec.for_each(
        extents[0] * extents[1] * rows,
        [=] ACSL_HOST_DEVICE(index_t r) {
          float const* plane = in + r / rows * height * width;
          float* const best = out + r * columns;
          index_t const top = r % rows * o.stride - o.padding;
          for (index_t u = 0; u < columns; ++u) best[u] = -infinity<float>;
          // Tap by tap over the whole line, which is SIMD code.
          for (index_t i = top < 0 ? 0 : top; i < top + o.kernel && i < height; ++i)
            for (index_t j = 0; j < o.kernel; ++j) {
              float const* const line = plane + i * width + j - o.padding;
              index_t const begin = j < o.padding ? (o.padding - j + o.stride - 1) / o.stride : 0;
              index_t const behind = width + o.padding - j, fits = behind > 0 ? (behind - 1) / o.stride + 1 : 0;
              index_t const end = fits < columns ? fits : columns;
              ACSL_INDEPENDENT_ITERATIONS
              for (index_t u = begin; u < end; ++u) {
                float const v = line[u * o.stride], w = best[u];
                best[u] = blend((v > w) | (v != v), v, w);
              }
            }
        },
        2.0 * static_cast<double>(columns));
    return y;
  }
  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) const {
    if (!input_gradient) return {};
    auto result = filled(exec, ctx.input, 0.0F);
    index_t const plane = ctx.input[2] * ctx.input[3], outputs = output_gradient.extent(2) * output_gradient.extent(3);
    float const* g = output_gradient.data();
    std::int32_t const* winner = ctx.winner.data();
    float* out = result.data();
    exec.for_each(
        ctx.input[0] * ctx.input[1],
        [=] ACSL_HOST_DEVICE(index_t c) {
          for (index_t i = 0; i < outputs; ++i) out[c * plane + winner[c * outputs + i]] += g[c * outputs + i];
        },
        static_cast<double>(outputs));
    return result;
  }
  template <class Visitor>
  void for_each_parameter(std::string const&, Visitor&&) {}

 private:
  max_pool_options options_;
};

}  // namespace acsl
