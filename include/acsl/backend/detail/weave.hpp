// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>

namespace acsl::detail {

/// to[4t + i] = line i at t, t in [0, count), in SIMD code.
ACSL_LEAF void weave(float const* line0, float const* line1, float const* line2, float const* line3, index_t count,
                     float* to) {
  ACSL_INDEPENDENT_ITERATIONS
  for (index_t t = 0; t < count; ++t) {
    to[4 * t] = line0[t];
    to[4 * t + 1] = line1[t];
    to[4 * t + 2] = line2[t];
    to[4 * t + 3] = line3[t];
  }
}

/// The reverse: line i at t = from[4t + i].
ACSL_LEAF void unweave(float const* from, index_t count, float* line0, float* line1, float* line2, float* line3) {
  ACSL_INDEPENDENT_ITERATIONS
  for (index_t t = 0; t < count; ++t) {
    line0[t] = from[4 * t];
    line1[t] = from[4 * t + 1];
    line2[t] = from[4 * t + 2];
    line3[t] = from[4 * t + 3];
  }
}

}  // namespace acsl::detail
