// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_layout.hpp>
#include <acsl/data/detail/object_places.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <array>
#include <map>
#include <string>

namespace acsl {

/// What a set has of one frequency group.
struct group_summary {
  char letter = 0;                                                    ///< 0: categories without a frequency
  index_t categories = 0, with_objects = 0, images = 0, objects = 0;  ///< images: that hold one of its categories
};

/// What an annotation file holds.
struct data_summary {
  annotation_layout layout;
  index_t images = 0, images_without_objects = 0;
  std::array<group_summary, 4> groups;             ///< r, c, f, and categories without a letter
  std::map<std::string, index_t> address_folders;  ///< images by the folder of `coco_url`: {"train2017", 5000}
};

namespace detail {

inline data_summary summary_of(loose_annotation_set const& set, object_places const& places) {
  data_summary result;
  auto& layout = result.layout;
  layout.categories = static_cast<index_t>(set.categories.size());
  layout.annotations = static_cast<index_t>(set.annotations.size());
  result.images = static_cast<index_t>(set.images.size());
  result.groups = {{{'r'}, {'c'}, {'f'}, {0}}};
  auto const group_of = [&](std::size_t c) {
    char const letter = set.categories[c].frequency;
    return letter == 'r' ? std::size_t{0} : letter == 'c' ? std::size_t{1} : letter == 'f' ? std::size_t{2} : 3;
  };
  for (std::size_t c = 0; c < set.categories.size(); ++c) {
    auto& group = result.groups[group_of(c)];
    layout.has_frequencies |= set.categories[c].frequency != 0;
    ++group.categories;
    group.with_objects += places.objects_of_category[c] > 0;
    group.objects += places.objects_of_category[c];
  }
  for (std::size_t i = 0; i < set.images.size(); ++i) {
    auto const& image = set.images[i];
    layout.has_lists |= image.has(lack::object) && (image.has(lack::neg_list) || image.has(lack::open_list));
    layout.has_file_names |= image.has_file_name;
    layout.has_addresses |= !image.coco_path.empty();
    if (!image.coco_path.empty()) ++result.address_folders[image.coco_path.substr(0, image.coco_path.find('/'))];
    result.images_without_objects += places.is_empty(i);
    std::array<bool, 4> seen = {};
    for (auto k = places.first[i]; k < places.first[i + 1]; ++k)
      seen[group_of(static_cast<std::size_t>(places.held[k]))] = true;
    for (std::size_t g = 0; g < seen.size(); ++g) result.groups[g].images += seen[g];
  }
  return result;
}

}  // namespace detail
}  // namespace acsl
