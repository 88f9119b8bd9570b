// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/evaluation/category_result.hpp>
#include <acsl/evaluation/detail/pairwise_mean.hpp>
#include <acsl/evaluation/evaluation_options.hpp>
#include <array>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// The figures of LVIS and COCO, each a mean over the categories that have a value; −1: none has.
struct detection_summary {
  double ap = -1, ap50 = -1, ap75 = -1;
  double ap_small = -1, ap_medium = -1, ap_large = -1;
  double ap_rare = -1, ap_common = -1, ap_frequent = -1;
  double ar_1 = -1, ar_10 = -1;  ///< of the best and the best ten detections of an image and category
  double ar = -1, ar_small = -1, ar_medium = -1, ar_large = -1;
  friend bool operator==(detection_summary const&, detection_summary const&) = default;
};

/// One figure: what the tables print about it, and where it is.
struct summary_figure {
  char const* name;  ///< "AP50"; those of recall get "@<limit>"
  bool is_recall;
  char const* overlap;  ///< "0.50:0.95", "0.50", "0.75"
  object_size size;
  char const* group;  ///< "all", "r", "c", "f"
  double detection_summary::*value;
  index_t limit = 0;  ///< on detections; 0: the evaluation's

  [[nodiscard]] index_t limit_in(evaluation_options const& options) const { return limit ? limit : options.max_dets; }
  [[nodiscard]] std::string key(evaluation_options const& options) const {
    return is_recall ? std::string(name) + "@" + std::to_string(limit_in(options)) : name;
  }
};

inline constexpr std::array<summary_figure, 15> summary_figures{{
    {"AP", false, "0.50:0.95", object_size::all, "all", &detection_summary::ap},
    {"AP50", false, "0.50", object_size::all, "all", &detection_summary::ap50},
    {"AP75", false, "0.75", object_size::all, "all", &detection_summary::ap75},
    {"APs", false, "0.50:0.95", object_size::small, "all", &detection_summary::ap_small},
    {"APm", false, "0.50:0.95", object_size::medium, "all", &detection_summary::ap_medium},
    {"APl", false, "0.50:0.95", object_size::large, "all", &detection_summary::ap_large},
    {"APr", false, "0.50:0.95", object_size::all, "r", &detection_summary::ap_rare},
    {"APc", false, "0.50:0.95", object_size::all, "c", &detection_summary::ap_common},
    {"APf", false, "0.50:0.95", object_size::all, "f", &detection_summary::ap_frequent},
    {"AR", true, "0.50:0.95", object_size::all, "all", &detection_summary::ar_1, 1},
    {"AR", true, "0.50:0.95", object_size::all, "all", &detection_summary::ar_10, 10},
    {"AR", true, "0.50:0.95", object_size::all, "all", &detection_summary::ar},
    {"ARs", true, "0.50:0.95", object_size::small, "all", &detection_summary::ar_small},
    {"ARm", true, "0.50:0.95", object_size::medium, "all", &detection_summary::ar_medium},
    {"ARl", true, "0.50:0.95", object_size::large, "all", &detection_summary::ar_large},
}};

/// Whether a protocol has a figure: LVIS has 13, COCO 12. All categories as one have no groups.
[[nodiscard]] inline bool has_figure(evaluation_options const& options, summary_figure const& figure) {
  bool const of_group = figure.group != std::string("all"), coco = options.rules == evaluation_rules::coco;
  return of_group ? !coco && !options.class_agnostic : coco || figure.limit == 0;
}

namespace detail {

/// Means over categories with a value, whose order is the official tools': thresholds first, categories last.
class category_means {
 public:
  explicit category_means(std::vector<category_result> const& categories) : categories_(categories) {}

  /// Of precision at overlap thresholds first … last − 1. @param group a frequency; 0: all
  double precision(object_size size, char group = 0, std::size_t first = 0,
                   std::size_t last = overlap_thresholds.size()) {
    auto const r = static_cast<std::size_t>(size);
    values_.clear();
    for (std::size_t t = first; t < last; ++t)
      for (std::size_t i = 0; i < recall_thresholds.size(); ++i)
        for (auto const& category : categories_)
          if (category.objects[r] > 0 && (group == 0 || category.frequency == group))
            values_.push_back(category.curves[r][t][i]);
    return pairwise_mean(values_);
  }
  double recall(object_size size) {
    auto const r = static_cast<std::size_t>(size);
    return recall(
        r, [r](category_result const& category) -> auto& { return category.recall[r]; });
  }
  /// Of the best `fewer_detections[i]`.
  double recall_of_best(std::size_t i) {
    return recall(
        0, [i](category_result const& category) -> auto& { return category.recall_of_best[i]; });
  }

 private:
  template <class Recall>
  double recall(std::size_t r, Recall of) {
    values_.clear();
    for (std::size_t t = 0; t < overlap_thresholds.size(); ++t)
      for (auto const& category : categories_)
        if (category.objects[r] > 0) values_.push_back(of(category)[t]);
    return pairwise_mean(values_);
  }

  std::vector<category_result> const& categories_;
  std::vector<double> values_;
};

}  // namespace detail

/// The figures of categories that still have their curves.
[[nodiscard]] inline detection_summary summarise(std::vector<category_result> const& categories) {
  detail::category_means mean(categories);
  using enum object_size;
  return {.ap = mean.precision(all),
          .ap50 = mean.precision(all, 0, 0, 1),
          .ap75 = mean.precision(all, 0, 5, 6),
          .ap_small = mean.precision(small),
          .ap_medium = mean.precision(medium),
          .ap_large = mean.precision(large),
          .ap_rare = mean.precision(all, 'r'),
          .ap_common = mean.precision(all, 'c'),
          .ap_frequent = mean.precision(all, 'f'),
          .ar_1 = mean.recall_of_best(0),
          .ar_10 = mean.recall_of_best(1),
          .ar = mean.recall(all),
          .ar_small = mean.recall(small),
          .ar_medium = mean.recall(medium),
          .ar_large = mean.recall(large)};
}

}  // namespace acsl
