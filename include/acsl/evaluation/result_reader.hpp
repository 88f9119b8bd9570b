// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/data/segmentation_reader.hpp>
#include <acsl/evaluation/result_list.hpp>
#include <acsl/io/file.hpp>
#include <acsl/io/json_elements.hpp>
#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

template <class Value>
std::array<double, 4> read_result_box(Value const& box) {
  if (box.size() != 4) box.fail("a box has 4 numbers: x, y, width, height; found " + std::to_string(box.size()));
  std::array<double, 4> values;
  for (std::size_t i = 0; i < 4; ++i) values[i] = box.at(i).number();
  if (!std::isfinite(values[0] + values[1] + values[2] + values[3]))
    box.fail("the numbers of the box are too large to be added up");
  return values;
}

/// Takes over the entries of a list of results, the first of which says whether they are boxes or masks alone.
class result_entries {
 public:
  result_entries(annotation_set const& truth, std::unordered_map<std::int64_t, index_t> const& images, iou_type type)
      : truth_(truth), images_(images), type_(type) {}

  template <class Value>
  void add(Value const& entry) {
    auto const id = entry.at("image_id");
    auto const image = images_.find(id.integer());
    if (image == images_.end())
      id.fail("no image " + (truth_.file.empty() ? "" : "of " + truth_.file + " ") + "has the id " +
              std::to_string(id.integer()));
    box_result result{id.integer(), entry.at("category_id").integer()};
    auto const box = entry.find("bbox"), segmentation = entry.find("segmentation");
    bool const is_first = list_.results.empty();
    if (is_first) only_masks_ = !box;
    if (only_masks_) {
      if (!segmentation)
        entry.fail(is_first ? "has neither a \"bbox\" nor a \"segmentation\""
                            : "has no \"segmentation\", unlike the results before it");
      if (segmentation->is_array() || segmentation->at("counts").is_array())
        segmentation->fail("a mask without a \"bbox\" is {\"size\", \"counts\"} with compressed text");
      auto mask = read_run_lengths(*segmentation);
      result.bbox = mask.box();
      list_.areas.push_back(static_cast<double>(mask.area()));
      if (type_ == iou_type::segm) list_.masks.push_back(std::move(mask));
    } else {
      if (!box) entry.fail("has no \"bbox\", unlike the results before it");
      result.bbox = read_result_box(*box);
      auto const& [height, width] = extents(image->second);
      if (type_ == iou_type::segm)
        list_.masks.push_back(
            segmentation ? read_segmentation(*segmentation, height, width)
                         : mask_or_fail(entry, [&, h = height, w = width] { return box_mask(result.bbox, h, w); }));
    }
    result.score = entry.at("score").number();
    list_.results.push_back(result);
  }
  [[nodiscard]] result_list take() { return std::move(list_); }

 private:
  [[nodiscard]] std::pair<index_t, index_t> extents(index_t image) const {
    auto const& record = truth_.images[static_cast<std::size_t>(image)];
    return {record.height, record.width};
  }

  annotation_set const& truth_;
  std::unordered_map<std::int64_t, index_t> const& images_;
  iou_type type_;
  bool only_masks_ = false;
  result_list list_;
};

}  // namespace detail

/// Reads a list of results: objects with image_id, category_id, score and one of
///
/// - bbox [x, y, width, height]: the area is width * height. Where masks are compared it may have a `segmentation`
///   (polygons, compressed or plain run lengths); without one it is the mask of its box;
/// - segmentation {"size", "counts"} with compressed text, and no bbox: area and tight box are those of the mask.
///
/// The first entry says which of the two all are. Other keys are not looked at. Needs memory for the text and the
/// results, not for a tree of JSON values.
///
/// @param text  the file's contents
/// @param file  what messages call it
/// @param truth the set that is judged against; it must list every result's image. Categories that it does not list are
///              no error: such results are never judged.
/// @throws acsl::file_error with the entry's position: no list, an empty list, an unlisted image, a missing key, a
///         wrong type, NaN, infinite or too large numbers, run lengths that do not add up to the mask's size, a text
///         that is cut short
[[nodiscard]] inline result_list parse_results(std::string_view text, std::string const& file,
                                               annotation_set const& truth, iou_type type = iou_type::bbox) {
  auto const images = positions_by_id(truth.images);
  detail::result_entries entries(truth, images, type);
  for_each_json_element(text, file, [&](json_value const& entry) { entries.add(entry); });
  auto list = entries.take();
  if (list.results.empty()) throw file_error(file, "the list of results is empty");
  return list;
}

/// Reads a file of results; see `parse_results`.
[[nodiscard]] inline result_list load_results(std::filesystem::path const& path, annotation_set const& truth,
                                              iou_type type = iou_type::bbox) {
  auto const bytes = read_file(path);
  return parse_results({reinterpret_cast<char const*>(bytes.data()), bytes.size()}, path.string(), truth, type);
}

}  // namespace acsl
