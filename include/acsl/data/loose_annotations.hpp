// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/data/detail/annotation_chunks.hpp>
#include <acsl/data/detail/loose_values.hpp>
#include <acsl/io/file.hpp>
#include <acsl/io/json.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// What an element of an annotation file lacks, or holds in a form that cannot be read; a set of bits.
enum class lack : std::uint16_t {
  object = 1,          ///< it is no object at all
  id = 2,              ///< no whole number
  name = 4,            ///< of a category; of an image neither `file_name` nor `coco_url`
  frequency = 8,       ///< is there, but is not "r", "c" or "f"
  size = 16,           ///< width and height are not whole numbers above 0
  neg_list = 32,       ///< `neg_category_ids`, no list of whole numbers
  open_list = 64,      ///< `not_exhaustive_category_ids`, the same
  image_id = 128,      ///< no whole number
  category_id = 256,   ///< the same
  bbox = 512,          ///< no list of four numbers
  area = 1024,         ///< is not there
  area_number = 2048,  ///< is there, but no number
  counts = 4096,       ///< `image_count` or `instance_count` is there, but no whole number from 0 on
  flag = 8192,         ///< `iscrowd` or `ignore` is there, but neither a number nor a truth value
};

/// A record of which some parts may be missing; those hold what an empty record does.
template <class Record>
struct loosely_read : Record {
  std::uint16_t lacks = 0;

  [[nodiscard]] bool has(lack part) const { return (lacks & static_cast<std::uint16_t>(part)) == 0; }
  void expect(bool there, lack part) {
    if (!there) miss(part);
  }
  void miss(lack part) { lacks = static_cast<std::uint16_t>(lacks | static_cast<std::uint16_t>(part)); }
};
struct loose_image : loosely_read<image_record> {
  bool has_file_name = false;  ///< `image_record::file_name` comes from the key of that name, not from `coco_url`
  std::string coco_path = {};  ///< "train2017/000000000009.jpg", the last two parts of `coco_url`; empty: none
};
using loose_category = loosely_read<category>;
using loose_annotation = loosely_read<annotation>;

/// The contents of an annotation file, right or wrong, in file order: every element has its place.
struct loose_annotation_set {
  std::string file;
  std::vector<loose_category> categories;
  std::vector<loose_image> images;
  std::vector<loose_annotation> annotations;
  bool lists_annotations = true;           ///< false: the file has no list of them
  std::vector<std::string> problems = {};  ///< why the file as a whole, or one of its lists, cannot be read
};

namespace detail {

/// Makes a record of whatever an element holds. Never throws for a json_value.
struct loose_elements {
  template <class Value>
  [[nodiscard]] loose_category read_category(Value const& element) const {
    loose_category result;
    if (!element.is_object()) return unread(result);
    result.expect(take_integer(element, "id", result.id), lack::id);
    result.expect(take_text(element, "name", result.name), lack::name);
    if (element.has("frequency")) result.expect(take_frequency(element, result.frequency), lack::frequency);
    auto const count = [&](char const* key) {
      auto const found = loose_integer(element, key);
      if (element.has(key) && found.value_or(-1) < 0) result.miss(lack::counts);
      return found;
    };
    result.image_count = count("image_count");
    result.instance_count = count("instance_count");
    return result;
  }

  template <class Value>
  [[nodiscard]] loose_image read_image(Value const& element) const {
    loose_image result;
    if (!element.is_object()) return unread(result);
    result.expect(take_integer(element, "id", result.id), lack::id);
    bool const sized = take_integer(element, "width", result.width) && take_integer(element, "height", result.height);
    if (!sized || result.width < 1 || result.height < 1) result.miss(lack::size);
    result.has_file_name = take_text(element, "file_name", result.file_name) && !result.file_name.empty();
    if (std::string address; take_text(element, "coco_url", address)) {
      auto const name = address.rfind('/');
      auto const folder = name == 0 || name == std::string::npos ? name : address.rfind('/', name - 1);
      if (name != std::string::npos && folder != std::string::npos) result.coco_path = address.substr(folder + 1);
      if (!result.has_file_name) result.file_name = address.substr(name + 1);  // npos + 1 is 0
    }
    auto const name = element.find("file_name");
    if (name && !name->is_text()) result.miss(lack::name);  // readers do not look at `coco_url` then
    if (result.file_name.empty() || result.file_name.find('\0') != std::string::npos) result.miss(lack::name);
    result.expect(take_integers(element, "neg_category_ids", result.neg_category_ids), lack::neg_list);
    result.expect(take_integers(element, "not_exhaustive_category_ids", result.not_exhaustive_category_ids),
                  lack::open_list);
    return result;
  }

  template <class Value>
  [[nodiscard]] loose_annotation read_annotation(Value const& element) const {
    loose_annotation result;
    if (!element.is_object()) return unread(result);
    result.expect(take_integer(element, "id", result.id), lack::id);
    result.expect(take_integer(element, "image_id", result.image_id), lack::image_id);
    result.expect(take_integer(element, "category_id", result.category_id), lack::category_id);
    result.expect(take_box(element, "bbox", result.bbox), lack::bbox);
    if (auto const area = element.find("area"); !area) result.miss(lack::area);
    else if (!area->is_number()) result.miss(lack::area_number);
    else result.area = area->number();
    for (char const* key : {"iscrowd", "ignore"})
      if (auto const flag = element.find(key); flag && !flag->is_number() && !flag->is_boolean())
        result.miss(lack::flag);
    return result;
  }

 private:
  template <class Record>
  static Record unread(Record result) {
    result.lacks = static_cast<std::uint16_t>(lack::object);
    return result;
  }
};

template <class Record, class Read>
void append_list(json_value const& document, char const* key, bool wanted, std::vector<Record>& to,
                 std::vector<std::string>& problems, Read read) {
  auto const list = document.find(key);
  if (list && list->is_array()) list->for_each_element([&](json_value const& e) { to.push_back(read(e)); });
  else if (list || wanted)
    problems.push_back("the list \"" + std::string(key) + "\" is " + (list ? "no list" : "missing"));
}

}  // namespace detail

/// Reads an annotation file without judging it, on all of a backend's threads; segmentations are not kept. What
/// `load_annotations` refuses is kept and marked; a text that is no JSON gives `problems` alone.
/// @throws acsl::file_error only where the file cannot be opened or read
template <has_loops Backend>
[[nodiscard]] loose_annotation_set load_annotations_loosely(Backend& exec, std::filesystem::path const& path,
                                                            std::size_t chunk_bytes = std::size_t{1} << 20) {
  detail::loose_elements const elements;
  auto chunked = detail::read_annotation_lists<loose_annotation_set>(exec, path, elements, chunk_bytes);
  loose_annotation_set set;
  if (chunked) set = *std::move(chunked);
  set.file = path.string();
  if (chunked) return set;
  auto const bytes = read_file(path);
  try {
    auto const document = parse_json({reinterpret_cast<char const*>(bytes.data()), bytes.size()}, set.file,
                                     {"segmentation", "licenses", "synonyms", "def"});
    if (!document.is_object()) document.fail("expected an object with images, annotations and categories");
    detail::append_list(document, "categories", true, set.categories, set.problems,
                        [&](json_value const& e) { return elements.read_category(e); });
    detail::append_list(document, "images", true, set.images, set.problems,
                        [&](json_value const& e) { return elements.read_image(e); });
    set.lists_annotations = document.has("annotations");
    detail::append_list(document, "annotations", false, set.annotations, set.problems,
                        [&](json_value const& e) { return elements.read_annotation(e); });
  } catch (file_error const& problem) {
    set.problems.emplace_back(problem.what());
  }
  return set;
}

}  // namespace acsl
