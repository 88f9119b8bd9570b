// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/nn/detail/lane_sum.hpp>
#include <acsl/nn/initialise.hpp>
#include <cmath>
#include <string>

namespace acsl {

struct group_norm_options {
  index_t groups = 32;
  float epsilon = 1e-5F;
};

/// Normalises every image's groups of channels to mean 0 and variance 1, then scales and shifts by channel:
///
///   y = (x − mean_{n,g}) / sqrt(variance_{n,g} + ε) · weight_c + bias_c,  x [N, C, H, W], `weight` and `bias` [C]
///
/// Needs no running statistics, so small batches train from scratch. The number of groups must divide the channels.
/// @source Wu and He, ECCV 2018
class group_norm {
 public:
  using options_type = group_norm_options;
  static constexpr bool folds = false;

  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
    tensor<float> mean, scale;       ///< [N, groups]
  };

  explicit group_norm(index_t channels, group_norm_options options = {}, memory_resource* memory = host_heap())
      : options_(options), weight_({channels}, memory), bias_({channels}, memory) {
    ACSL_EXPECTS(options.groups > 0 && channels % options.groups == 0, "the groups of a group norm divide its channels",
                 options.groups, channels);
    initialise_constant(weight_, 1);
    initialise_constant(bias_, 0);
  }

  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] bool learns() const { return weight_.trainable || bias_.trainable; }
  [[nodiscard]] index_t channels() const { return weight_.extents()[0]; }
  /// A factor and a shift for every element.
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return 2 * input.elements(); }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    return normalise(exec, x, ctx);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    context ctx;
    return normalise(exec, x, ctx);
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    index_t const images = output_gradient.extent(0), count = channels(), groups = options_.groups,
                  width = count / groups;
    index_t const plane = output_gradient.extent(2) * output_gradient.extent(3);
    // Per (image, channel): Σ g and Σ g·(x − mean)·scale, from which all three gradients follow.
    tensor<float> sums({2, images * count}, exec.memory());
    float const *g = output_gradient.data(), *x = ctx.input.data(), *w = weight_.value.data();
    float const *mean = ctx.mean.data(), *scale = ctx.scale.data();
    float *sum_g = sums.data(), *sum_gx = sums.data() + images * count;
    exec.for_each(
        images * count,
        [=] ACSL_HOST_DEVICE(index_t r) {
          index_t const group = r / count * groups + r % count / width;
          float const m = mean[group], s = scale[group];
          float const *gp = g + r * plane, *xp = x + r * plane;
          sum_g[r] = static_cast<float>(detail::lane_sum(plane, [=](index_t i) { return gp[i]; }));
          sum_gx[r] = static_cast<float>(detail::lane_sum(plane, [=](index_t i) { return gp[i] * ((xp[i] - m) * s); }));
        },
        0.5 * static_cast<double>(plane));
    bool const learn_weight = weight_.trainable, learn_bias = bias_.trainable;
    float* dw = learn_weight ? weight_.gradient_to_add_to().data() : nullptr;
    float* db = learn_bias ? bias_.gradient_to_add_to().data() : nullptr;
    if (learn_weight || learn_bias)
      exec.for_each(count, [=] ACSL_HOST_DEVICE(index_t c) {
        double a = 0, b = 0;
        for (index_t n = 0; n < images; ++n) {
          a += static_cast<double>(sum_gx[n * count + c]);
          b += static_cast<double>(sum_g[n * count + c]);
        }
        if (learn_weight) dw[c] += static_cast<float>(a);
        if (learn_bias) db[c] += static_cast<float>(b);
      });
    if (!input_gradient) return {};
    tensor<float> result(output_gradient.extents(), exec.memory());
    float* dx = result.data();
    exec.for_each(
        images * count,
        [=] ACSL_HOST_DEVICE(index_t r) {
          index_t const n = r / count, c = r % count, k = c / width, group = n * groups + k;
          float const m = mean[group], s = scale[group], a = w[c] * s;
          double mean_g = 0, mean_gx = 0;
          for (index_t j = k * width; j < (k + 1) * width; ++j) {
            mean_g += static_cast<double>(w[j]) * static_cast<double>(sum_g[n * count + j]);
            mean_gx += static_cast<double>(w[j]) * static_cast<double>(sum_gx[n * count + j]);
          }
          auto const offset = static_cast<float>(mean_g / static_cast<double>(width * plane)) * s;
          auto const slope = static_cast<float>(mean_gx / static_cast<double>(width * plane)) * s * s;
          for (index_t i = r * plane; i < (r + 1) * plane; ++i) dx[i] = a * g[i] - offset - (x[i] - m) * slope;
        },
        0.5 * static_cast<double>(plane));
    return result;
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "weight", weight_);
    visit(prefix + "bias", bias_);
  }

 private:
  template <backend Backend>
  tensor<float> normalise(Backend& exec, tensor_view<float const> x, context& ctx) const {
    index_t const images = x.extent(0), count = channels(), groups = options_.groups, width = count / groups;
    index_t const plane = x.extent(2) * x.extent(3);
    ACSL_EXPECTS(x.extent(1) == count, "a group norm takes its number of channels", x.extents(), count);
    ctx.mean = tensor<float>({images, groups}, exec.memory());
    ctx.scale = tensor<float>({images, groups}, exec.memory());
    tensor<float> y(x.extents(), exec.memory());
    float const *in = x.data(), *w = weight_.value.data(), *b = bias_.value.data();
    float *mean = ctx.mean.data(), *scale = ctx.scale.data(), *out = y.data();
    float const epsilon = options_.epsilon;
    exec.for_each(
        images * groups,
        [=] ACSL_HOST_DEVICE(index_t group) {
          index_t const size = width * plane;
          float const* p = in + group * size;
          auto const m =
              static_cast<float>(detail::lane_sum(size, [=](index_t i) { return p[i]; }) / static_cast<double>(size));
          double const square = detail::lane_sum(size, [=](index_t i) { return (p[i] - m) * (p[i] - m); });
          auto const s =
              static_cast<float>(1 / std::sqrt(square / static_cast<double>(size) + static_cast<double>(epsilon)));
          mean[group] = m;
          scale[group] = s;
          for (index_t j = 0; j < width; ++j) {
            index_t const c = group % groups * width + j;
            float const a = w[c] * s, shift = b[c] - m * a;
            float* q = out + group * size + j * plane;
            for (index_t i = 0; i < plane; ++i) q[i] = a * p[j * plane + i] + shift;
          }
        },
        static_cast<double>(width * plane));
    return y;
  }

  group_norm_options options_;
  parameter weight_, bias_;
};

}  // namespace acsl
