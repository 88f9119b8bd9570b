// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

/// Parts of a data set: which records of an annotation file stay. All O(n), in the number of records.
namespace acsl {

/// Boxes of every category: `instance_count` of the file where every category has one, which in LVIS's files is that of
/// the file's own annotations; otherwise counted.
[[nodiscard]] inline std::vector<std::int64_t> instance_counts(annotation_set const& set) {
  std::vector<std::int64_t> stated;
  for (category const& c : set.categories)
    if (c.instance_count) stated.push_back(*c.instance_count);
  return stated.size() == set.categories.size() ? stated : count_categories(set).instances;
}

/// Annotations of every image, by position in `annotation_set::images`.
[[nodiscard]] inline std::vector<std::int64_t> instances_per_image(annotation_set const& set) {
  auto const positions = positions_by_id(set.images);
  std::vector<std::int64_t> counts(set.images.size());
  for (annotation const& object : set.annotations) {
    auto const found = positions.find(object.image_id);
    if (found != positions.end()) ++counts[static_cast<std::size_t>(found->second)];
  }
  return counts;
}

/// How many images have 0, 1, 2, … annotations, up to the largest number. No images: empty.
[[nodiscard]] inline std::vector<std::int64_t> instance_histogram(annotation_set const& set) {
  std::vector<std::int64_t> histogram;
  for (auto const n : instances_per_image(set)) {
    if (static_cast<std::size_t>(n) >= histogram.size()) histogram.resize(static_cast<std::size_t>(n) + 1);
    ++histogram[static_cast<std::size_t>(n)];
  }
  return histogram;
}

/// A flag for every record of a set, by position: whether it stays.
struct annotation_selection {
  std::vector<bool> categories, images, annotations;
};

/// All of it.
[[nodiscard]] inline annotation_selection select_all(annotation_set const& set) {
  return {std::vector<bool>(set.categories.size(), true), std::vector<bool>(set.images.size(), true),
          std::vector<bool>(set.annotations.size(), true)};
}

/// Images with all their annotations; categories stay, and with them labels. @param keep(position of an image)
template <class Keep>
[[nodiscard]] annotation_selection select_images(annotation_set const& set, Keep const& keep) {
  auto result = select_all(set);
  std::unordered_set<std::int64_t> kept;
  for (std::size_t i = 0; i < set.images.size(); ++i)
    if (result.images[i] = keep(i); result.images[i]) kept.insert(set.images[i].id);
  for (std::size_t i = 0; i < set.annotations.size(); ++i)
    result.annotations[i] = kept.count(set.annotations[i].image_id) > 0;
  return result;
}

/// Images with an object of a rare category, by the letters of the file.
/// @throws acsl::file_error where a category has no letter
[[nodiscard]] inline annotation_selection select_images_with_rare(annotation_set const& set) {
  require_frequencies(set);
  std::unordered_set<std::int64_t> rare, images;
  for (category const& c : set.categories)
    if (c.frequency == 'r') rare.insert(c.id);
  for (annotation const& object : set.annotations)
    if (rare.count(object.category_id) > 0) images.insert(object.image_id);
  return select_images(set, [&](std::size_t i) { return images.count(set.images[i].id) > 0; });
}

/// Categories with their objects. @param keep(position of a category)
/// @param drop_empty_images images without an object left go, too
template <class Keep>
[[nodiscard]] annotation_selection select_categories(annotation_set const& set, Keep const& keep,
                                                     bool drop_empty_images) {
  auto result = select_all(set);
  std::unordered_set<std::int64_t> kept, images;
  for (std::size_t i = 0; i < set.categories.size(); ++i)
    if (result.categories[i] = keep(i); result.categories[i]) kept.insert(set.categories[i].id);
  for (std::size_t i = 0; i < set.annotations.size(); ++i) {
    result.annotations[i] = kept.count(set.annotations[i].category_id) > 0;
    if (result.annotations[i]) images.insert(set.annotations[i].image_id);
  }
  for (std::size_t i = 0; drop_empty_images && i < set.images.size(); ++i)
    result.images[i] = images.count(set.images[i].id) > 0;
  return result;
}

}  // namespace acsl
