// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor.hpp>
#include <map>
#include <string>

namespace acsl {

/// Float32 arrays by name and texts about them, as a model takes them from a checkpoint of any format.
class named_tensors {
 public:
  std::map<std::string, std::string> metadata;

  [[nodiscard]] std::map<std::string, tensor<float>> const& tensors() const { return tensors_; }
  [[nodiscard]] std::map<std::string, tensor<float>>& tensors() { return tensors_; }

 private:
  std::map<std::string, tensor<float>> tensors_;
};

}  // namespace acsl
