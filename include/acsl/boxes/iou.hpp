// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/box.hpp>

namespace acsl {

/// (x2 − x1 + offset) · (y2 − y1 + offset); may be negative for a box that is none.
template <class Convention = inclusive>
ACSL_HOST_DEVICE constexpr float area(box const& b) {
  return (b.x2 - b.x1 + Convention::offset) * (b.y2 - b.y1 + Convention::offset);
}

/// Area that both cover, 0 when they do not meet.
template <class Convention = inclusive>
ACSL_HOST_DEVICE constexpr float intersection(box const& a, box const& b) {
  float const left = a.x1 > b.x1 ? a.x1 : b.x1, right = a.x2 < b.x2 ? a.x2 : b.x2;
  float const top = a.y1 > b.y1 ? a.y1 : b.y1, bottom = a.y2 < b.y2 ? a.y2 : b.y2;
  float const width = right - left + Convention::offset, height = bottom - top + Convention::offset;
  return (width > 0 ? width : 0) * (height > 0 ? height : 0);
}

/// Intersection over union, float32 in this order: inter / (area(a) + area(b) − inter). 0 when both have no area.
template <class Convention = inclusive>
ACSL_HOST_DEVICE constexpr float iou(box const& a, box const& b) {
  float const inter = intersection<Convention>(a, b);
  float const both = area<Convention>(a) + area<Convention>(b) - inter;
  return inter > 0 ? inter / both : 0.0F;
}

/// Intersection over the area of the first box. 0 when they do not meet.
template <class Convention = inclusive>
ACSL_HOST_DEVICE constexpr float iof(box const& a, box const& b) {
  float const inter = intersection<Convention>(a, b);
  return inter > 0 ? inter / area<Convention>(a) : 0.0F;
}

/// out[i, j] = iou(a[i], b[j]); out is [a, b].
template <class Convention = inclusive, backend Backend>
void pairwise_iou(Backend& exec, tensor_view<box const> a, tensor_view<box const> b, tensor_view<float> out) {
  ACSL_EXPECTS(out.size() == a.size() * b.size(), "pairwise_iou: one value per pair", a.size(), b.size(), out.size());
  index_t const columns = b.size();
  exec.for_each(
      out.size(), [=] ACSL_HOST_DEVICE(index_t i) { out[i] = iou<Convention>(a[i / columns], b[i % columns]); }, 5);
}

}  // namespace acsl
