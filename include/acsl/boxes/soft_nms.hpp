// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/iou.hpp>
#include <cmath>
#include <utility>
#include <vector>

namespace acsl {

enum class score_decay { linear, gaussian, hard };

struct soft_nms_options {
  score_decay decay = score_decay::linear;
  float iou_threshold = 0.5F;
  float sigma = 0.5F;  ///< of the gaussian decay
  float minimum_score = 1e-3F;
};

/// A box with its (decayed) score and the row it came from.
struct scored_box {
  box where;
  float score = 0;
  std::int32_t row = 0;
};

/// Soft non-maximum suppression (detector-spec 11.3): instead of dropping the neighbours of a picked box their scores
/// decay by linear 1 − IoU above the threshold, gaussian exp(−IoU² / sigma), or hard 0. A box whose decayed score falls
/// below the minimum is dropped.
///
/// @return remaining boxes in the order they were picked
/// @source Bodla, Singh, Chellappa, Davis, ICCV 2017; the exact order of steps is the original's
template <class Convention = inclusive>
std::vector<scored_box> soft_nms(std::vector<scored_box> boxes, soft_nms_options const& options) {
  std::size_t count = boxes.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t best = i;
    for (std::size_t j = i + 1; j < count; ++j)
      if (boxes[j].score > boxes[best].score) best = j;
    std::swap(boxes[i], boxes[best]);
    for (std::size_t j = i + 1; j < count;) {
      float const overlap = iou<Convention>(boxes[i].where, boxes[j].where);
      if (overlap > 0) {
        float weight = 1;
        switch (options.decay) {
          case score_decay::linear:
            weight = overlap > options.iou_threshold ? 1 - overlap : 1;
            break;
          case score_decay::gaussian:
            weight = std::exp(-overlap * overlap / options.sigma);
            break;
          case score_decay::hard:
            weight = overlap > options.iou_threshold ? 0 : 1;
            break;
        }
        boxes[j].score *= weight;
        if (boxes[j].score < options.minimum_score) {
          boxes[j] = boxes[--count];
          continue;  // the box that took this place is looked at next
        }
      }
      ++j;
    }
  }
  boxes.resize(count);
  return boxes;
}

}  // namespace acsl
