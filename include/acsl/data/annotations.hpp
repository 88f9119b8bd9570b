// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace acsl {

/// A class of objects. Its label in training is 1 + its position in `annotation_set::categories`.
struct category {
  std::int64_t id = 0;
  std::string name;
  char frequency = 0;                            ///< 'r'are, 'c'ommon, 'f'requent; 0: the file does not say
  std::optional<std::int64_t> image_count = {};  ///< training images that hold it
  std::optional<std::int64_t> instance_count = {};
};

/// A photograph as the annotation file describes it.
struct image_record {
  std::int64_t id = 0;
  std::string file_name;          ///< empty: the file does not say, which only evaluation takes
  index_t width = 0, height = 0;  ///< pixels; 0: likewise
  std::vector<std::int64_t> neg_category_ids = {}, not_exhaustive_category_ids = {};
};

/// One annotated object.
struct annotation {
  std::int64_t id = 0, image_id = 0, category_id = 0;
  std::array<double, 4> bbox = {};  ///< x, y, width, height in pixels; no "+1"
  double area = 0;                  ///< of the object's mask, in pixels
  bool ignore = false;
  std::optional<bool> iscrowd = {};  ///< empty: the file has no such key
};

/// The contents of an LVIS or COCO annotation file, in file order.
struct annotation_set {
  std::string file;  ///< where it was read from, for messages; may be empty
  std::vector<category> categories;
  std::vector<image_record> images;
  std::vector<annotation> annotations;
};

/// Groups of categories need every category's frequency.
/// @throws acsl::file_error naming the first category without one
inline void require_frequencies(annotation_set const& set) {
  for (category const& c : set.categories)
    if (c.frequency == 0)
      throw file_error(set.file, "category '" + c.name + "' (id " + std::to_string(c.id) +
                                     ") has no frequency ('r', 'c' or 'f'), which groups of categories need");
}

/// Where each id stands in a list of categories or images; the first of those that share one.
template <class Record>
[[nodiscard]] std::unordered_map<std::int64_t, index_t> positions_by_id(std::vector<Record> const& records) {
  std::unordered_map<std::int64_t, index_t> positions;
  positions.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) positions.emplace(records[i].id, static_cast<index_t>(i));
  return positions;
}

/// How often each category occurs, by position in `annotation_set::categories`.
struct category_counts {
  std::vector<std::int64_t> images;     ///< images that hold at least one object of it
  std::vector<std::int64_t> instances;  ///< objects of it
};

/// Counts every annotation of the file, filtered or not, as the counts inside LVIS files do. O(n log n).
/// @throws acsl::error when an annotation names a category that the set lacks
[[nodiscard]] inline category_counts count_categories(annotation_set const& set) {
  category_counts counts{std::vector<std::int64_t>(set.categories.size()),
                         std::vector<std::int64_t>(set.categories.size())};
  auto const positions = positions_by_id(set.categories);
  for (annotation const& object : set.annotations) {
    auto const found = positions.find(object.category_id);
    ACSL_EXPECTS(found != positions.end(), "every annotation has a category of the set", object.category_id);
    ++counts.instances[static_cast<std::size_t>(found->second)];
  }
  std::vector<std::ptrdiff_t> next(counts.instances.size());  // where the images of a category go on
  std::exclusive_scan(counts.instances.begin(), counts.instances.end(), next.begin(), std::ptrdiff_t{0});
  std::vector<std::int64_t> images(set.annotations.size());  // those of a category one after the other
  for (annotation const& object : set.annotations)
    images[static_cast<std::size_t>(next[static_cast<std::size_t>(positions.at(object.category_id))]++)] =
        object.image_id;
  for (std::size_t c = 0; c < next.size(); ++c) {
    auto const last = images.begin() + next[c], first = last - counts.instances[c];
    std::sort(first, last);
    counts.images[c] = std::unique(first, last) - first;
  }
  return counts;
}

}  // namespace acsl
