// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>

namespace acsl {

/// What losses need of the other processes of a run: sums. Where no communicator is given there is one process.
class communicator {
 public:
  virtual ~communicator() = default;
  [[nodiscard]] virtual int processes() const = 0;
  /// Replaces every value by its sum over all processes, the same bits in each. Called by all in the same order.
  virtual void sum(double* values, index_t count) = 0;
};

}  // namespace acsl
