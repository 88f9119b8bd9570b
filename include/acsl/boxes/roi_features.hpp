// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/boxes/level_mapping.hpp>
#include <acsl/boxes/roi_align.hpp>
#include <span>
#include <vector>

namespace acsl {

/// Features of regions from a pyramid: each region reads the level that fits its size.
struct roi_feature_options {
  index_t output = 7;
  index_t samples = 2;
  float finest = 56;                          ///< px; see `level_of`
  std::vector<int> strides = {4, 8, 16, 32};  ///< of the levels that are read, fine to coarse
};

namespace detail {

/// Rows of the regions that read each level.
inline std::vector<std::vector<index_t>> rows_by_level(tensor_view<roi const> rois,
                                                       roi_feature_options const& options) {
  std::vector<std::vector<index_t>> rows(options.strides.size());
  for (index_t i = 0; i < rois.size(); ++i)
    rows[static_cast<std::size_t>(level_of(rois[i], options.finest, static_cast<int>(rows.size())))].push_back(i);
  return rows;
}

}  // namespace detail

/// RoIAlign over the levels.
///
/// @param levels at least as many maps [N, C, H, W] as strides; further ones are not read
/// @return [R, C, output, output], row r for region r
template <backend Backend>
tensor<float> roi_features(Backend& exec, std::span<tensor_view<float const> const> levels, tensor_view<roi const> rois,
                           roi_feature_options const& options) {
  ACSL_EXPECTS(levels.size() >= options.strides.size(), "one map per stride", levels.size(), options.strides.size());
  tensor<float> result({rois.size(), levels[0].extent(1), options.output, options.output}, exec.memory());
  auto const rows = detail::rows_by_level(rois, options);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].empty()) continue;
    auto const map = detail::channels_last(exec, levels[i]);
    roi_align(exec, {options.output, options.samples, 1.0F / static_cast<float>(options.strides[i])}, map.view(),
              levels[i].extents(), rois, rows[i], result.view());
  }
  return result;
}

/// Adds the gradient by the maps to `level_gradients`, of the maps' shapes.
template <backend Backend>
void roi_features_backward(Backend& exec, tensor_view<float const> output_gradient, tensor_view<roi const> rois,
                           roi_feature_options const& options, std::span<tensor_view<float> const> level_gradients) {
  auto const rows = detail::rows_by_level(rois, options);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].empty()) continue;
    auto const& level = level_gradients[i];
    auto map = filled(exec, {level.extent(0), level.extent(2) * level.extent(3), level.extent(1)}, 0.0F);
    roi_align_backward(exec, {options.output, options.samples, 1.0F / static_cast<float>(options.strides[i])},
                       output_gradient, level.extents(), rois, rows[i], map.view());
    detail::add_channels_first(exec, map.view(), level);
  }
}

}  // namespace acsl
