// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/detail/pairwise_mean.hpp>
#include <acsl/evaluation/judged_set.hpp>
#include <acsl/evaluation/matching.hpp>
#include <acsl/evaluation/precision_recall.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace acsl {

/// How well one category is found. First index: size of the objects (`object_size`); second: overlap threshold. −1: no
/// value, since there is no object of that size.
struct category_result {
  using sampled_curve = std::array<double, recall_thresholds.size()>;

  std::int64_t id = 0;
  std::string name;
  char frequency = 0;
  std::array<index_t, 4> objects = {};  ///< that count
  index_t detections = 0;               ///< that were judged
  std::array<std::array<double, 10>, 4> precision = {}, recall = {};
  /// Recall of objects of all sizes when of an image only the best `fewer_detections[i]` detections count.
  std::array<std::array<double, 10>, fewer_detections.size()> recall_of_best = {};
  /// Precision at the 101 recall thresholds, one row an overlap threshold. Empty: no value, or not kept.
  std::array<std::vector<sampled_curve>, 4> curves = {};
  std::array<double, 4> average_precision = {-1, -1, -1, -1};  ///< means of the curves

  [[nodiscard]] bool is_judged() const { return objects[0] > 0 || detections > 0; }
  /// Average precision and recall over all ten thresholds.
  [[nodiscard]] double ap(object_size size = object_size::all) const {
    return average_precision[static_cast<std::size_t>(size)];
  }
  [[nodiscard]] double ar(object_size size = object_size::all) const {
    auto const place = static_cast<std::size_t>(size);
    return objects[place] == 0 ? -1 : detail::pairwise_mean(recall[place]);
  }
  [[nodiscard]] double ap50() const { return precision[0][0]; }
  [[nodiscard]] double ap75() const { return precision[0][5]; }
};

namespace detail {

/// What became of the detections of a category, in the order of the set; one list per size.
using category_outcomes = std::array<std::vector<match_outcome>, 4>;

/// Matches the pairs of a category. Counts objects and detections, and how many the best few of each image find.
template <class Overlap>
category_outcomes match_category(judged_set const& set, std::span<judged_pair const> pairs, Overlap overlap,
                                 category_result& result) {
  index_t const first = pairs.front().first_detection;  // they lie in one piece, image by image
  result.detections = pairs.back().end_detection - first;
  category_outcomes outcomes;
  for (auto& list : outcomes) list.resize(static_cast<std::size_t>(result.detections));
  pair_matcher matcher;
  for (auto const& pair : pairs) {
    auto const detections = set.detections_of(pair);
    auto const objects = set.objects_of(pair);
    matcher.begin(detections, objects, overlap);
    for (std::size_t r = 0; r < area_ranges.size(); ++r) {
      for (auto const& object : objects) result.objects[r] += !object.ignore && area_ranges[r].holds(object.area);
      auto const found =
          std::span(outcomes[r]).subspan(static_cast<std::size_t>(pair.first_detection - first), detections.size());
      matcher.match(area_ranges[r], found);
      for (std::size_t i = 0; r == 0 && i < fewer_detections.size(); ++i)
        for (auto const& outcome : found.first(std::min(found.size(), fewer_detections[i])))
          for (std::size_t t = 0; t < overlap_thresholds.size(); ++t)
            result.recall_of_best[i][t] += (outcome.matched & ~outcome.ignored) >> t & 1;
    }
  }
  return outcomes;
}

}  // namespace detail

/// Matches and accumulates category k of a set: everything but id, name and frequency. O(n log n + thresholds ·
/// matching).
/// @param overlap see `pair_matcher::begin`
template <class Overlap>
[[nodiscard]] category_result judge_category(judged_set const& set, index_t k, Overlap overlap) {
  category_result result;
  for (auto* table : {&result.precision, &result.recall})
    for (auto& row : *table) row.fill(-1);
  auto const pairs = set.pairs_of(k);
  auto const outcomes =
      pairs.empty() ? detail::category_outcomes() : detail::match_category(set, pairs, overlap, result);
  for (auto& row : result.recall_of_best)
    for (double& found : row) found = result.objects[0] == 0 ? -1 : found / static_cast<double>(result.objects[0]);
  if (pairs.empty()) return result;

  std::vector<std::size_t> order(outcomes[0].size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto const* const judged = set.detections.data() + pairs.front().first_detection;
  std::stable_sort(order.begin(), order.end(),
                   [judged](std::size_t a, std::size_t b) { return judged[a].score > judged[b].score; });
  std::vector<match_outcome> sorted(order.size());
  precision_recall_curve curve;
  for (std::size_t r = 0; r < area_ranges.size(); ++r) {
    if (result.objects[r] == 0) continue;
    for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = outcomes[r][order[i]];
    for (std::size_t t = 0; t < overlap_thresholds.size(); ++t) {
      curve.walk(sorted, t, result.objects[r]);
      result.curves[r].push_back(curve.sampled_precision());
      result.precision[r][t] = detail::pairwise_mean(result.curves[r].back());
      result.recall[r][t] = curve.recall();
    }
    result.average_precision[r] =
        detail::pairwise_mean({result.curves[r].front().data(), result.curves[r].size() * recall_thresholds.size()});
  }
  return result;
}

}  // namespace acsl
