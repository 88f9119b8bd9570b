// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/evaluation/matching.hpp>
#include <acsl/evaluation/thresholds.hpp>
#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <vector>

namespace acsl {

/// Precision and recall of one category, over detections of all images by descending score.
class precision_recall_curve {
 public:
  /// Walks down the detections that are not ignored; after each one recall = tp / objects and
  /// precision = tp / ((fp + tp) + 2^−52). An ignored detection would repeat the point before it. Then precision
  /// becomes the largest one at this or any higher recall.
  /// @param outcomes by descending score
  /// @param threshold which bit of the outcomes counts
  /// @param objects number of objects that are not ignored, > 0
  void walk(std::span<match_outcome const> outcomes, std::size_t threshold, index_t objects) {
    recall_.clear();
    precision_.clear();
    double tp = 0, fp = 0;
    for (auto const& outcome : outcomes) {
      if (outcome.ignored >> threshold & 1) continue;
      ++(outcome.matched >> threshold & 1 ? tp : fp);
      recall_.push_back(tp / static_cast<double>(objects));
      precision_.push_back(tp / ((fp + tp) + std::numeric_limits<double>::epsilon()));
    }
    for (std::size_t i = precision_.size(); i-- > 1;) precision_[i - 1] = std::max(precision_[i - 1], precision_[i]);
  }

  /// Share of the objects that were found.
  [[nodiscard]] double recall() const { return recall_.empty() ? 0 : recall_.back(); }
  /// At each of the recall thresholds, the precision at the first point that reaches it; 0 where none does.
  [[nodiscard]] std::array<double, recall_thresholds.size()> sampled_precision() const {
    std::array<double, recall_thresholds.size()> values{};
    auto point = recall_.begin();
    for (std::size_t i = 0; i < values.size(); ++i) {
      point = std::lower_bound(point, recall_.end(), recall_thresholds[i]);
      if (point == recall_.end()) break;
      values[i] = precision_[static_cast<std::size_t>(point - recall_.begin())];
    }
    return values;
  }

 private:
  std::vector<double> recall_, precision_;
};

}  // namespace acsl
