// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>

namespace acsl::detail {

/// Σ f(i), i in [0, n), in a fixed order that vectorises without reassociation: 16 float lanes over blocks of 1,024
/// elements, whose sums are added in double.
template <class F>
ACSL_HOST_DEVICE double lane_sum(index_t n, F f) {
  constexpr index_t lanes = 16, block = 1024;
  double total = 0;
  for (index_t first = 0; first < n; first += block) {
    index_t const last = first + block < n ? first + block : n;
    float lane[lanes] = {};
    index_t i = first;
    for (; i + lanes <= last; i += lanes)
      for (index_t l = 0; l < lanes; ++l) lane[l] += f(i + l);
    for (index_t l = 0; i < last; ++i, ++l) lane[l] += f(i);
    for (index_t l = 0; l < lanes; ++l) total += static_cast<double>(lane[l]);
  }
  return total;
}

}  // namespace acsl::detail
