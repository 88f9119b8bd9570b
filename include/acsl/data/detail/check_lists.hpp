// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/data_finding.hpp>
#include <acsl/data/detail/object_places.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace acsl::detail {

/// The federated lists of an image against its objects and the categories of the file.
inline void check_lists(loose_annotation_set const& set, object_places const& places, data_findings& findings) {
  data_finding contradiction{severity::error, "negative_contradicts_object",
                             "times an image has objects of a category that its neg_category_ids say is absent",
                             "Look at the image, then drop the category from neg_category_ids or the annotation."};
  data_finding both{severity::error, "negative_and_not_exhaustive",
                    "times a category is in neg_category_ids and in not_exhaustive_category_ids of one image",
                    "A category is absent or present, not both: drop it from one of the lists."};
  data_finding absent{severity::warning, "not_exhaustive_without_object",
                      "times not_exhaustive_category_ids name a category that the image has no object of",
                      "Drop the category from the list, unless annotations were lost: then take the original file."};
  data_finding unlisted{severity::error, "negative_of_unlisted_category",
                        "entries of neg_category_ids name categories that the file does not list",
                        "Drop the entries, or add the categories: training refuses them."};
  data_finding open_unlisted{severity::warning, "not_exhaustive_of_unlisted_category",
                             "entries of not_exhaustive_category_ids name categories that the file does not list",
                             "Drop the entries, or add the categories."};
  data_finding repeated{severity::note, "repeated_list_entry", "entries of the lists are there twice in one image",
                        "Nothing depends on it; drop the copies."};
  data_finding missing{severity::error, "missing_lists",
                       "images lack neg_category_ids or not_exhaustive_category_ids, or hold no whole numbers there",
                       "Add the lists, empty where nothing is known: `acsl eval` cannot do without them."};
  auto const no_lists = [](loose_image const& i) { return !i.has(lack::neg_list) && !i.has(lack::open_list); };
  if (std::all_of(set.images.begin(), set.images.end(), no_lists)) {
    missing.level = severity::note;
    missing.what = "images have no neg_category_ids and not_exhaustive_category_ids: plain COCO";
    missing.mend = "Nothing to mend for training; the rules of LVIS cannot judge results on such a file.";
  }
  for (std::size_t i = 0; i < set.images.size(); ++i) {
    auto const& image = set.images[i];
    if (!image.has(lack::object)) continue;
    auto const image_text = "image " + std::to_string(image.id);
    if (!image.has(lack::neg_list) || !image.has(lack::open_list)) missing.add([&] { return image_text; });
    auto negative = image.neg_category_ids, open = image.not_exhaustive_category_ids;
    for (auto* ids : {&negative, &open}) {
      std::sort(ids->begin(), ids->end());
      auto const last = std::unique(ids->begin(), ids->end());
      for (auto extra = ids->end() - last; extra > 0; --extra) repeated.add([&] { return image_text; });
      ids->erase(last, ids->end());
    }
    auto const text = [&](std::int64_t id) {
      auto const found = places.category_of_id.find(id);
      auto const name = found == places.category_of_id.end()
                            ? ""
                            : " '" + set.categories[static_cast<std::size_t>(found->second)].name + "'";
      return image_text + ", category " + std::to_string(id) + name;
    };
    for (auto const id : negative) {
      auto const found = places.category_of_id.find(id);
      if (found == places.category_of_id.end()) unlisted.add([&] { return text(id); });
      else if (places.holds(i, found->second)) contradiction.add([&] { return text(id); });
      if (std::binary_search(open.begin(), open.end(), id)) both.add([&] { return text(id); });
    }
    for (auto const id : open) {
      auto const found = places.category_of_id.find(id);
      if (found == places.category_of_id.end()) open_unlisted.add([&] { return text(id); });
      else if (!places.holds(i, found->second)) absent.add([&] { return text(id); });
    }
  }
  for (auto* finding : {&missing, &unlisted, &open_unlisted, &contradiction, &both, &absent, &repeated})
    findings.take(std::move(*finding));
}

}  // namespace acsl::detail
