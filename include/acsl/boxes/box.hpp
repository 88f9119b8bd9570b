// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <cstdint>

namespace acsl {

/// Axis-aligned box in pixels: left, top, right, bottom. What the corners mean is a convention (below).
struct box {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  friend constexpr bool operator==(box const&, box const&) = default;
};

/// A region of one image of a batch.
struct roi {
  float image = 0;  ///< index in the batch
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};

/// A found object.
struct detection {
  box where;
  float score = 0;
  std::int32_t label = 0;  ///< 0-based foreground class
  friend constexpr bool operator==(detection const&, detection const&) = default;
};

/// Corners are the outermost pixels of the object: width = x2 − x1 + 1. The convention of the original and of all
/// defaults here.
struct inclusive {
  static constexpr float offset = 1;
};
/// Corners are real coordinates: width = x2 − x1.
struct continuous {
  static constexpr float offset = 0;
};

/// Limits of an image: x to [0, width − 1], y to [0, height − 1].
ACSL_HOST_DEVICE constexpr box clip(box const& b, std::int64_t height, std::int64_t width) {
  auto const limit = [](float v, std::int64_t extent) {
    float const top = static_cast<float>(extent - 1);
    return v < 0 ? 0.0F : (v > top ? top : v);
  };
  return {limit(b.x1, width), limit(b.y1, height), limit(b.x2, width), limit(b.y2, height)};
}

}  // namespace acsl
