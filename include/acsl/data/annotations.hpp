// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace acsl {

/// A class of objects. Its label in training is 1 + its position in `annotation_set::categories`.
struct category {
  std::int64_t id = 0;
  std::string name;
  char frequency = 0;                              ///< 'r'are, 'c'ommon, 'f'requent; 0: the file does not say
  std::optional<std::int64_t> image_count = {};    ///< training images that hold it
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

/// How often each category occurs, by position in `annotation_set::categories`.
struct category_counts {
  std::vector<std::int64_t> images;     ///< images that hold at least one object of it
  std::vector<std::int64_t> instances;  ///< objects of it
};

}  // namespace acsl
