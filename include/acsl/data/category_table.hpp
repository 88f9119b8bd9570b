// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_layout.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/io/json.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// The categories of a training set, each with image_count and instance_count.
struct category_table {
  std::vector<category> categories;
  std::int64_t images = 0;               ///< training images; 0: unknown
  std::int64_t images_with_objects = 0;  ///< of these; 0: unknown
};

/// Counts the annotations of a file. Letters stay those of the file; where it has none, they are those of LVIS for the
/// number of images.
[[nodiscard]] inline category_table category_table_of(annotation_set const& set) {
  auto const counts = count_categories(set);
  category_table result{set.categories, static_cast<std::int64_t>(set.images.size())};
  for (std::size_t c = 0; c < result.categories.size(); ++c) {
    auto& category = result.categories[c];
    category.image_count = counts.images[c];
    category.instance_count = counts.instances[c];
    if (category.frequency == 0) category.frequency = frequency_of(counts.images[c]);
  }
  std::vector<std::int64_t> held;
  held.reserve(set.annotations.size());
  for (annotation const& a : set.annotations) held.push_back(a.image_id);
  if (!std::is_sorted(held.begin(), held.end())) std::sort(held.begin(), held.end());
  result.images_with_objects = std::unique(held.begin(), held.end()) - held.begin();
  return result;
}

/// Whether a document is a table of categories, and not an annotation file: its `images` is no list.
[[nodiscard]] inline bool is_category_table(json_value const& document) {
  if (!document.is_object() || !document.has("categories")) return false;
  auto const images = document.find("images");
  return !images || !images->is_array();
}

/// Reads a table {"categories": [{"id", "name", "image_count", "instance_count", "frequency"}], "images": 57263}.
/// `images` may be missing; it is known where the table is that of a published training set of LVIS.
/// @throws acsl::file_error for a missing or negative count and for what `load_annotations` refuses in a category
[[nodiscard]] inline category_table read_category_table(json_value const& document) {
  category_table result;
  std::int64_t objects = 0;
  document.at("categories").for_each_element([&](json_value const& element) {
    auto one = detail::read_category(element, annotation_rules::training);
    for (char const* key : {"image_count", "instance_count"})
      if (element.at(key).integer() < 0) element.at(key).fail("a count is not negative");
    if (one.frequency == 0) one.frequency = frequency_of(*one.image_count);
    objects += *one.instance_count;
    result.categories.push_back(std::move(one));
  });
  if (auto const* split = lvis_split_of(static_cast<index_t>(result.categories.size()), objects)) {
    result.images = split->images;
    result.images_with_objects = split->images_with_objects;
  }
  if (auto const images = document.find("images")) result.images = images->integer();
  if (auto const images = document.find("images_with_objects")) result.images_with_objects = images->integer();
  return result;
}

/// What losses read.
[[nodiscard]] inline class_statistics class_statistics_of(category_table const& table) {
  class_statistics result;
  for (category const& c : table.categories) {
    result.frequency.push_back(c.frequency);
    result.image_count.push_back(c.image_count.value_or(0));
    result.instance_count.push_back(c.instance_count.value_or(0));
  }
  result.images = table.images;
  return result;
}

/// Class statistics as JSON: {"images": n, "frequency": [codes of letters], "image_count": […], "instance_count": […]},
/// in the order of labels. Checkpoints hold it, too.
[[nodiscard]] inline nlohmann::ordered_json class_statistics_json(class_statistics const& classes) {
  return {{"images", classes.images},
          {"frequency", classes.frequency},
          {"image_count", classes.image_count},
          {"instance_count", classes.instance_count}};
}
/// Reads what `class_statistics_json` made; further keys are left alone.
/// @throws acsl::file_error for missing keys, and where the lists differ in length
[[nodiscard]] inline class_statistics read_class_statistics(json_value const& document) {
  class_statistics result;
  result.images = document.at("images").integer();
  for (auto const letter : document.at("frequency").integers()) result.frequency.push_back(static_cast<char>(letter));
  result.image_count = document.at("image_count").integers();
  result.instance_count = document.at("instance_count").integers();
  if (result.image_count.size() != result.frequency.size() || result.instance_count.size() != result.frequency.size())
    throw file_error(document.file(), "holds statistics of an uneven number of classes");
  return result;
}

/// Class statistics with the categories beside them: both `read_class_statistics` and `read_category_table` read it.
[[nodiscard]] inline nlohmann::ordered_json category_table_json(category_table const& table) {
  auto result = class_statistics_json(class_statistics_of(table));
  result["images_with_objects"] = table.images_with_objects;
  auto& list = result["categories"] = nlohmann::ordered_json::array();
  for (category const& c : table.categories)
    list.push_back({{"id", c.id},
                    {"name", c.name},
                    {"frequency", std::string(1, c.frequency)},
                    {"image_count", c.image_count.value_or(0)},
                    {"instance_count", c.instance_count.value_or(0)}});
  return result;
}

}  // namespace acsl
