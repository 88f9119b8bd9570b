// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <array>
#include <cmath>
#include <cstddef>

namespace acsl::corruptions::detail {

/// Spreads whole numbers in [0, 255] (one channel) over that range, so that their distribution becomes even: a value
/// becomes round(255 · share of larger ones than the smallest up to it). One value alone stays. As OpenCV's
/// equalizeHist.
inline void equalise_histogram(pixel_field& field) {
  std::array<std::size_t, 256> counts = {};
  for (float const value : field.values) ++counts[static_cast<std::size_t>(value)];
  std::size_t lowest = 0;
  while (lowest < 255 && counts[lowest] == 0) ++lowest;
  std::size_t const others = field.values.size() - counts[lowest];
  if (others == 0) return;
  float const scale = 255.0F / static_cast<float>(others);
  std::array<float, 256> spread = {};
  std::size_t sum = 0;
  for (std::size_t v = lowest + 1; v < 256; ++v) {
    sum += counts[v];
    spread[v] = std::nearbyint(static_cast<float>(sum) * scale);
  }
  for (float& value : field.values) value = spread[static_cast<std::size_t>(value)];
}

}  // namespace acsl::corruptions::detail
