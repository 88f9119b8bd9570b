// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <array>
#include <string>

namespace acsl {

/// What is known of a published split of LVIS (lvis-eval-spec 13). 0: not recounted.
struct lvis_split {
  char const *version, *split;
  index_t categories, images, images_with_objects, annotations;
};
inline constexpr std::array<lvis_split, 4> lvis_splits{{
    {"v0.5", "train", 1230, 57263, 56740, 693958},
    {"v0.5", "val", 1230, 5000, 4752, 50763},
    {"v1.0", "train", 1203, 100170, 99388, 1270141},
    {"v1.0", "val", 1203, 19809, 0, 244707},
}};

/// The published split with as many categories and annotations; null: none.
[[nodiscard]] inline lvis_split const* lvis_split_of(index_t categories, index_t annotations) {
  auto const found = std::find_if(lvis_splits.begin(), lvis_splits.end(), [=](lvis_split const& s) {
    return s.categories == categories && s.annotations == annotations;
  });
  return found == lvis_splits.end() ? nullptr : &*found;
}

/// How an annotation file is laid out.
struct annotation_layout {
  index_t categories = 0, annotations = 0;
  bool has_frequencies = false, has_lists = false;     ///< some category, some image has them
  bool has_file_names = false, has_addresses = false;  ///< some image has `file_name`, `coco_url`

  /// "LVIS v0.5, the whole val split, images named by file_name": told by the number of categories (1,230: v0.5; 1,203:
  /// v1.0, which has only `coco_url`) and by what records have.
  [[nodiscard]] std::string text() const {
    std::string const names = has_file_names  ? "images named by file_name"
                              : has_addresses ? "images named by coco_url"
                                              : "images without names";
    if (!has_frequencies) return "COCO layout without frequencies, " + names;
    if (!has_lists) return "LVIS frequencies without federated lists, " + names;
    char const* const version = categories == 1230 ? "v0.5" : categories == 1203 ? "v1.0" : nullptr;
    if (!version) return "LVIS layout with categories of its own, " + names;
    auto const* const split = lvis_split_of(categories, annotations);
    bool const usual = has_file_names == (categories == 1230);
    return std::string("LVIS ") + version + (split ? std::string(", the whole ") + split->split + " split" : "") +
           ", " + names +
           (usual                ? ""
            : categories == 1230 ? ", as in v1.0"
                                 : ", as in v0.5");
  }
};

}  // namespace acsl
