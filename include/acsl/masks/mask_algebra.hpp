// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/masks/run_length_mask.hpp>
#include <algorithm>
#include <cstdint>
#include <vector>

namespace acsl {
namespace detail {

/// Walks two masks of one size side by side: visit(in_a, in_b, length) for pieces that lie in one run of each. O(runs).
template <class Visit>
void walk_runs(run_length_mask const& a, run_length_mask const& b, Visit visit) {
  auto const x = a.runs(), y = b.runs();
  std::size_t i = 0, j = 0;
  std::uint32_t left_x = x.empty() ? 0 : x[0], left_y = y.empty() ? 0 : y[0];
  while (i < x.size() && j < y.size()) {
    std::uint32_t const length = std::min(left_x, left_y);
    if (length > 0) visit(i % 2 == 1, j % 2 == 1, length);
    left_x -= length;
    left_y -= length;
    if (left_x == 0 && ++i < x.size()) left_x = x[i];
    if (left_y == 0 && ++j < y.size()) left_y = y[j];
  }
}

template <class Both>
run_length_mask combined(run_length_mask const& a, run_length_mask const& b, Both both) {
  ACSL_EXPECTS(a.height() == b.height() && a.width() == b.width(), "masks that are combined have one size", a.height(),
               a.width(), b.height(), b.width());
  std::vector<std::int64_t> runs = {0};
  walk_runs(a, b, [&](bool in_a, bool in_b, std::uint32_t length) {
    if (both(in_a, in_b) != (runs.size() % 2 == 0)) runs.push_back(0);
    runs.back() += length;
  });
  return {a.height(), a.width(), runs};
}

/// How many pixels two masks share; −1 when their sizes differ and their tight boxes meet.
inline index_t common_pixels(run_length_mask const& a, run_length_mask const& b) {
  auto const p = a.box(), q = b.box();
  for (std::size_t i = 0; i < 2; ++i)
    if (std::min(p[i] + p[i + 2], q[i] + q[i + 2]) <= std::max(p[i], q[i])) return 0;
  if (a.height() != b.height() || a.width() != b.width()) return -1;
  index_t both = 0;
  walk_runs(a, b, [&both](bool in_a, bool in_b, std::uint32_t length) { both += in_a && in_b ? length : 0; });
  return both;
}

}  // namespace detail

/// The pixels that one of two masks holds. O(runs). @pre the masks have one size
[[nodiscard]] inline run_length_mask union_of(run_length_mask const& a, run_length_mask const& b) {
  return detail::combined(a, b, [](bool in_a, bool in_b) { return in_a || in_b; });
}
/// The pixels that both masks hold. O(runs). @pre the masks have one size
[[nodiscard]] inline run_length_mask intersection_of(run_length_mask const& a, run_length_mask const& b) {
  return detail::combined(a, b, [](bool in_a, bool in_b) { return in_a && in_b; });
}

/// Intersection over union of two masks; 0 when they share no pixel. Masks of two sizes cannot be compared: −1 when
/// their tight boxes meet, as the official tool has it, else 0. O(runs) where the boxes meet, O(1) elsewhere.
[[nodiscard]] inline double mask_overlap(run_length_mask const& a, run_length_mask const& b) {
  index_t const both = detail::common_pixels(a, b);
  return both <= 0 ? static_cast<double>(both)
                   : static_cast<double>(both) / static_cast<double>(a.area() + b.area() - both);
}

/// The share of a mask's pixels that lie in a crowd's mask; otherwise as `mask_overlap`.
[[nodiscard]] inline double mask_coverage(run_length_mask const& mask, run_length_mask const& crowd) {
  index_t const both = detail::common_pixels(mask, crowd);
  return both <= 0 ? static_cast<double>(both) : static_cast<double>(both) / static_cast<double>(mask.area());
}

}  // namespace acsl
