// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/box.hpp>
#include <algorithm>
#include <cmath>
#include <vector>

namespace acsl {

/// Anchors of a pyramid; defaults are the original's.
struct anchor_options {
  std::vector<float> scales = {8};           ///< side of the square anchor in strides
  std::vector<float> ratios = {0.5F, 1, 2};  ///< height / width
  std::vector<int> strides = {4, 8, 16, 32, 64};
};

/// Anchors of the cell at the origin, ratio-major then scale, corners rounded to even halves (detector-spec 4.2).
inline std::vector<box> base_anchors(int stride, anchor_options const& options) {
  std::vector<box> result;
  auto const b = static_cast<float>(stride);
  float const centre = 0.5F * (b - 1);
  for (float ratio : options.ratios)
    for (float scale : options.scales) {
      float const hr = std::sqrt(ratio), wr = 1 / hr;
      float const width = b * wr * scale, height = b * hr * scale;
      result.push_back({std::nearbyint(centre - 0.5F * (width - 1)), std::nearbyint(centre - 0.5F * (height - 1)),
                        std::nearbyint(centre + 0.5F * (width - 1)), std::nearbyint(centre + 0.5F * (height - 1))});
    }
  return result;
}

/// Base anchors moved to every cell of a [height, width] map, in (y, x, anchor) order.
template <backend Backend>
tensor<box> grid_anchors(Backend& exec, std::vector<box> const& base, int stride, index_t height, index_t width) {
  auto const per_cell = static_cast<index_t>(base.size());
  tensor<box> result({height * width * per_cell}, exec.memory());
  box const* origin = base.data();
  box* out = result.data();
  static_assert(Backend::host_memory, "acsl::grid_anchors: the base anchors lie in host memory");
  exec.for_each(
      result.size(),
      [=](index_t i) {
        index_t const cell = i / per_cell;
        auto const x = static_cast<float>(cell % width * stride), y = static_cast<float>(cell / width * stride);
        box const& b = origin[i % per_cell];
        out[i] = {b.x1 + x, b.y1 + y, b.x2 + x, b.y2 + y};
      },
      3);
  return result;
}

/// Which anchors of a level take part in training (detector-spec 4.3): their cell lies in the padded image, and they
/// lie in the image itself.
///
/// @return one byte per anchor
template <backend Backend>
std::vector<std::uint8_t> inside_flags(Backend& exec, tensor_view<box const> anchors, int stride, index_t cell_rows,
                                       index_t cell_columns, index_t padded_height, index_t padded_width,
                                       index_t height, index_t width) {
  std::vector<std::uint8_t> result(static_cast<std::size_t>(anchors.size()));
  if (result.empty()) return result;
  index_t const per_cell = anchors.size() / (cell_rows * cell_columns);
  auto const up = [stride](index_t extent) { return (extent + stride - 1) / stride; };
  index_t const rows = std::min(up(padded_height), cell_rows), columns = std::min(up(padded_width), cell_columns);
  std::uint8_t* out = result.data();
  exec.for_each(
      anchors.size(),
      [=](index_t i) {
        index_t const cell = i / per_cell;
        bool const valid = cell / cell_columns < rows && cell % cell_columns < columns;
        box const& b = anchors[i];
        out[i] =
            valid && b.x1 >= 0 && b.y1 >= 0 && b.x2 < static_cast<float>(width) && b.y2 < static_cast<float>(height);
      },
      3);
  return result;
}

}  // namespace acsl
