// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/pixel_field.hpp>
#include <algorithm>
#include <cmath>

namespace acsl::corruptions::detail {

/// The middle ⌈height / factor⌉ x ⌈width / factor⌉ pixels, bilinearly enlarged by the factor: corner pixels stay
/// corners, as in SciPy's `zoom`. At least as large as the field. @pre factor >= 1, the field has pixels
inline pixel_field centre_zoom(pixel_field const& field, double factor) {
  auto const part = [factor](index_t side) {
    return static_cast<index_t>(std::ceil(static_cast<double>(side) / factor));
  };
  auto const enlarged = [factor](index_t side) {
    return static_cast<index_t>(std::nearbyint(static_cast<double>(side) * factor));
  };
  index_t const rows = part(field.height), columns = part(field.width);
  index_t const top = (field.height - rows) / 2, left = (field.width - columns) / 2;
  pixel_field result(std::max(enlarged(rows), field.height), std::max(enlarged(columns), field.width), field.channels);
  auto const place = [](index_t at, index_t from, index_t to) {
    return to > 1 ? static_cast<double>(at) * (static_cast<double>(from - 1) / static_cast<double>(to - 1)) : 0.0;
  };
  for (index_t y = 0; y < result.height; ++y) {
    double const source_y = place(y, rows, result.height);
    auto const upper = std::min(static_cast<index_t>(source_y), rows - 1);
    auto const weight_y = static_cast<float>(source_y - static_cast<double>(upper));
    float const* const first = field.row(top + upper);
    float const* const second = field.row(top + std::min(upper + 1, rows - 1));
    for (index_t x = 0; x < result.width; ++x) {
      double const source_x = place(x, columns, result.width);
      auto const before = std::min(static_cast<index_t>(source_x), columns - 1);
      auto const weight_x = static_cast<float>(source_x - static_cast<double>(before));
      index_t const a = (left + before) * field.channels,
                    b = (left + std::min(before + 1, columns - 1)) * field.channels;
      for (index_t c = 0; c < field.channels; ++c) {
        float const above = first[a + c] + weight_x * (first[b + c] - first[a + c]);
        float const below = second[a + c] + weight_x * (second[b + c] - second[a + c]);
        result.row(y)[x * field.channels + c] = above + weight_y * (below - above);
      }
    }
  }
  return result;
}

}  // namespace acsl::corruptions::detail
