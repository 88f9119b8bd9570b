// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/detail/compensated_sum.hpp>
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
  std::int64_t id = 0;
  std::string name;
  char frequency = 0;
  std::array<index_t, 4> objects = {};  ///< that count
  index_t detections = 0;               ///< that were judged
  std::array<std::array<double, 10>, 4> precision = {}, recall = {};
  /// Precision at the 101 recall thresholds, one row an overlap threshold, for objects of all sizes. Empty: not asked
  /// for, or no value.
  std::vector<std::array<double, recall_thresholds.size()>> curves = {};

  [[nodiscard]] bool is_judged() const { return objects[0] > 0 || detections > 0; }
  /// Average precision and recall over all ten thresholds.
  [[nodiscard]] double ap(object_size size = object_size::all) const { return mean(precision, size); }
  [[nodiscard]] double ar(object_size size = object_size::all) const { return mean(recall, size); }
  [[nodiscard]] double ap50() const { return precision[0][0]; }
  [[nodiscard]] double ap75() const { return precision[0][5]; }

 private:
  static double mean(std::array<std::array<double, 10>, 4> const& values, object_size size) {
    detail::mean_of_valid result;
    for (double const value : values[static_cast<std::size_t>(size)]) result.add(value);
    return result.value();
  }
};

/// Matches and accumulates category k of a set: everything but id, name and frequency. O(n log n + thresholds ·
/// matching).
/// @param overlap see `pair_matcher::begin`
/// @param with_curves whether `curves` are kept
template <class Overlap>
[[nodiscard]] category_result judge_category(judged_set const& set, index_t k, Overlap overlap,
                                             bool with_curves = false) {
  category_result result;
  for (auto* table : {&result.precision, &result.recall})
    for (auto& row : *table) row.fill(-1);
  auto const pairs = set.pairs_of(k);
  if (pairs.empty()) return result;

  // The detections of a category lie in one piece, image by image.
  index_t const first = pairs.front().first_detection;
  result.detections = pairs.back().end_detection - first;
  auto const count = static_cast<std::size_t>(result.detections);
  std::array<std::vector<match_outcome>, 4> outcomes;
  for (auto& list : outcomes) list.resize(count);
  pair_matcher matcher;
  for (auto const& pair : pairs) {
    auto const detections = set.detections_of(pair);
    auto const objects = set.objects_of(pair);
    matcher.begin(detections, objects, overlap);
    for (std::size_t r = 0; r < area_ranges.size(); ++r) {
      for (auto const& object : objects) result.objects[r] += !object.ignore && area_ranges[r].holds(object.area);
      matcher.match(
          area_ranges[r],
          std::span(outcomes[r]).subspan(static_cast<std::size_t>(pair.first_detection - first), detections.size()));
    }
  }

  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto const* const judged = set.detections.data() + first;
  std::stable_sort(order.begin(), order.end(),
                   [judged](std::size_t a, std::size_t b) { return judged[a].score > judged[b].score; });
  std::vector<match_outcome> sorted(count);
  precision_recall_curve curve;
  for (std::size_t r = 0; r < area_ranges.size(); ++r) {
    if (result.objects[r] == 0) continue;
    for (std::size_t i = 0; i < count; ++i) sorted[i] = outcomes[r][order[i]];
    for (std::size_t t = 0; t < overlap_thresholds.size(); ++t) {
      curve.walk(sorted, t, result.objects[r]);
      auto const sampled = curve.sampled_precision();
      result.precision[r][t] = precision_recall_curve::average(sampled);
      if (with_curves && r == 0) result.curves.push_back(sampled);
      result.recall[r][t] = curve.recall();
    }
  }
  return result;
}

}  // namespace acsl
