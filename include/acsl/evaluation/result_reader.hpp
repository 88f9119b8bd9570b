// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/box_result.hpp>
#include <acsl/io/file.hpp>
#include <acsl/io/json_elements.hpp>
#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace acsl {
namespace detail {

template <class Value>
std::array<double, 4> read_result_box(Value const& result, bool is_first) {
  auto const box = result.find("bbox");
  if (!box) {
    if (!is_first) result.fail("has no \"bbox\", unlike the results before it");
    if (result.has("segmentation")) result.fail("is a mask without a \"bbox\"; only boxes are evaluated");
    result.fail("has neither a \"bbox\" nor a \"segmentation\"");
  }
  if (box->size() != 4) box->fail("a box has 4 numbers: x, y, width, height; found " + std::to_string(box->size()));
  std::array<double, 4> values;
  for (std::size_t i = 0; i < 4; ++i) values[i] = box->at(i).number();
  if (!std::isfinite(values[0] + values[1] + values[2] + values[3]))
    box->fail("the numbers of the box are too large to be added up");
  return values;
}

/// Reads one result; fails where its image is none of `images`.
template <class Value>
box_result read_result(Value const& entry, bool is_first, std::unordered_map<std::int64_t, index_t> const& images,
                       std::string const& truth_file) {
  auto const image = entry.at("image_id");
  if (images.count(image.integer()) == 0)
    image.fail("no image " + (truth_file.empty() ? "" : "of " + truth_file + " ") + "has the id " +
               std::to_string(image.integer()));
  return {image.integer(), entry.at("category_id").integer(), read_result_box(entry, is_first),
          entry.at("score").number()};
}

}  // namespace detail

/// Reads a list of results: objects with image_id, category_id, bbox [x, y, width, height], score; other keys are not
/// looked at. Needs memory for the text and the results, not for a tree of JSON values.
///
/// @param text  the file's contents
/// @param file  what messages call it
/// @param truth the set that is judged against; it must list every result's image. Categories that it does not list are
///              no error: such results are never judged.
/// @throws acsl::file_error with the entry's position: no list, an empty list, an unlisted image, a missing key, a
/// wrong
///         type, a result without a box, NaN, infinite or too large numbers, a text that is cut short
[[nodiscard]] inline std::vector<box_result> parse_results(std::string_view text, std::string const& file,
                                                           annotation_set const& truth) {
  auto const images = positions_by_id(truth.images);
  std::vector<box_result> results;
  for_each_json_element(text, file, [&](json_value const& entry) {
    results.push_back(detail::read_result(entry, results.empty(), images, truth.file));
  });
  if (results.empty()) throw file_error(file, "the list of results is empty");
  return results;
}

/// Reads a file of results; see `parse_results`.
[[nodiscard]] inline std::vector<box_result> load_results(std::filesystem::path const& path,
                                                          annotation_set const& truth) {
  auto const bytes = read_file(path);
  return parse_results({reinterpret_cast<char const*>(bytes.data()), bytes.size()}, path.string(), truth);
}

}  // namespace acsl
