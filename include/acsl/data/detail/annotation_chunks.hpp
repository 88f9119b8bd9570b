// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/page_allocator.hpp>
#include <acsl/io/json_chunks.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl::detail {

enum class annotation_list { none, categories, images, annotations };

/// What a chunk of an annotation file holds. A list may begin in one chunk and go on in others.
template <class Category, class Image, class Annotation>
struct annotation_chunk {
  annotation_list continued = annotation_list::none;  ///< what the chunk before it ends in, by its elements' looks
  annotation_list last = annotation_list::none;       ///< what the chunk ends in
  std::vector<annotation_list> begun;                 ///< keys "categories", "images", "annotations", in order
  std::vector<Category> categories;
  std::vector<Image> images;
  std::vector<Annotation, page_allocator<Annotation>> annotations;
};
template <class Elements>
using annotation_chunk_of =
    annotation_chunk<decltype(std::declval<Elements>().read_category(std::declval<chunk_value>())),
                     decltype(std::declval<Elements>().read_image(std::declval<chunk_value>())),
                     decltype(std::declval<Elements>().read_annotation(std::declval<chunk_value>()))>;

template <class Elements>
void read_elements(chunk_value const& list, annotation_list kind, Elements const& elements,
                   annotation_chunk_of<Elements>& chunk) {
  if (kind == annotation_list::annotations) chunk.annotations.reserve(list.size());
  list.for_each_element([&](chunk_value const& element) {
    if (kind == annotation_list::categories) chunk.categories.push_back(elements.read_category(element));
    else if (kind == annotation_list::images) chunk.images.push_back(elements.read_image(element));
    else chunk.annotations.push_back(elements.read_annotation(element));
  });
}

/// @param is_first it begins where the file does, not in a list
template <class Elements>
annotation_chunk_of<Elements> read_annotation_chunk(chunk_value const& root, bool is_first, Elements const& elements) {
  annotation_chunk_of<Elements> chunk;
  bool goes_on = !is_first;
  root.for_each_field([&](std::string_view key, chunk_value const& value) {
    auto kind = annotation_list::none;
    if (goes_on) {
      auto const element = value.at(std::size_t{0});
      kind = element.has("image_id")                                   ? annotation_list::annotations
             : element.has("width") || element.has("neg_category_ids") ? annotation_list::images
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
    if (kind != annotation_list::none) read_elements(value, kind, elements, chunk);
  });
  return chunk;
}

/// Puts the chunks of a file together. Nothing: they do not fit, or a list is missing or there twice.
template <class Set, class Chunk>
std::optional<Set> joined(std::vector<Chunk> chunks) {
  Set set;
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
  if (begun != std::vector{annotation_list::categories, annotation_list::images, annotation_list::annotations})
    return std::nullopt;
  return set;
}

/// Reads the three lists of an annotation file in parallel, each element on its own.
/// @tparam Set has the vectors categories, images and annotations
/// @param elements read_category, read_image and read_annotation make a record of a chunk_value
/// @return nothing: `read_json_chunks` gives none, or the chunks do not fit; a reader of the whole text has the last
///         word
template <class Set, has_loops Backend, class Elements>
std::optional<Set> read_annotation_lists(Backend& exec, std::filesystem::path const& path, Elements const& elements,
                                         std::size_t chunk_bytes) {
  auto chunks = read_json_chunks(
      exec, path, chunk_frame::lists_of_object,
      [&elements](chunk_value const& root, bool is_first) { return read_annotation_chunk(root, is_first, elements); },
      chunk_bytes);
  if (!chunks) return std::nullopt;
  return joined<Set>(*std::move(chunks));
}

}  // namespace acsl::detail
