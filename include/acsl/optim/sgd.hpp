// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/core/parameter.hpp>
#include <map>
#include <string>
#include <utility>

namespace acsl {

struct sgd_options {
  double momentum = 0.9;
  double weight_decay = 1e-4;
};

/// Stochastic gradient descent (detector-spec 13.1), every trainable parameter alike, biases and norms included:
///
///   d = gradient + weight_decay · p;  buf = d at the first step, else momentum · buf + d;  p −= lr · buf
///
/// float32 in this order. A parameter that is not trainable or is a statistic is left alone and has no buffer.
class sgd {
 public:
  explicit sgd(sgd_options options = {}) : options_(options) {
    ACSL_EXPECTS(options.momentum >= 0 && options.momentum < 1, "momentum lies in [0, 1)", options.momentum);
    ACSL_EXPECTS(options.weight_decay >= 0, "weight decay is not negative", options.weight_decay);
  }

  /// One step over all parameters of a model.
  template <backend Backend, class Model>
  void step(Backend& exec, Model& model, double lr) {
    auto const rate = static_cast<float>(lr), momentum = static_cast<float>(options_.momentum);
    auto const decay = static_cast<float>(options_.weight_decay);
    model.for_each_parameter("", [&](std::string const& name, parameter& p) {
      if (!p.trainable || p.kind != role::learned) return;
      auto found = buffers_.find(name);
      bool const first = found == buffers_.end();
      if (first) found = buffers_.emplace(name, tensor<float>(p.extents(), exec.memory())).first;
      float *value = p.value.data(), *buffer = found->second.data();
      float const* gradient = p.gradient_to_add_to().data();
      exec.for_each(
          p.value.size(),
          [=] ACSL_HOST_DEVICE(index_t i) {
            float const d = gradient[i] + decay * value[i];
            buffer[i] = first ? d : momentum * buffer[i] + d;
            value[i] -= rate * buffer[i];
          },
          1);
    });
  }

  /// Momentum buffers by parameter name, for checkpoints. To restore, put them back before the next step.
  [[nodiscard]] std::map<std::string, tensor<float>>& buffers() { return buffers_; }

 private:
  sgd_options options_;
  std::map<std::string, tensor<float>> buffers_;
};

}  // namespace acsl
