// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/select_detections.hpp>
#include <vector>

namespace acsl {

/// What turns the classifier's logits into scores.
enum class score_activation {
  automatic,  ///< as the loss of the (last) stage says
  softmax,    ///< softmax over all columns; the released code does this for every cascade
  sigmoid,
};

/// Numbers of inference; defaults are the original's for Faster R-CNN (detector-spec 8.4, 11).
struct detection_options {
  selection_options selection;  ///< score threshold 0, suppression at 0.5, 300 detections
  score_activation activation = score_activation::automatic;
  bool rescale = true;           ///< boxes in pixels of the original image instead of the resized one
  bool keep_all_stages = false;  ///< a cascade: what every stage would say alone, as well
};

/// What was found in the images of a batch, a list for each.
struct detection_results {
  std::vector<std::vector<detection>> ensemble;             ///< of all stages together
  std::vector<std::vector<std::vector<detection>>> stages;  ///< of each; empty without `keep_all_stages` and a cascade
};

}  // namespace acsl
