// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/data/segmentation_reader.hpp>
#include <acsl/io/json.hpp>
#include <acsl/io/json_chunks.hpp>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

/// Reads masks of the annotations whose image and category a set lists.
class object_mask_reader {
 public:
  struct entry {
    std::int64_t id;
    run_length_mask mask;
  };
  explicit object_mask_reader(annotation_set const& set)
      : set_(set), images_(positions_by_id(set.images)), categories_(positions_by_id(set.categories)) {}

  template <class Value>
  void read(Value const& annotation, std::vector<entry>& to) const {
    auto const image = images_.find(annotation.at("image_id").integer());
    if (image == images_.end() || categories_.count(annotation.at("category_id").integer()) == 0) return;
    auto const& record = set_.images[static_cast<std::size_t>(image->second)];
    to.push_back(
        {annotation.at("id").integer(), read_segmentation(annotation.at("segmentation"), record.height, record.width)});
  }
  /// Nothing: these are not the set's annotations.
  [[nodiscard]] std::optional<std::vector<run_length_mask>> masks_of(std::vector<std::vector<entry>> parts) const {
    std::vector<run_length_mask> masks;
    masks.reserve(set_.annotations.size());
    for (auto& part : parts)
      for (auto& [id, mask] : part) {
        if (masks.size() == set_.annotations.size() || set_.annotations[masks.size()].id != id) return std::nullopt;
        masks.push_back(std::move(mask));
      }
    if (masks.size() != set_.annotations.size()) return std::nullopt;
    return masks;
  }

 private:
  annotation_set const& set_;
  std::unordered_map<std::int64_t, index_t> images_, categories_;
};

}  // namespace detail

/// The masks of a set's annotations, one each, from the file that the set was read from for evaluation: polygons in the
/// size of their image, or run lengths in their own.
/// @throws acsl::file_error with the place of an annotation without a segmentation that makes sense
template <has_loops Backend>
[[nodiscard]] std::vector<run_length_mask> load_object_masks(Backend& exec, std::filesystem::path const& path,
                                                             annotation_set const& set,
                                                             std::size_t chunk_bytes = std::size_t{1} << 20) {
  using entries = std::vector<detail::object_mask_reader::entry>;
  detail::object_mask_reader const reader(set);
  auto const read_chunk = [&reader](detail::chunk_value const& root, bool is_first) {
    entries found;
    bool goes_on = !is_first;
    root.for_each_field([&](std::string_view key, detail::chunk_value const& list) {
      if (goes_on ? list.at(std::size_t{0}).has("image_id") : key == "annotations")
        list.for_each_element([&](detail::chunk_value const& annotation) { reader.read(annotation, found); });
      goes_on = false;
    });
    return found;
  };
  if (auto chunks = read_json_chunks(exec, path, chunk_frame::lists_of_object, read_chunk, chunk_bytes))
    if (auto masks = reader.masks_of(*std::move(chunks))) return *std::move(masks);
  std::vector<entries> whole(1);
  auto const document = read_json(path);
  if (auto const list = document.find("annotations"))
    list->for_each_element([&](json_value const& annotation) { reader.read(annotation, whole[0]); });
  auto masks = reader.masks_of(std::move(whole));
  if (!masks) throw file_error(path.string(), "has changed while it was read");
  return *std::move(masks);
}

}  // namespace acsl
