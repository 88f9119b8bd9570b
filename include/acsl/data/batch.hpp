// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/tensor.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace acsl {

/// What became of one photograph on its way into a batch. All sizes in pixels.
struct image_info {
  std::int64_t id = 0;   ///< the image's id in the annotation file
  index_t position = 0;  ///< its place in the data set
  std::string file;
  index_t original_height = 0, original_width = 0;  ///< of the file
  index_t height = 0, width = 0;                    ///< resized, unpadded: boxes are clipped to it
  index_t padded_height = 0,
          padded_width = 0;  ///< padded alone, before the batch's common padding: anchors are valid in it
  double scale = 1;          ///< resized = original * scale, the same along both axes
  bool flipped = false;      ///< mirrored left to right
};

/// Photographs ready for a detector, with their objects in resized (and flipped) coordinates.
struct batch {
  tensor<float> images;                           ///< [N, 3, H, W], normalised RGB, zero padded at the bottom and right
  std::vector<image_info> info;                   ///< N
  std::vector<std::vector<box>> boxes;            ///< N lists; empty lists at test time
  std::vector<std::vector<std::int32_t>> labels;  ///< like `boxes`; 1-based, 0 is background
};

}  // namespace acsl
