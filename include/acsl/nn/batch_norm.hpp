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

/// Which mean and variance a batch norm uses in training.
enum class statistics {
  frozen,  ///< the running ones, never updated: the recipes of the original
  batch,   ///< those of the batch; the running ones follow with momentum
};

struct batch_norm_options {
  statistics in_training = statistics::frozen;
  float epsilon = 1e-5F;
  float momentum = 0.1F;
};

/// y = (x − mean_c) / sqrt(variance_c + ε) · weight_c + bias_c over [N, C, H, W].
///
/// Parameters `weight`, `bias`, `running_mean`, `running_var`, each [C]. With batch statistics the variance that
/// normalises is the biased one and the running variance follows the unbiased one. Inference uses the running
/// statistics and folds into the epilogue of the convolution before it (`fold`).
/// @source Ioffe and Szegedy, ICML 2015
class batch_norm {
 public:
  using options_type = batch_norm_options;
  static constexpr bool folds = true;

  struct context {
    tensor_view<float const> input;  ///< kept alive by the caller until backward
    tensor<float> mean, scale;       ///< [C]: mean, 1 / sqrt(variance + ε)
    bool batch = false;
  };

  explicit batch_norm(index_t channels, batch_norm_options options = {}, memory_resource* memory = host_heap())
      : options_(options),
        weight_({channels}, memory),
        bias_({channels}, memory),
        mean_({channels}, memory, role::statistic),
        variance_({channels}, memory, role::statistic) {
    initialise_constant(weight_, 1);
    initialise_constant(bias_, 0);
    initialise_constant(mean_, 0);
    initialise_constant(variance_, 1);
  }

  [[nodiscard]] parameter& weight() { return weight_; }
  [[nodiscard]] bool learns() const { return weight_.trainable || bias_.trainable; }
  [[nodiscard]] index_t channels() const { return weight_.extents()[0]; }
  /// A factor and a shift for every element.
  [[nodiscard]] index_t multiply_adds(shape const& input) const { return 2 * input.elements(); }

  /// Scale and shift per channel that equal this norm at inference, [2, C].
  template <backend Backend>
  tensor<float> fold(Backend& exec) const {
    tensor<float> result({2, channels()}, exec.memory());
    float const *w = weight_.value.data(), *b = bias_.value.data(), *m = mean_.value.data(),
                *v = variance_.value.data();
    float* out = result.data();
    index_t const n = channels();
    float const epsilon = options_.epsilon;
    exec.for_each(n, [=] ACSL_HOST_DEVICE(index_t c) {
      float const scale = w[c] / std::sqrt(v[c] + epsilon);
      out[c] = scale;
      out[n + c] = b[c] - m[c] * scale;
    });
    return result;
  }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.input = x;
    ctx.batch = options_.in_training == statistics::batch;
    ctx.mean = tensor<float>({channels()}, exec.memory());
    ctx.scale = tensor<float>({channels()}, exec.memory());
    index_t const images = x.extent(0), count = channels(), plane = x.extent(2) * x.extent(3);
    ACSL_EXPECTS(x.extent(1) == count, "a batch norm takes its number of channels", x.extents(), count);
    if (ctx.batch) measure(exec, x, ctx);
    else {
      float const *m = mean_.value.data(), *v = variance_.value.data();
      float *mean = ctx.mean.data(), *scale = ctx.scale.data();
      float const epsilon = options_.epsilon;
      exec.for_each(count, [=] ACSL_HOST_DEVICE(index_t c) {
        mean[c] = m[c];
        scale[c] = 1 / std::sqrt(v[c] + epsilon);
      });
    }
    tensor<float> y(x.extents(), exec.memory());
    float const *in = x.data(), *w = weight_.value.data(), *b = bias_.value.data();
    float const *mean = ctx.mean.data(), *scale = ctx.scale.data();
    float* out = y.data();
    exec.for_each(
        images * count,
        [=] ACSL_HOST_DEVICE(index_t r) {
          index_t const c = r % count;
          float const a = w[c] * scale[c], s = b[c] - mean[c] * a;
          for (index_t i = r * plane; i < (r + 1) * plane; ++i) out[i] = a * in[i] + s;
        },
        0.3 * static_cast<double>(plane));
    return y;
  }

  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    ACSL_EXPECTS(x.extent(1) == channels(), "a batch norm takes its number of channels", x.extents(), channels());
    auto const folded = fold(exec);
    tensor<float> y(x.extents(), exec.memory());
    float const *in = x.data(), *a = folded.data();
    float* out = y.data();
    index_t const count = channels(), plane = x.extent(2) * x.extent(3);
    exec.for_each(x.size(), [=] ACSL_HOST_DEVICE(index_t i) {
      index_t const c = i / plane % count;
      out[i] = a[c] * in[i] + a[count + c];
    });
    return y;
  }

  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    index_t const images = output_gradient.extent(0), count = channels();
    index_t const plane = output_gradient.extent(2) * output_gradient.extent(3);
    tensor<float> result;
    if (input_gradient) result = tensor<float>(output_gradient.extents(), exec.memory());
    bool const batch = ctx.batch, learn_weight = weight_.trainable, learn_bias = bias_.trainable;
    float const *g = output_gradient.data(), *x = ctx.input.data(), *w = weight_.value.data();
    float const *mean = ctx.mean.data(), *scale = ctx.scale.data();
    float* dw = learn_weight ? weight_.gradient_to_add_to().data() : nullptr;
    float* db = learn_bias ? bias_.gradient_to_add_to().data() : nullptr;
    float* dx = result.data();
    exec.for_each(
        count,
        [=] ACSL_HOST_DEVICE(index_t c) {
          double sum_g = 0, sum_gx = 0;
          float const m = mean[c], s = scale[c];
          if (learn_weight || learn_bias || batch)
            for (index_t n = 0; n < images; ++n) {
              float const *gp = g + (n * count + c) * plane, *xp = x + (n * count + c) * plane;
              sum_g += detail::lane_sum(plane, [=](index_t i) { return gp[i]; });
              sum_gx += detail::lane_sum(plane, [=](index_t i) { return gp[i] * (xp[i] - m); });
            }
          if (learn_weight) dw[c] += static_cast<float>(sum_gx * static_cast<double>(s));
          if (learn_bias) db[c] += static_cast<float>(sum_g);
          if (!dx) return;
          float const a = w[c] * s;
          double const total = static_cast<double>(images * plane);
          float const mean_g = batch ? static_cast<float>(sum_g / total) : 0.0F;
          float const slope = batch ? static_cast<float>(sum_gx / total) * s * s : 0.0F;
          for (index_t n = 0; n < images; ++n) {
            index_t const first = (n * count + c) * plane;
            for (index_t i = first; i < first + plane; ++i) dx[i] = a * (g[i] - mean_g - (x[i] - m) * slope);
          }
        },
        static_cast<double>(images * plane));
    return result;
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "weight", weight_);
    visit(prefix + "bias", bias_);
    visit(prefix + "running_mean", mean_);
    visit(prefix + "running_var", variance_);
  }

 private:
  template <backend Backend>
  void measure(Backend& exec, tensor_view<float const> x, context& ctx) {
    index_t const images = x.extent(0), count = channels(), plane = x.extent(2) * x.extent(3), total = images * plane;
    ACSL_EXPECTS(total > 1, "batch statistics need more than one value a channel", x.extents());
    float const* in = x.data();
    float *mean = ctx.mean.data(), *scale = ctx.scale.data();
    float *running_mean = mean_.value.data(), *running_variance = variance_.value.data();
    float const epsilon = options_.epsilon, momentum = options_.momentum;
    exec.for_each(
        count,
        [=] ACSL_HOST_DEVICE(index_t c) {
          double sum = 0, square = 0;
          for (index_t n = 0; n < images; ++n) {
            float const* p = in + (n * count + c) * plane;
            sum += detail::lane_sum(plane, [=](index_t i) { return p[i]; });
          }
          auto const m = static_cast<float>(sum / static_cast<double>(total));
          for (index_t n = 0; n < images; ++n) {
            float const* p = in + (n * count + c) * plane;
            square += detail::lane_sum(plane, [=](index_t i) { return (p[i] - m) * (p[i] - m); });
          }
          mean[c] = m;
          scale[c] =
              static_cast<float>(1 / std::sqrt(square / static_cast<double>(total) + static_cast<double>(epsilon)));
          running_mean[c] += momentum * (m - running_mean[c]);
          running_variance[c] +=
              momentum * (static_cast<float>(square / static_cast<double>(total - 1)) - running_variance[c]);
        },
        static_cast<double>(total));
  }

  batch_norm_options options_;
  parameter weight_, bias_, mean_, variance_;
};

}  // namespace acsl
