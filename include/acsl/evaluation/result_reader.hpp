// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/detail/result_entries.hpp>
#include <acsl/evaluation/evaluation_options.hpp>
#include <acsl/evaluation/result_list.hpp>
#include <acsl/evaluation/result_pickle_reader.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <acsl/io/file.hpp>
#include <acsl/io/json_elements.hpp>
#include <filesystem>
#include <string>
#include <string_view>

namespace acsl {

/// Reads a list of results: objects with image_id, category_id, score and one of
///
/// - bbox [x, y, width, height]: the area is width * height. Where masks are compared it may have a `segmentation`
///   (polygons, compressed or plain run lengths); without one it is the mask of its box;
/// - segmentation {"size", "counts"} with compressed text: the area is that of the mask, the box its tight one unless
///   there is a bbox as well.
///
/// The first entry that counts says which of the two all are. In a list with both, by the rules `lvis`, an image with
/// more than `options.max_dets` entries first loses its worst ones, so that its best one comes first; they are not
/// looked at and not returned. Other keys are not looked at. Needs memory for the text and the results, not for a tree
/// of JSON values.
///
/// @param text  the file's contents
/// @param file  what messages call it
/// @param truth the set that is judged against; it must list every result's image. Categories that it does not list are
///              no error: such results are never judged.
/// @throws acsl::file_error with the entry's position: no list, an empty list, an unlisted image, a missing key, a
///         wrong type, NaN, infinite or too large numbers, run lengths that do not add up to the mask's size, a text
///         that is cut short
[[nodiscard]] inline result_list parse_results(std::string_view text, std::string const& file,
                                               annotation_set const& truth, evaluation_options const& options = {}) {
  auto const images = positions_by_id(truth.images);
  auto const read = [&](detail::result_entries entries) {
    for_each_json_element(text, file, [&](json_value const& entry) { entries.add(entry); });
    return entries;
  };
  auto entries = read(detail::result_entries(truth, images, options.type));
  if (entries.are_mixed()) {
    bool const limited = options.rules == evaluation_rules::lvis;
    detail::result_choice choice(limited ? options.max_dets : -1);
    for_each_json_element(text, file, [&](json_value const& entry) { choice.add(entry); });
    choice.decide();
    entries = read(detail::result_entries(truth, images, options.type, &choice));
  }
  auto list = entries.take();
  if (list.results.empty()) throw file_error(file, "the list of results is empty");
  return list;
}

namespace detail {

/// Boxes of a pickle; where masks are compared, a box's rectangle is its mask.
inline result_list pickled_results(std::filesystem::path const& path, annotation_set const& truth, iou_type type) {
  auto const found = read_result_pickle(path, truth);
  if (found.are_proposals)
    throw file_error(path.string(), "holds proposals, which have no categories: acsl eval --type proposal");
  result_list list;
  list.results = results_of(found.images, truth);
  if (list.results.empty()) throw file_error(path.string(), "the list of results is empty");
  auto const images = positions_by_id(truth.images);
  for (std::size_t i = 0; type == iou_type::segm && i < list.results.size(); ++i) {
    auto const& image = truth.images[static_cast<std::size_t>(images.at(list.results[i].image_id))];
    list.masks.push_back(box_mask(list.results[i].bbox, image.height, image.width));
  }
  return list;
}

}  // namespace detail

/// Reads a file of results: a list, see `parse_results`, or a pickle of boxes, see `read_result_pickle`.
[[nodiscard]] inline result_list load_results(std::filesystem::path const& path, annotation_set const& truth,
                                              evaluation_options const& options = {}) {
  if (is_pickle(path)) return detail::pickled_results(path, truth, options.type);
  auto const bytes = read_file(path);
  return parse_results({reinterpret_cast<char const*>(bytes.data()), bytes.size()}, path.string(), truth, options);
}

}  // namespace acsl
