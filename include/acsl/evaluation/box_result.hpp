// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>

namespace acsl {

/// One found object, as result files hold it.
struct box_result {
  std::int64_t image_id = 0, category_id = 0;
  std::array<double, 4> bbox = {};  ///< x, y, width, height in pixels; not clipped to the image
  double score = 0;                 ///< any finite number; only the order counts
  friend bool operator==(box_result const&, box_result const&) = default;
};

}  // namespace acsl
