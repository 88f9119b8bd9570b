// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/data_finding.hpp>
#include <acsl/data/detail/object_places.hpp>
#include <acsl/data/detail/repeated_names.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace acsl::detail {

inline std::string category_text(loose_category const& c) {
  return "category " + std::to_string(c.id) + " '" + c.name + "'";
}

/// Letters against the counts beside them. In a file that is no training set the letters are those of training and the
/// counts its own, so that most of them disagree: that is one note, not an error of every category.
inline void check_frequencies(loose_annotation_set const& set, object_places const& places, data_findings& findings) {
  data_finding without{severity::error, "category_without_frequency", "categories have no frequency",
                       "Set \"r\", \"c\" or \"f\" by the number of training images: up to 10, up to 100, more."};
  data_finding contradiction{severity::warning, "frequency_contradicts_count",
                             "categories have a frequency that their image_count contradicts",
                             "Set \"r\", \"c\" or \"f\" by the number of training images: up to 10, up to 100, more."};
  data_finding counts{severity::warning, "count_differs",
                      "categories have an image_count or instance_count that this file's objects do not add up to",
                      "Count anew where this file is the training set; in a part of one, the counts of the whole may "
                      "stay."};
  data_finding own{
      severity::note, "counts_of_this_file",
      "categories have a frequency that is not that of their image_count, which counts this file only",
      "Nothing to mend in a part that is not for training: frequencies are those of the training file; take class "
      "statistics from that one."};
  index_t counted = 0, of_this_file = 0;
  for (std::size_t c = 0; c < set.categories.size(); ++c) {
    auto const& k = set.categories[c];
    if (!k.has(lack::object)) continue;
    if (k.frequency == 0 && k.has(lack::frequency)) without.add([&] { return category_text(k); });
    if (!k.image_count) continue;
    ++counted;
    auto const images = places.images_of_category[c], objects = places.objects_of_category[c];
    auto const told = k.instance_count.value_or(objects);
    bool const same = *k.image_count == images && told == objects;
    of_this_file += same;
    if (!same)
      counts.add([&] {
        return category_text(k) + ": " + std::to_string(*k.image_count) + " images and " + std::to_string(told) +
               " objects, found " + std::to_string(images) + " and " + std::to_string(objects);
      });
    if (k.frequency != 0 && k.frequency != frequency_of(*k.image_count))
      contradiction.add([&] {
        return category_text(k) + ": \"" + k.frequency + "\", image_count " + std::to_string(*k.image_count);
      });
  }
  if (without.count == static_cast<index_t>(set.categories.size())) {
    without.level = severity::note;
    without.mend = "Nothing to mend for training without groups; AP by frequency needs them.";
  }
  if (10 * contradiction.count > counted && 10 * of_this_file > 9 * counted) {
    own.count = contradiction.count;
    own.examples = std::move(contradiction.examples);
    contradiction.count = 0;
  }
  for (auto* finding : {&without, &contradiction, &counts, &own}) findings.take(std::move(*finding));
}

inline void check_categories(loose_annotation_set const& set, object_places const& places, data_findings& findings) {
  check_frequencies(set, places, findings);
  data_finding repeated{severity::warning, "repeated_category_name", "categories have the name of another",
                        "Merge them, or give each a name of its own: reports and checkpoints go by names."};
  data_finding empty{severity::note, "category_without_object", "categories have no object",
                     "Nothing to mend: a part of LVIS need not hold every category."};
  data_finding bare{severity::note, "image_without_object", "images have no object",
                    "Nothing to mend: training leaves them out, evaluation judges detections in them."};
  placed_names names;
  for (std::size_t c = 0; c < set.categories.size(); ++c) {
    auto const& k = set.categories[c];
    if (!k.has(lack::object)) continue;
    if (k.has(lack::name)) names.emplace_back(k.name, c);
    if (places.objects_of_category[c] == 0) empty.add([&] { return category_text(k); });
  }
  for_each_repeated(std::move(names), [&](std::string_view, std::size_t one, std::size_t next) {
    repeated.add(
        [&] { return category_text(set.categories[one]) + " and " + std::to_string(set.categories[next].id); });
  });
  for (std::size_t i = 0; i < set.images.size(); ++i)
    if (set.images[i].has(lack::object) && places.is_empty(i))
      bare.add([&] { return "image " + std::to_string(set.images[i].id); });
  for (auto* finding : {&repeated, &empty, &bare}) findings.take(std::move(*finding));
}

}  // namespace acsl::detail
