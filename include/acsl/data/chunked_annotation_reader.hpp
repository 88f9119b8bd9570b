// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_reader.hpp>
#include <acsl/io/json_chunks.hpp>
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

enum class annotation_list { none, categories, images, annotations };

/// What a chunk of an annotation file holds. A list may begin in one chunk and go on in others.
struct annotation_chunk {
  annotation_list continued = annotation_list::none;  ///< what the chunk before it ends in, by its elements' looks
  annotation_list last = annotation_list::none;       ///< what the chunk ends in
  std::vector<annotation_list> begun;                 ///< keys "categories", "images", "annotations", in order
  std::vector<category> categories;
  std::vector<image_record> images;
  std::vector<annotation> annotations;
};

inline void read_elements(chunk_value const& list, annotation_list kind, annotation_rules rules,
                          annotation_chunk& chunk) {
  list.for_each_element([&](chunk_value const& element) {
    if (kind == annotation_list::categories) {
      chunk.categories.push_back(read_category(element, rules));
    } else if (kind == annotation_list::images) {
      chunk.images.push_back(read_image_record(element, rules));
    } else {
      chunk.annotations.push_back(read_annotation(element, nullptr, rules));
      chunk.annotations.back().image_id = element.at("image_id").integer();
      chunk.annotations.back().category_id = element.at("category_id").integer();
    }
  });
}

/// @param is_first it begins where the file does, not in a list
inline annotation_chunk read_annotation_chunk(chunk_value const& root, bool is_first, annotation_rules rules) {
  annotation_chunk chunk;
  bool goes_on = !is_first;
  root.for_each_field([&](std::string_view key, chunk_value const& value) {
    auto kind = annotation_list::none;
    if (goes_on) {
      auto const element = value.at(std::size_t{0});
      kind = element.has("image_id") ? annotation_list::annotations
             : element.has("width")  ? annotation_list::images
                                     : annotation_list::categories;
      chunk.continued = kind;
    } else {
      if (key == "categories") kind = annotation_list::categories;
      if (key == "images") kind = annotation_list::images;
      if (key == "annotations") kind = annotation_list::annotations;
      if (kind != annotation_list::none) chunk.begun.push_back(kind);
    }
    goes_on = false;
    chunk.last = kind;
    if (kind != annotation_list::none) read_elements(value, kind, rules, chunk);
  });
  return chunk;
}

/// Puts the chunks of a file together. Nothing: they do not fit, or a list is missing or there twice.
inline std::optional<annotation_set> joined(std::vector<annotation_chunk> chunks) {
  annotation_set set;
  std::vector<annotation_list> begun;
  auto last = annotation_list::none;
  std::size_t annotations = 0;
  for (auto const& chunk : chunks) annotations += chunk.annotations.size();
  set.annotations.reserve(annotations);
  for (auto& chunk : chunks) {
    if (chunk.continued != last) return std::nullopt;
    last = chunk.last;
    begun.insert(begun.end(), chunk.begun.begin(), chunk.begun.end());
    std::move(chunk.categories.begin(), chunk.categories.end(), std::back_inserter(set.categories));
    std::move(chunk.images.begin(), chunk.images.end(), std::back_inserter(set.images));
    set.annotations.insert(set.annotations.end(), chunk.annotations.begin(), chunk.annotations.end());
    chunk = {};
  }
  std::sort(begun.begin(), begun.end());
  bool const all = std::count(begun.begin(), begun.end(), annotation_list::categories) == 1 &&
                   std::count(begun.begin(), begun.end(), annotation_list::images) == 1;
  if (!all || std::adjacent_find(begun.begin(), begun.end()) != begun.end()) return std::nullopt;
  return set;
}

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
  auto chunks = read_json_chunks(
      exec, path, chunk_frame::lists_of_object,
      [rules](detail::chunk_value const& root, bool is_first) {
        return detail::read_annotation_chunk(root, is_first, rules);
      },
      chunk_bytes);
  if (chunks)
    if (auto set = detail::joined(*std::move(chunks)); set && detail::apply_rules(*set, rules)) {
      set->file = path.string();
      return *std::move(set);
    }
  return load_annotations(path, rules);
}

}  // namespace acsl
