// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/detail/annotation_chunks.hpp>
#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

/// Elements as `read_annotations` reads them, one at a time.
struct strict_elements {
  annotation_rules rules;

  [[nodiscard]] category read_category(chunk_value const& element) const {
    return detail::read_category(element, rules);
  }
  [[nodiscard]] image_record read_image(chunk_value const& element) const { return read_image_record(element, rules); }
  [[nodiscard]] annotation read_annotation(chunk_value const& element) const {
    auto result = detail::read_annotation(element, nullptr, rules);
    result.image_id = element.at("image_id").integer();
    result.category_id = element.at("category_id").integer();
    return result;
  }
};

template <class Record>
bool has_repeated_id(std::vector<Record> const& records) {
  std::vector<std::int64_t> ids;
  ids.reserve(records.size());
  for (Record const& record : records) ids.push_back(record.id);
  if (!std::is_sorted(ids.begin(), ids.end())) std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end()) != ids.end();
}

/// What `read_annotations` asks of records together. Drops what evaluation does not look at.
/// @return false: something is wrong
inline bool apply_rules(annotation_set& set, annotation_rules rules) {
  if (has_repeated_id(set.categories) || has_repeated_id(set.images)) return false;
  auto const categories = positions_by_id(set.categories), images = positions_by_id(set.images);
  bool const strict = rules == annotation_rules::training;
  if (!strict) {
    std::erase_if(set.annotations, [&](annotation const& a) {
      return categories.count(a.category_id) == 0 || images.count(a.image_id) == 0;
    });
  } else {
    for (image_record const& image : set.images)
      for (std::int64_t const id : image.neg_category_ids)
        if (categories.count(id) == 0) return false;
    for (annotation const& a : set.annotations) {
      auto const image = images.find(a.image_id);
      if (image == images.end() || categories.count(a.category_id) == 0 ||
          lies_beside(a.bbox, set.images[static_cast<std::size_t>(image->second)]))
        return false;
    }
  }
  return !has_repeated_id(set.annotations);
}

}  // namespace detail

/// Reads an annotation file as `load_annotations(path, rules)` does, with the same contents, errors and messages, on
/// all of a backend's threads: memory for what is kept, not for the text; only for a bad file for both.
template <has_loops Backend>
[[nodiscard]] annotation_set load_annotations(Backend& exec, std::filesystem::path const& path, annotation_rules rules,
                                              std::size_t chunk_bytes = std::size_t{1} << 20) {
  auto set = detail::read_annotation_lists<annotation_set>(exec, path, detail::strict_elements{rules}, chunk_bytes);
  if (set && detail::apply_rules(*set, rules)) {
    set->file = path.string();
    return *std::move(set);
  }
  return load_annotations(path, rules);
}

}  // namespace acsl
