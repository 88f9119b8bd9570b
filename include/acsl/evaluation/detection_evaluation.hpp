// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/category_result.hpp>
#include <acsl/evaluation/evaluation_options.hpp>
#include <acsl/evaluation/select_judged.hpp>
#include <acsl/evaluation/summary.hpp>
#include <acsl/masks/mask_algebra.hpp>
#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace acsl {

/// Masks to be judged; none of it is needed for boxes.
struct judged_masks {
  std::span<double const> areas = {};  ///< of results that are masks without boxes
  std::span<run_length_mask const> results = {};
  std::span<run_length_mask const> objects = {};  ///< of the annotations
};

struct detection_evaluation {
  evaluation_options options;
  detection_summary summary;
  std::vector<category_result> categories;  ///< all listed ones by ascending id; one for all when class agnostic
};

/// Average precision and recall of boxes or masks by the rules of LVIS (v0.5 and v1.0) or COCO, with the figures of the
/// official tools to the last bit. Which results are judged: select_judged.hpp; how objects are given to them:
/// matching.hpp; how figures come from that: precision_recall.hpp, summary.hpp.
///
///     auto const lvis = acsl::evaluate_detections(exec, truth, results);
///     auto const coco = acsl::evaluate_detections(exec, truth, results, acsl::coco_100);
///
/// No results: categories with objects have zeros. No objects: no figure has a value (−1).
///
/// Where we differ from the official tools: ids that two records share are an error, as are numbers that are not
/// finite; an empty list of results is none; LVIS's class-agnostic evaluation works; COCO's takes an annotation without
/// `iscrowd` for no crowd.
///
/// Categories run in parallel into places of their own: the same bits for any number of threads. Time
/// O(results · log results), and memory for the (image, category) pairs that hold something, not for all of them; 8 KB
/// for each category and size that has objects.
///
/// @param exec a backend in host memory
/// @throws acsl::file_error when a category has no frequency (LVIS, unless class agnostic)
/// @throws acsl::error for a result of an image that the set lacks; see `select_judged`
template <has_loops Backend>
[[nodiscard]] detection_evaluation evaluate_detections(Backend& exec, annotation_set const& truth,
                                                       std::vector<box_result> const& results,
                                                       evaluation_options const& options = {},
                                                       judged_masks const& masks = {}) {
  static_assert(Backend::host_memory, "evaluation runs on the host");
  bool const coco = options.rules == evaluation_rules::coco;
  ACSL_EXPECTS(!coco || options.max_dets < 0 || options.max_dets > 10,
               "COCO's limit is above 10, as figures at 1 and 10 belong to it", options.max_dets);
  if (!coco && !options.class_agnostic) require_frequencies(truth);
  judged_set const set = select_judged(truth, results, options, masks.areas);
  detection_evaluation evaluation{
      options, {}, std::vector<category_result>(static_cast<std::size_t>(set.categories()))};
  constexpr double cost_ns = 100'000;
  auto const count = set.categories();
  // A thread's share is a row of neighbours, and in many files the large categories are: so neighbours are far apart.
  index_t stride = std::max<index_t>(1, count * 5 / 8);
  while (std::gcd(stride, count) > 1) ++stride;
  auto const judge_with = [&](auto overlap) {
    exec.for_each(
        count,
        [&set, overlap, count, stride, out = evaluation.categories.data()](index_t i) {
          index_t const k = i * stride % count;
          out[k] = judge_category(set, k, overlap);
        },
        cost_ns);
  };
  if (options.type == iou_type::bbox) {
    judge_with([](judged_detection const& d, judged_object const& o) {
      return o.crowd ? box_coverage(d.box, o.box) : box_overlap(d.box, o.box);
    });
  } else {
    ACSL_EXPECTS(masks.results.size() == results.size(), "one mask per result", masks.results.size(), results.size());
    ACSL_EXPECTS(masks.objects.size() == truth.annotations.size(), "one mask per annotation", masks.objects.size(),
                 truth.annotations.size());
    judge_with([=](judged_detection const& d, judged_object const& o) {
      auto const& found = masks.results[static_cast<std::size_t>(d.place)];
      auto const& object = masks.objects[static_cast<std::size_t>(o.place)];
      return o.crowd ? mask_coverage(found, object) : mask_overlap(found, object);
    });
  }

  if (options.class_agnostic) {
    evaluation.categories[0].name = "all categories";
  } else {
    std::vector<category const*> sorted;
    for (category const& c : truth.categories) sorted.push_back(&c);
    std::sort(sorted.begin(), sorted.end(), [](category const* a, category const* b) { return a->id < b->id; });
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      evaluation.categories[k].id = sorted[k]->id;
      evaluation.categories[k].name = sorted[k]->name;
      evaluation.categories[k].frequency = sorted[k]->frequency;
    }
  }
  evaluation.summary = summarise(evaluation.categories);
  if (!options.with_curves)
    for (auto& category : evaluation.categories) category.curves = {};
  return evaluation;
}

}  // namespace acsl
