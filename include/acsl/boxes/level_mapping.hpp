// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/host_device.hpp>
#include <cmath>

namespace acsl {

/// Pyramid level that a region reads (detector-spec 7.1): floor(log2(sqrt(w · h) / finest + 1e-6)), limited to
/// [0, levels − 1], float32. With finest = 56: sides below 112 px read level 0, 112 to 223 level 1, …
ACSL_HOST_DEVICE inline int level_of(roi const& r, float finest, int levels) {
  float const size = std::sqrt((r.x2 - r.x1 + 1) * (r.y2 - r.y1 + 1));
  float const level = std::floor(std::log2(size / finest + 1e-6F));
  if (!(level > 0)) return 0;
  return level >= static_cast<float>(levels - 1) ? levels - 1 : static_cast<int>(level);
}

}  // namespace acsl
