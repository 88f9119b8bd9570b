// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Which classes are tail classes: those below both limits. 0: no limit.
struct tail_limits {
  index_t images = 0;     ///< fewer images than this hold the class (LVIS's rare classes: 11)
  index_t instances = 0;  ///< fewer objects than this are of the class
};

/// The set with the annotations of tail classes alone, for fine-tuning on them. Categories, and with them labels, stay;
/// so do images, of which a training `dataset` drops those that have no annotation left. Objects of other classes in
/// the images that are left count as background.
/// @throws acsl::file_error when no annotation is left
/// @note O(n log n), in the number of annotations
/// @source the tail fine-tuning of Li et al., CVPR 2020, whose class filter is not in their code (losses-spec 9.4)
[[nodiscard]] inline annotation_set tail_annotations(annotation_set set, tail_limits limits) {
  if (limits.images == 0 && limits.instances == 0) return set;
  auto const counts = count_categories(set);
  auto const positions = positions_by_id(set.categories);
  std::erase_if(set.annotations, [&](annotation const& object) {
    auto const c = static_cast<std::size_t>(positions.at(object.category_id));
    return (limits.images > 0 && counts.images[c] >= limits.images) ||
           (limits.instances > 0 && counts.instances[c] >= limits.instances);
  });
  if (set.annotations.empty())
    throw file_error(set.file, "no object is left to train on: no class is in fewer than " +
                                   std::to_string(limits.images) + " images and has fewer than " +
                                   std::to_string(limits.instances) + " objects (0: no limit)");
  return set;
}

}  // namespace acsl
