// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor.hpp>
#include <string>

namespace acsl {

/// What a named array of a model is.
enum class role : std::uint8_t {
  learned,    ///< weight or bias: has a gradient when trainable, is decayed and stepped
  statistic,  ///< running mean or variance: saved, never stepped
};

/// A named array of a model. Visitors receive it with its dotted checkpoint name, for example
/// `backbone.layer1.0.conv1.weight`:
///
///     model.for_each_parameter("", [](std::string const& name, acsl::parameter& p) { … });
struct parameter {
  tensor<float> value;
  tensor<float> gradient;  ///< same shape; empty until `require_gradient`
  role kind = role::learned;
  bool trainable = true;

  parameter() = default;
  explicit parameter(shape extents, memory_resource* memory, role what = role::learned)
      : value(extents, memory), kind(what), trainable(what == role::learned), memory_(memory) {}

  [[nodiscard]] shape const& extents() const { return value.extents(); }
  /// Makes the gradient's memory if it is not there. Its elements are not initialised: `exec.fill` it before use.
  void require_gradient() {
    if (gradient.extents() != value.extents()) gradient = tensor<float>(value.extents(), memory_);
  }
  /// What backward passes add to. @throws acsl::error when `require_gradient` has not made it
  [[nodiscard]] tensor_view<float> gradient_to_add_to() {
    ACSL_EXPECTS(gradient.extents() == value.extents(), "a trainable parameter has a gradient: see require_gradient",
                 value.extents());
    return gradient.view();
  }

 private:
  memory_resource* memory_ = host_heap();
};

}  // namespace acsl
