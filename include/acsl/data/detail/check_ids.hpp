// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/data_finding.hpp>
#include <acsl/data/detail/object_places.hpp>
#include <acsl/data/detail/repeated_names.hpp>
#include <acsl/data/image_file.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl::detail {

/// (id, position) of the records that have an id, ascending.
template <class Record>
std::vector<std::pair<std::int64_t, std::size_t>> sorted_ids(std::vector<Record> const& records) {
  std::vector<std::pair<std::int64_t, std::size_t>> ids;
  ids.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].has(lack::object) && records[i].has(lack::id)) ids.emplace_back(records[i].id, i);
  if (!std::is_sorted(ids.begin(), ids.end())) std::sort(ids.begin(), ids.end());
  return ids;
}

/// @param list its name in the file; `one`: a record of it, in words
/// @param with_gaps whether ids count from 1, so that one that is missing tells something
template <class Record>
void check_ids(std::vector<Record> const& records, std::string const& list, std::string const& one, bool with_gaps,
               data_findings& findings) {
  auto const ids = sorted_ids(records);
  data_finding repeated{severity::error, "repeated_" + one + "_id", list + " have the id of another",
                        "Drop the copy where both are the same; else give one of them an id that is free."};
  data_finding gaps{severity::note, one + "_id_gaps", "ids are missing between 1 and the largest",
                    one == "category" ? "Nothing to mend here: labels follow the order of the list; a tool that takes "
                                        "ids for columns needs ids from 1 without gaps."
                                      : "Nothing to mend, unless annotations were lost on the way: then take the "
                                        "original file."};
  std::int64_t last = 0;
  for (std::size_t k = 0; k < ids.size(); ++k) {
    auto const [id, place] = ids[k];
    if (k > 0 && ids[k - 1].first == id)
      repeated.add([&, before = ids[k - 1].second, at = place, number = id] {
        return list + "[" + std::to_string(before) + "] and " + list + "[" + std::to_string(at) + "]: id " +
               std::to_string(number);
      });
    if (with_gaps && id > last && id - last > 1) {
      std::int64_t const missing = id - last - 1;
      gaps.add([&, number = id] {
        return missing == 1 ? std::to_string(last + 1) : std::to_string(last + 1) + " to " + std::to_string(number - 1);
      });
      gaps.count += missing - 1;
    }
    last = std::max(last, id);
  }
  findings.take(std::move(repeated));
  findings.take(std::move(gaps));
}

inline void check_ids(loose_annotation_set const& set, data_findings& findings) {
  check_ids(set.categories, "categories", "category", true, findings);
  check_ids(set.images, "images", "image", false, findings);  // COCO's numbers, of which a set has some
  check_ids(set.annotations, "annotations", "annotation", true, findings);
  data_finding zero{severity::warning, "annotation_id_zero", "annotations have the id 0",
                    "Count annotations from 1: the official LVIS tool takes a match with annotation 0 for none."};
  for (std::size_t i = 0; i < set.annotations.size(); ++i)
    if (auto const& a = set.annotations[i]; a.has(lack::object) && a.has(lack::id) && a.id == 0)
      zero.add([&] { return "annotations[" + std::to_string(i) + "]"; });
  findings.take(std::move(zero));
}

inline void check_file_names(loose_annotation_set const& set, data_findings& findings) {
  data_finding files{severity::warning, "repeated_file_name", "images have the file of another",
                     "Keep one of them, with the annotations of both."};
  placed_names names;
  for (std::size_t i = 0; i < set.images.size(); ++i)
    if (!set.images[i].file_name.empty()) names.emplace_back(set.images[i].file_name, i);
  for_each_repeated(std::move(names), [&](std::string_view name, std::size_t one, std::size_t next) {
    files.add([&] {
      return std::string(name) + ": images " + std::to_string(set.images[one].id) + " and " +
             std::to_string(set.images[next].id);
    });
  });
  findings.take(std::move(files));

  data_finding address{severity::warning, "file_name_differs_from_address",
                       "images have a file_name that is not that of their coco_url",
                       "Look at one of them with its boxes: one of the two names another picture."};
  for (loose_image const& image : set.images) {
    if (image.coco_path.empty()) continue;
    auto const name = image.coco_path.substr(image.coco_path.find('/') + 1);
    if (stored_name(image.file_name) != stored_name(name))
      address.add(
          [&] { return "image " + std::to_string(image.id) + ": " + image.file_name + ", " + image.coco_path; });
  }
  findings.take(std::move(address));
}

/// Annotations of images and categories that the file does not list.
inline void check_references(loose_annotation_set const& set, object_places const& places, data_findings& findings) {
  data_finding images{severity::error, "unlisted_image", "annotations are of images that the file does not list",
                      "Drop them, or take the images' entries over from the file that the annotations come from."};
  data_finding categories{severity::error, "unlisted_category",
                          "annotations are of categories that the file does not list",
                          "Drop them, or add the categories: training refuses them, evaluation leaves them out."};
  for (std::size_t i = 0; i < set.annotations.size(); ++i) {
    auto const& a = set.annotations[i];
    if (!a.has(lack::object)) continue;
    auto const tell = [&](data_finding& finding, char const* key, std::int64_t id) {
      finding.add([&] { return "annotation " + std::to_string(a.id) + ": " + key + " " + std::to_string(id); });
    };
    if (a.has(lack::image_id) && places.image[i] < 0) tell(images, "image_id", a.image_id);
    if (a.has(lack::category_id) && places.category[i] < 0) tell(categories, "category_id", a.category_id);
  }
  findings.take(std::move(images));
  findings.take(std::move(categories));
}

}  // namespace acsl::detail
