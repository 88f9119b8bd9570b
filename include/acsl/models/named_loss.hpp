// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace acsl {

/// One figure of a training step, under the name that logs use (`loss_rpn_cls`, `s0.loss_bbox`, `acc`).
struct named_loss {
  std::string name;
  double value = 0;
  bool counts = true;  ///< part of the total loss; false for figures such as accuracy

  friend bool operator==(named_loss const&, named_loss const&) = default;
};

/// Sum of the figures that count, in their order.
[[nodiscard]] inline double total_loss(std::vector<named_loss> const& losses) {
  double total = 0;
  for (auto const& loss : losses)
    if (loss.counts) total += loss.value;
  return total;
}

}  // namespace acsl
