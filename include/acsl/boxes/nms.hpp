// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/backend/detail/top_k_order.hpp>
#include <acsl/boxes/iou.hpp>
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace acsl {

/// Non-maximum suppression (detector-spec 11.2): by descending score (ties: lower row first; NaN last), a box is kept
/// unless its overlap with a kept one exceeds `threshold` (strictly).
///
/// @return kept rows in ascending order
/// @note O(n · kept); the comparisons of one box with the kept ones run in blocks that vectorise
template <class Convention = inclusive, backend Backend>
std::vector<std::int32_t> nms(Backend&, tensor_view<box const> boxes, tensor_view<float const> scores,
                              float threshold) {
  static_assert(Backend::host_memory, "acsl::nms: boxes lie in host memory");
  ACSL_EXPECTS(boxes.size() == scores.size(), "nms: one score per box", boxes.size(), scores.size());
  auto const n = static_cast<std::size_t>(boxes.size());
  std::vector<std::int32_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return detail::top_k_order{}(detail::scored<float>{scores[a], a}, detail::scored<float>{scores[b], b});
  });

  // Kept boxes as columns, so that the inner loop reads contiguous memory.
  std::vector<float> x1, y1, x2, y2, areas;
  std::vector<std::int32_t> kept;
  constexpr std::size_t block = 32;
  for (std::int32_t row : order) {
    box const b = boxes[row];
    float const own = area<Convention>(b);
    bool suppressed = false;
    for (std::size_t first = 0; first < kept.size() && !suppressed; first += block) {
      std::size_t const last = std::min(first + block, kept.size());
      int over = 0;
      for (std::size_t i = first; i < last; ++i) {
        float const left = x1[i] > b.x1 ? x1[i] : b.x1, right = x2[i] < b.x2 ? x2[i] : b.x2;
        float const top = y1[i] > b.y1 ? y1[i] : b.y1, bottom = y2[i] < b.y2 ? y2[i] : b.y2;
        float const width = right - left + Convention::offset, height = bottom - top + Convention::offset;
        float const inter = (width > 0 ? width : 0) * (height > 0 ? height : 0);
        over |= inter / (areas[i] + own - inter) > threshold ? 1 : 0;
      }
      suppressed = over != 0;
    }
    if (suppressed) continue;
    x1.push_back(b.x1);
    y1.push_back(b.y1);
    x2.push_back(b.x2);
    y2.push_back(b.y2);
    areas.push_back(own);
    kept.push_back(row);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace acsl
