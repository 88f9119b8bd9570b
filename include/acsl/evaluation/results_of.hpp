// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/box_result.hpp>
#include <algorithm>
#include <vector>

namespace acsl {

/// Detections of a detector as results. Corners are the outermost pixels: bbox = [x1, y1, x2 − x1 + 1, y2 − y1 + 1],
/// in double from the float32 corners, as the original's files hold it.
///
/// @param detections one list per image, in the order of `set.images`; label k is `set.categories[k]`
/// @return images in that order, inside an image by label, inside a label in the order of the detections
/// @pre one list per image, labels below the number of categories
[[nodiscard]] inline std::vector<box_result> results_of(std::vector<std::vector<detection>> const& detections,
                                                        annotation_set const& set) {
  ACSL_EXPECTS(detections.size() == set.images.size(), "one list of detections per image", detections.size(),
               set.images.size());
  std::size_t total = 0;
  for (auto const& list : detections) total += list.size();
  std::vector<box_result> results;
  results.reserve(total);
  std::vector<detection> by_label;
  for (std::size_t image = 0; image < detections.size(); ++image) {
    by_label = detections[image];
    std::stable_sort(by_label.begin(), by_label.end(),
                     [](detection const& a, detection const& b) { return a.label < b.label; });
    for (auto const& [where, score, label] : by_label) {
      ACSL_EXPECTS(label >= 0 && static_cast<std::size_t>(label) < set.categories.size(),
                   "labels of detections are categories of the set", label, set.categories.size());
      double const x = where.x1, y = where.y1;
      results.push_back({set.images[image].id,
                         set.categories[static_cast<std::size_t>(label)].id,
                         {x, y, where.x2 - x + 1, where.y2 - y + 1},
                         score});
    }
  }
  return results;
}

/// Proposals as results of the one category 1, which is what the original's files call it.
[[nodiscard]] inline std::vector<box_result> results_of_proposals(std::vector<std::vector<detection>> const& proposals,
                                                                  annotation_set const& set) {
  annotation_set one_class;
  one_class.categories.push_back({.id = 1, .name = "object"});
  one_class.images = set.images;
  return results_of(proposals, one_class);
}

}  // namespace acsl
