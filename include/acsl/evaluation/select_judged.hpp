// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/box_result.hpp>
#include <acsl/evaluation/detail/limit_results.hpp>
#include <acsl/evaluation/detail/ranked_ids.hpp>
#include <acsl/evaluation/evaluation_options.hpp>
#include <acsl/evaluation/judged_set.hpp>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <tuple>
#include <vector>

namespace acsl {

namespace detail {

inline bool has_extent(double area) { return area > 0 && area < std::numeric_limits<double>::infinity(); }

/// Something that is judged, and where it belongs. `slot`: what it is judged under: its category, or 0 for all.
template <class Thing>
struct placed {
  index_t slot, image, category;
  Thing thing;
};

inline std::vector<placed<judged_object>> select_objects(annotation_set const& truth, ranked_ids const& categories,
                                                         ranked_ids const& images, evaluation_options const& options) {
  bool const coco = options.rules == evaluation_rules::coco;
  std::vector<placed<judged_object>> kept;
  for (std::size_t place = 0; place < truth.annotations.size(); ++place) {
    annotation const& a = truth.annotations[place];
    index_t const category = categories.find(a.category_id), image = images.find(a.image_id);
    if (category < 0 || image < 0 || !(coco || has_extent(a.area))) continue;
    bool const crowd = coco && a.iscrowd.value_or(false);
    kept.push_back({options.class_agnostic ? 0 : category,
                    image,
                    category,
                    {a.id, a.bbox, a.area, coco ? crowd : a.ignore, crowd, static_cast<index_t>(place)}});
  }
  std::stable_sort(kept.begin(), kept.end(), [](auto const& a, auto const& b) {
    return std::tie(a.slot, a.image, a.category) < std::tie(b.slot, b.image, b.category);
  });
  return kept;
}

/// Where LVIS's annotators looked for which categories.
struct federated_labels {
  pair_set judged, not_exhaustive;

  federated_labels(annotation_set const& truth, std::vector<placed<judged_object>> const& objects,
                   ranked_ids const& categories, ranked_ids const& images)
      : judged(images.size()), not_exhaustive(images.size()) {
    for (auto const& object : objects) judged.add(object.category, object.image);
    for (image_record const& record : truth.images) {
      index_t const image = images.find(record.id);
      for (std::int64_t const id : record.neg_category_ids)
        if (index_t const k = categories.find(id); k >= 0) judged.add(k, image);
      for (std::int64_t const id : record.not_exhaustive_category_ids)
        if (index_t const k = categories.find(id); k >= 0) not_exhaustive.add(k, image);
    }
    judged.finish();
    not_exhaustive.finish();
  }
};

/// Of detections that are sorted by slot, image and score, each slot and image keeps its first `max_dets`.
inline void limit_per_pair(std::vector<placed<judged_detection>>& detections, index_t max_dets) {
  if (max_dets < 0) return;
  auto end = detections.begin();
  for (auto begin = detections.begin(); begin != detections.end();) {
    auto const stop = std::find_if(begin, detections.end(), [slot = begin->slot, image = begin->image](auto const& d) {
      return d.slot != slot || d.image != image;
    });
    auto const kept = begin + std::min(stop - begin, static_cast<std::ptrdiff_t>(max_dets));
    end = end == begin ? kept : std::move(begin, kept, end);
    begin = stop;
  }
  detections.erase(end, detections.end());
}

/// Cuts two lists that are sorted by slot and image into the pairs of a set.
inline judged_set pairs_from(std::vector<placed<judged_object>> const& objects,
                             std::vector<placed<judged_detection>> const& detections, index_t slots) {
  judged_set set;
  set.first_pair.assign(static_cast<std::size_t>(slots) + 1, 0);
  std::size_t o = 0, d = 0;
  while (o < objects.size() || d < detections.size()) {
    auto const key = [](auto const& p) { return std::pair(p.slot, p.image); };
    auto const here = o == objects.size()      ? key(detections[d])
                      : d == detections.size() ? key(objects[o])
                                               : std::min(key(objects[o]), key(detections[d]));
    judged_pair pair{static_cast<index_t>(o), 0, static_cast<index_t>(d), 0};
    for (; o < objects.size() && key(objects[o]) == here; ++o) set.objects.push_back(objects[o].thing);
    for (; d < detections.size() && key(detections[d]) == here; ++d) set.detections.push_back(detections[d].thing);
    pair.end_object = static_cast<index_t>(o);
    pair.end_detection = static_cast<index_t>(d);
    set.pairs.push_back(pair);
    ++set.first_pair[static_cast<std::size_t>(here.first) + 1];
  }
  std::partial_sum(set.first_pair.begin(), set.first_pair.end(), set.first_pair.begin());
  return set;
}

}  // namespace detail

/// Applies the rules of a protocol to what two files hold. LVIS, in this order:
///
/// 1. an image with more than `max_dets` results, over all categories, keeps the best ones (equal scores: the earlier
///    ones; negative `max_dets`: all). What the later rules drop takes up places here. With `lvis_fixed` a category
///    keeps its best `max_dets` in the whole list instead;
/// 2. annotations of images or categories that are not listed, or without a positive finite area, vanish;
/// 3. results of categories that are not listed, or with an area that is not positive and finite, vanish;
/// 4. results stay only where their category was looked for: where the image holds an annotation of it (rule 2), or
///    names it in `neg_category_ids`. `not_exhaustive_category_ids` alone keeps nothing.
///
/// COCO: what is listed stays, whatever its area. Objects are flagged by `iscrowd`, not by `ignore`. An image keeps the
/// best `max_dets` results of a category (class agnostic: of all), equal scores in the order of the list.
///
/// @param areas  of the results; empty: width * height of their boxes
/// @param options  class agnostic: one slot for all categories; the rules of LVIS still use the real ones
/// @return per category in ascending id (or one slot for all), per image in ascending id
/// @throws acsl::error for a result of an unlisted image, a number that is not finite, an id that two records share
[[nodiscard]] inline judged_set select_judged(annotation_set const& truth, std::vector<box_result> const& results,
                                              evaluation_options const& options = {},
                                              std::span<double const> areas = {}) {
  ACSL_EXPECTS(areas.empty() || areas.size() == results.size(), "one area per result", areas.size(), results.size());
  detail::ranked_ids const categories(truth.categories, "categories"), images(truth.images, "images"),
      annotations(truth.annotations, "annotations");
  bool const coco = options.rules == evaluation_rules::coco;
  auto const objects = detail::select_objects(truth, categories, images, options);
  detail::federated_labels const labels(truth, objects, categories, images);

  std::vector<index_t> image_of(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto const& [image, category, box, score] = results[i];
    image_of[i] = images.find(image);
    ACSL_EXPECTS(image_of[i] >= 0, "every result has an image of the set (place, image id)", i, image);
    ACSL_EXPECTS(std::isfinite(score) && std::isfinite(box[0] + box[1] + box[2] + box[3]),
                 "scores and boxes of results are finite (place, image id, score)", i, image, score);
  }
  std::vector<detail::placed<judged_detection>> detections;
  auto const places = options.rules == evaluation_rules::lvis_fixed
                          ? detail::limit_per_category(results, options.max_dets)
                          : detail::limit_per_image(results, image_of, images.size(), coco ? -1 : options.max_dets);
  for (index_t const place : places) {
    auto const& result = results[static_cast<std::size_t>(place)];
    index_t const image = image_of[static_cast<std::size_t>(place)], category = categories.find(result.category_id);
    double const area = areas.empty() ? result.bbox[2] * result.bbox[3] : areas[static_cast<std::size_t>(place)];
    if (category < 0) continue;
    if (!coco && !(detail::has_extent(area) && labels.judged.has(category, image))) continue;
    bool const maybe_more = !coco && labels.not_exhaustive.has(category, image);
    detections.push_back(
        {options.class_agnostic ? 0 : category, image, category, {result.bbox, area, result.score, maybe_more, place}});
  }
  std::stable_sort(detections.begin(), detections.end(), [](auto const& a, auto const& b) {
    if (a.slot != b.slot || a.image != b.image) return std::tie(a.slot, a.image) < std::tie(b.slot, b.image);
    if (a.thing.score != b.thing.score) return a.thing.score > b.thing.score;
    return a.category < b.category;
  });
  if (coco) detail::limit_per_pair(detections, options.max_dets);
  return detail::pairs_from(objects, detections, options.class_agnostic ? 1 : categories.size());
}

}  // namespace acsl
