// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/data/annotations.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

struct dataset_options {
  bool training = true;       ///< filter images and objects; false: every image in file order, without objects
  index_t minimum_side = 32;  ///< training images with a shorter side are dropped
  /// The original drops every object whose annotation has `iscrowd` with the value 0, which is all of COCO (LVIS has no
  /// such key). False treats them as ordinary objects.
  bool drop_marked_not_crowd = false;
};

/// A photograph of a data set, with its objects in pixels of the file, corners inclusive.
struct dataset_record {
  image_record image;
  std::vector<box> boxes;            ///< [x, y, x + w - 1, y + h - 1], file order; empty unless training
  std::vector<std::int32_t> labels;  ///< 1 + position of the category
  std::vector<box> crowds;           ///< kept for tools; the network never sees them

  /// Aspect group: wider than high.
  [[nodiscard]] bool wide() const { return image.width > image.height; }
};

/// What the training filter took out.
struct dataset_report {
  index_t images_without_annotations = 0;
  index_t images_too_small = 0;
  index_t images_without_boxes = 0;     ///< kept; at load time another image of the group stands in for them
  index_t images_without_stand_in = 0;  ///< dropped: no image of their aspect group has a box
  index_t objects_ignored = 0;          ///< marked `ignore`
  index_t objects_degenerate = 0;       ///< area not positive, or a side below 1 pixel
  index_t objects_crowd = 0;
  index_t objects_marked_not_crowd = 0;  ///< dropped by `drop_marked_not_crowd`
};

}  // namespace acsl
