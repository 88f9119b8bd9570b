// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
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
  std::string file_name;
  index_t width = 0, height = 0;  ///< pixels
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

/// Where each id stands in a list of categories or images.
template <class Record>
[[nodiscard]] std::unordered_map<std::int64_t, index_t> positions_by_id(std::vector<Record> const& records) {
  std::unordered_map<std::int64_t, index_t> positions;
  for (Record const& record : records) positions.emplace(record.id, static_cast<index_t>(positions.size()));
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
  std::set<std::pair<index_t, std::int64_t>> seen;
  for (annotation const& object : set.annotations) {
    auto const found = positions.find(object.category_id);
    ACSL_EXPECTS(found != positions.end(), "every annotation has a category of the set", object.category_id);
    auto const place = static_cast<std::size_t>(found->second);
    ++counts.instances[place];
    if (seen.emplace(found->second, object.image_id).second) ++counts.images[place];
  }
  return counts;
}

}  // namespace acsl
