// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <cmath>
#include <vector>

namespace acsl {

/// Steps at epoch boundaries and a linear warm-up by iteration (detector-spec 13.3):
///
///   regular(e) = base · gamma^#{s in steps : e >= s}
///   lr(e, t)   = regular · (1 − (1 − t / warmup) · (1 − warmup_ratio)) while t < warmup, else regular
///
/// e: epoch, t: iteration since the start of training, both from 0.
struct learning_rate {
  double base = 0.02;
  std::vector<index_t> steps = {8, 11};
  double gamma = 0.1;
  index_t warmup = 500;
  double warmup_ratio = 1.0 / 3.0;

  [[nodiscard]] double operator()(index_t epoch, index_t iteration) const {
    double regular = base;
    for (index_t step : steps)
      if (epoch >= step) regular *= gamma;
    if (iteration >= warmup) return regular;
    double const progress = static_cast<double>(iteration) / static_cast<double>(warmup);
    return regular * (1 - (1 - progress) * (1 - warmup_ratio));
  }
};

}  // namespace acsl
