// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/data/detail/loose_values.hpp>
#include <acsl/io/json.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace acsl {

/// What the reader insists on. Training wants objects that it can use: annotations of images or categories that the
/// file does not list, `neg_category_ids` of categories that it does not list, boxes wholly outside their image or
/// beyond any picture, and negative widths, heights and areas are refused. Evaluation follows the official tools, which
/// drop the former and take the latter, and look at names, counts and sizes of images only where they can be read
/// (polygons want the sizes), but cannot do without `annotations` and their `area`, nor LVIS's without `frequency`,
/// `neg_category_ids` and `not_exhaustive_category_ids`, which plain COCO annotations lack and COCO's leave alone.
enum class annotation_rules { training, evaluation, coco_evaluation };

namespace detail {

/// Where each id stands in its list. Two elements with one id are an error that names both.
class id_table {
 public:
  explicit id_table(char const* list) : list_(list) {}

  void add(std::int64_t id, json_value const& element) {
    auto const [place, is_new] = places_.emplace(id, static_cast<index_t>(places_.size()));
    if (!is_new)
      element.fail(std::string("has the id ") + std::to_string(id) + ", as has " + list_ + "[" +
                   std::to_string(place->second) + "]");
  }
  [[nodiscard]] bool has(json_value const& value) const { return places_.count(value.integer()) > 0; }
  /// The place of the id that the value holds. @throws acsl::file_error when no element has it
  [[nodiscard]] index_t find(json_value const& value) const {
    auto const found = places_.find(value.integer());
    if (found == places_.end())
      value.fail("no element of " + std::string(list_) + " has the id " + std::to_string(value.integer()));
    return found->second;
  }

 private:
  char const* list_;
  std::unordered_map<std::int64_t, index_t> places_;
};

/// A key that LVIS's evaluation cannot do without.
template <class Value>
std::optional<Value> find_federated(annotation_rules rules, Value const& value, char const* key) {
  auto const found = value.find(key);
  if (!found && rules == annotation_rules::evaluation)
    value.fail("the key \"" + std::string(key) + "\" is missing, which LVIS's rules need; plain COCO annotations are " +
               "judged by COCO's: acsl eval --protocol coco-100");
  return found;
}

template <class Value>
std::optional<std::int64_t> read_count(Value const& category, char const* key, annotation_rules rules) {
  if (rules != annotation_rules::training) return loose_integer(category, key);
  auto const count = category.find(key);
  if (!count) return std::nullopt;
  if (count->integer() < 0) count->fail("a count is not negative");
  return count->integer();
}

template <class Value>
category read_category(Value const& value, annotation_rules rules) {
  category result{value.at("id").integer(), {}};
  if (rules == annotation_rules::training) result.name = value.at("name").text();
  else if (!take_text(value, "name", result.name)) result.name = std::to_string(result.id);
  auto const frequency = find_federated(rules, value, "frequency");
  if (frequency && !take_frequency(value, result.frequency) && rules != annotation_rules::coco_evaluation)
    frequency->fail("a frequency is \"r\", \"c\" or \"f\", found \"" + shortened(frequency->text()) + "\"");
  result.image_count = read_count(value, "image_count", rules);
  result.instance_count = read_count(value, "instance_count", rules);
  return result;
}

template <class Value>
image_record read_image_record(Value const& value, annotation_rules rules) {
  bool const strict = rules == annotation_rules::training;
  auto const side = [&](char const* key) -> index_t {
    if (!strict) return std::max<index_t>(loose_integer(value, key).value_or(0), 0);
    auto const pixels = value.at(key);
    if (pixels.integer() < 1) pixels.fail("an image has at least one pixel along each side");
    return pixels.integer();
  };
  image_record result{value.at("id").integer(), {}, side("width"), side("height")};
  auto const text = [&](char const* key) {
    std::string found;
    if (!strict) static_cast<void>(take_text(value, key, found));
    else if (auto const there = value.find(key)) found = there->text();
    return found;
  };
  result.file_name = text("file_name");
  if (result.file_name.empty()) {
    auto const address = text("coco_url");
    result.file_name = address.substr(address.rfind('/') + 1);  // npos + 1 is 0
  }
  if (strict && result.file_name.empty()) value.fail("neither \"file_name\" nor \"coco_url\" names a file");
  if (strict && result.file_name.find('\0') != std::string::npos)
    value.fail("no file can have a name with the character 0");
  if (rules == annotation_rules::coco_evaluation) return result;
  if (auto const ids = find_federated(rules, value, "neg_category_ids")) result.neg_category_ids = ids->integers();
  if (auto const ids = find_federated(rules, value, "not_exhaustive_category_ids"))
    result.not_exhaustive_category_ids = ids->integers();
  return result;
}

/// A box without extent is left to the data set's filter. One beside the image means that the file mixes up images.
inline bool lies_beside(std::array<double, 4> const& box, image_record const& image) {
  auto const [x, y, width, height] = box;
  return width > 0 && height > 0 &&
         (x >= static_cast<double>(image.width) || y >= static_cast<double>(image.height) || x + width <= 0 ||
          y + height <= 0);
}

/// Everything but the ids of image and category.
/// @param image null: whether the box lies beside it is not asked
template <class Value>
annotation read_annotation(Value const& value, image_record const* image, annotation_rules rules) {
  annotation result;
  result.id = value.at("id").integer();
  auto const box = value.at("bbox");
  if (box.size() != 4) box.fail("a box has 4 numbers: x, y, width, height; found " + std::to_string(box.size()));
  for (std::size_t i = 0; i < 4; ++i) result.bbox[i] = box.at(i).number();
  auto const [x, y, width, height] = result.bbox;
  bool const strict = rules == annotation_rules::training;
  if (strict && (width < 0 || height < 0)) box.fail("the width and height of a box are not negative");
  for (std::size_t i = 0; strict && i < 4; ++i)
    if (std::abs(result.bbox[i]) > 1e7)
      box.at(i).fail("a box does not reach beyond 1e7 pixels: no picture is as large");
  if (strict && image && lies_beside(result.bbox, *image))
    box.fail("the box [" + std::to_string(x) + ", " + std::to_string(y) + ", " + std::to_string(width) + ", " +
             std::to_string(height) + "] of annotation " + std::to_string(result.id) + " lies outside its image " +
             std::to_string(image->id) + " of " + std::to_string(image->width) + " x " + std::to_string(image->height) +
             " pixels");
  auto const area = strict ? value.find("area") : value.at("area");
  result.area = area ? area->number() : width * height;
  if (strict && result.area < 0) area->fail("an area is not negative");
  if (auto const ignore = value.find("ignore")) result.ignore = ignore->truthy();
  if (auto const crowd = value.find("iscrowd")) result.iscrowd = crowd->truthy();
  return result;
}

}  // namespace detail

/// Checks and takes over an annotation document; see `load_annotations`.
[[nodiscard]] inline annotation_set read_annotations(json_value const& document,
                                                     annotation_rules rules = annotation_rules::training) {
  annotation_set set;
  set.file = document.file();
  detail::id_table categories("categories"), images("images"), annotations("annotations");
  auto const category_list = document.at("categories");
  for (std::size_t i = 0; i < category_list.size(); ++i) {
    set.categories.push_back(detail::read_category(category_list.at(i), rules));
    categories.add(set.categories.back().id, category_list.at(i));
  }
  auto const image_list = document.at("images");
  for (std::size_t i = 0; i < image_list.size(); ++i) {
    set.images.push_back(detail::read_image_record(image_list.at(i), rules));
    images.add(set.images.back().id, image_list.at(i));
    auto const absent = image_list.at(i).find("neg_category_ids");
    for (std::size_t k = 0; rules == annotation_rules::training && absent && k < absent->size(); ++k)
      static_cast<void>(categories.find(absent->at(k)));
  }
  auto const list = rules == annotation_rules::training ? document.find("annotations") : document.at("annotations");
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    auto const element = list->at(i);
    auto const image_id = element.at("image_id"), category_id = element.at("category_id");
    if (rules != annotation_rules::training && !(images.has(image_id) && categories.has(category_id))) continue;
    index_t const image = images.find(image_id), category = categories.find(category_id);
    auto record = detail::read_annotation(element, &set.images[static_cast<std::size_t>(image)], rules);
    record.image_id = set.images[static_cast<std::size_t>(image)].id;
    record.category_id = set.categories[static_cast<std::size_t>(category)].id;
    annotations.add(record.id, element);
    set.annotations.push_back(record);
  }
  return set;
}

/// Reads an annotation file in the layout of LVIS v0.5 or v1.0, or plain COCO. Segmentations are not kept. A file
/// without `annotations` (a test split) has none, by `annotation_rules::training`; `area` defaults to width * height of
/// the box; an image without `file_name` is named by the last part of its `coco_url`.
///
/// @throws acsl::file_error with the place in the file: syntax errors, missing keys, wrong types, two elements with one
///         id, ids that no image or category has, boxes that lie wholly outside their image (partly outside, as
///         rounding makes them, is fine), a frequency other than "r", "c", "f"; `rules` say what else, and what not
[[nodiscard]] inline annotation_set load_annotations(std::filesystem::path const& path,
                                                     annotation_rules rules = annotation_rules::training) {
  return read_annotations(read_json(path, {"segmentation", "licenses", "synonyms", "def"}), rules);
}

}  // namespace acsl
