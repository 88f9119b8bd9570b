// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/memory_resource.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/data/pipeline.hpp>
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace acsl {

/// Puts samples into one batch, zero padded at the bottom and right to the largest padded height and width among them.
/// The samples' own padded sizes in `info` stay as they are. No samples give a batch [0, 3, 0, 0].
/// @param memory host memory for the images
[[nodiscard]] inline batch collate(std::vector<image_sample> samples, memory_resource* memory = host_heap()) {
  index_t height = 0, width = 0;
  for (auto const& s : samples) {
    height = std::max(height, s.image.extent(1));
    width = std::max(width, s.image.extent(2));
  }
  batch result;
  result.images = tensor<float>(shape{static_cast<index_t>(samples.size()), 3, height, width}, memory);
  float* target = result.images.data();
  for (auto& s : samples) {
    index_t const rows = s.image.extent(1), columns = s.image.extent(2);
    for (index_t row = 0; row < 3 * height; ++row, target += width) {
      index_t const plane = row / height, y = row % height, filled = y < rows ? columns : 0;
      if (filled) std::copy_n(s.image.data() + (plane * rows + y) * columns, columns, target);
      std::fill(target + filled, target + width, 0.0F);
    }
    result.info.push_back(std::move(s.info));
    result.boxes.push_back(std::move(s.boxes));
    result.labels.push_back(std::move(s.labels));
  }
  return result;
}

}  // namespace acsl
