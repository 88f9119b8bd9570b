// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/data_finding.hpp>
#include <acsl/data/data_summary.hpp>
#include <acsl/data/detail/check_boxes.hpp>
#include <acsl/data/detail/check_categories.hpp>
#include <acsl/data/detail/check_ids.hpp>
#include <acsl/data/detail/check_lists.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <string>
#include <utility>

namespace acsl {
namespace detail {

inline void check_reading(loose_annotation_set const& set, data_findings& findings) {
  data_finding whole{severity::error, "unreadable_file", "reasons not to read the file, or a list of it",
                     "Write the file anew: one JSON object with the lists images, annotations and categories."};
  data_finding bare{severity::warning, "no_annotations", "lists of annotations are missing",
                    "Nothing to mend in a split without objects, which cannot be judged; else look for a key that is "
                    "almost \"annotations\"."};
  if (!set.lists_annotations) bare.add([&] { return std::string("the file has no list \"annotations\""); });
  for (auto const& problem : set.problems) whole.add([&] { return problem; });
  findings.take(std::move(whole));
  findings.take(std::move(bare));

  data_finding elements{severity::error, "unreadable_element", "elements lack something that training needs",
                        "Add the key, or correct its type; drop elements that nobody can use."};
  auto const look = [&](char const* list, auto const& records, auto... parts) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      auto const tell = [&](lack part, char const* words) {
        if (!records[i].has(part))
          elements.add([&] { return std::string(list) + "[" + std::to_string(i) + "]: " + words; });
      };
      tell(lack::object, "is no object");
      (tell(parts.first, parts.second), ...);
    }
  };
  std::pair const id{lack::id, "\"id\" is no whole number"};
  look("categories", set.categories, id, std::pair{lack::name, "\"name\" is no text"},
       std::pair{lack::frequency, "\"frequency\" is not \"r\", \"c\" or \"f\""},
       std::pair{lack::counts, "\"image_count\" or \"instance_count\" is no whole number from 0 on"});
  look("images", set.images, id, std::pair{lack::size, "\"width\" and \"height\" are no whole numbers above 0"},
       std::pair{lack::name, "\"file_name\" is no text, or neither it nor \"coco_url\" names a file"});
  look("annotations", set.annotations, id, std::pair{lack::image_id, "\"image_id\" is no whole number"},
       std::pair{lack::category_id, "\"category_id\" is no whole number"},
       std::pair{lack::bbox, "\"bbox\" is no list of four numbers"},
       std::pair{lack::area_number, "\"area\" is no number"},
       std::pair{lack::flag, "\"iscrowd\" or \"ignore\" is neither a number nor true or false"});
  findings.take(std::move(elements));
}

}  // namespace detail

struct annotation_check {
  data_summary summary;
  data_findings findings;
};

/// Everything that is wrong or odd in an annotation file, however broken: ids that are there twice, are missing or name
/// nothing, boxes and areas that cannot be, federated lists that contradict the objects, frequencies that contradict
/// counts. No image file is looked at; see `check_image_files`.
/// @note O(n log n), n annotations
[[nodiscard]] inline annotation_check check_annotations(loose_annotation_set const& set) {
  data_findings findings;
  detail::check_reading(set, findings);
  detail::check_ids(set, findings);
  detail::check_file_names(set, findings);
  detail::object_places const places(set);
  detail::check_references(set, places, findings);
  detail::check_boxes(set, places, findings);
  detail::check_lists(set, places, findings);
  detail::check_categories(set, places, findings);
  return {detail::summary_of(set, places), std::move(findings)};
}

}  // namespace acsl
