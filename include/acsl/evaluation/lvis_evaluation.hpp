// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/category_result.hpp>
#include <acsl/evaluation/result_list.hpp>
#include <acsl/evaluation/select_judged.hpp>
#include <acsl/evaluation/summary.hpp>
#include <acsl/masks/mask_algebra.hpp>
#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace acsl {

struct evaluation_options {
  index_t max_dets = 300;            ///< results per image, over all categories; negative: all
  limit_of limit = limit_of::image;  ///< category: "fixed AP" (Dave et al. 2021, with max_dets 10,000)
  iou_type type = iou_type::bbox;
  bool class_agnostic = false;  ///< judge all categories as one; figures by frequency then have no value
  bool with_curves = false;     ///< keep the precision of every category at every recall threshold

  /// "lvis-300", "lvis-all", "lvis-fixed": figures of two protocols cannot be compared.
  [[nodiscard]] std::string protocol() const {
    std::string const number = max_dets < 0 ? "all" : std::to_string(max_dets);
    if (limit == limit_of::image) return "lvis-" + number;
    return max_dets == 10000 ? "lvis-fixed" : "lvis-fixed-" + number;
  }
};

/// Masks to be judged; none of it is needed for boxes.
struct judged_masks {
  std::span<double const> areas = {};  ///< of results that are masks without boxes
  std::span<run_length_mask const> results = {};
  std::span<run_length_mask const> objects = {};  ///< of the annotations
};

struct lvis_evaluation {
  evaluation_options options;
  lvis_summary summary;
  std::vector<category_result> categories;  ///< all listed ones by ascending id; one for all when class agnostic
};

/// Average precision and recall of boxes or masks as LVIS defines them (v0.5 and v1.0), with the figures of the
/// official tool to the last bits. Which results are judged: select_judged.hpp; how objects are given to them:
/// matching.hpp; how figures come from that: precision_recall.hpp, summary.hpp.
///
/// No results: categories with objects have zeros. No objects: no figure has a value (−1).
///
/// Where we differ from the official tool: ids that two records share are an error, as are numbers that are not finite;
/// an empty list of results is none; class-agnostic evaluation works.
///
/// Categories run in parallel into places of their own: the same bits for any number of threads. Time
/// O(results · log results), and memory for the (image, category) pairs that hold something, not for all of them.
///
/// @param exec a backend in host memory
/// @throws acsl::file_error when a category has no frequency (unless class agnostic)
/// @throws acsl::error for a result of an image that the set lacks; see `select_judged`
template <has_loops Backend>
[[nodiscard]] lvis_evaluation evaluate_lvis(Backend& exec, annotation_set const& truth,
                                            std::vector<box_result> const& results,
                                            evaluation_options const& options = {}, judged_masks const& masks = {}) {
  static_assert(Backend::host_memory, "evaluation runs on the host");
  if (!options.class_agnostic) require_frequencies(truth);
  judged_set const set =
      select_judged(truth, results, options.max_dets, options.class_agnostic, masks.areas, options.limit);
  lvis_evaluation evaluation{options, {}, std::vector<category_result>(static_cast<std::size_t>(set.categories()))};
  constexpr double cost_ns = 100'000;
  auto const count = set.categories();
  // A thread's share is a row of neighbours, and in many files the large categories are: so neighbours are far apart.
  index_t stride = std::max<index_t>(1, count * 5 / 8);
  while (std::gcd(stride, count) > 1) ++stride;
  auto const judge_with = [&](auto overlap) {
    exec.for_each(
        count,
        [&set, overlap, curves = options.with_curves, count, stride, out = evaluation.categories.data()](index_t i) {
          index_t const k = i * stride % count;
          out[k] = judge_category(set, k, overlap, curves);
        },
        cost_ns);
  };
  if (options.type == iou_type::bbox) {
    judge_with([](judged_detection const& d, judged_object const& o) { return box_overlap(d.box, o.box); });
  } else {
    ACSL_EXPECTS(masks.results.size() == results.size(), "one mask per result", masks.results.size(), results.size());
    ACSL_EXPECTS(masks.objects.size() == truth.annotations.size(), "one mask per annotation", masks.objects.size(),
                 truth.annotations.size());
    judge_with([=](judged_detection const& d, judged_object const& o) {
      return mask_overlap(masks.results[static_cast<std::size_t>(d.place)],
                          masks.objects[static_cast<std::size_t>(o.place)]);
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
  return evaluation;
}

}  // namespace acsl
