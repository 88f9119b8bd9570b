// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/parameter.hpp>
#include <cmath>
#include <string>

namespace acsl {

/// Scales all gradients together so that their norm is at most `largest` (detector-spec 13.2):
///
///   total = sqrt(Σ‖g‖²) over trainable parameters, in double;  g *= c where c = largest / (total + 1e-6), if c < 1
///
/// @return total, before scaling
template <backend Backend, class Model>
double clip_gradient(Backend& exec, Model& model, double largest) {
  double square = 0;
  auto const each = [&](auto f) {
    model.for_each_parameter("", [&](std::string const&, parameter& p) {
      if (p.trainable && p.kind == role::learned) f(p);
    });
  };
  each([&](parameter& p) {
    float const* g = p.gradient_to_add_to().data();
    square += exec.transform_reduce(
        p.gradient.size(),
        [=] ACSL_HOST_DEVICE(index_t i) { return static_cast<double>(g[i]) * static_cast<double>(g[i]); }, 0.0, plus{});
  });
  double const total = std::sqrt(square), coefficient = largest / (total + 1e-6);
  if (coefficient < 1)
    each([&](parameter& p) {
      float* g = p.gradient.data();
      auto const scale = static_cast<float>(coefficient);
      exec.for_each(
          p.gradient.size(), [=] ACSL_HOST_DEVICE(index_t i) { g[i] *= scale; }, 0.5);
    });
  return total;
}

}  // namespace acsl
