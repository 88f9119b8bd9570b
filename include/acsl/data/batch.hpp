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

/// Checks that a batch to train on has one list of boxes per image and one positive label per box.
inline void expect_annotations(batch const& images) {
  std::size_t const count = images.info.size();
  ACSL_EXPECTS(images.boxes.size() == count && images.labels.size() == count, "one list of boxes and labels per image",
               images.boxes.size(), images.labels.size(), count);
  for (std::size_t n = 0; n < count; ++n) {
    ACSL_EXPECTS(images.boxes[n].size() == images.labels[n].size(), "one label per annotated box",
                 images.boxes[n].size(), images.labels[n].size(), images.info[n].file);
    for (std::int32_t const label : images.labels[n])
      ACSL_EXPECTS(label > 0, "labels of annotated boxes begin at 1", label, images.info[n].file);
  }
}

}  // namespace acsl
