// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/evaluation/category_result.hpp>
#include <acsl/evaluation/detail/compensated_sum.hpp>
#include <array>
#include <string>
#include <vector>

namespace acsl {

/// The 13 figures of LVIS, each a mean over the categories that have a value; −1: none has.
struct lvis_summary {
  double ap = -1, ap50 = -1, ap75 = -1;
  double ap_small = -1, ap_medium = -1, ap_large = -1;
  double ap_rare = -1, ap_common = -1, ap_frequent = -1;
  double ar = -1, ar_small = -1, ar_medium = -1, ar_large = -1;
  friend bool operator==(lvis_summary const&, lvis_summary const&) = default;
};

/// One figure: what the tables print about it, and where it is.
struct summary_figure {
  char const* name;  ///< "AP50"; those of recall get "@<max_dets>"
  bool is_recall;
  char const* overlap;  ///< "0.50:0.95", "0.50", "0.75"
  char const* area;     ///< "all", "s", "m", "l"
  char const* group;    ///< "all", "r", "c", "f"
  double lvis_summary::*value;

  [[nodiscard]] std::string key(index_t max_dets) const {
    return is_recall ? std::string(name) + "@" + std::to_string(max_dets) : name;
  }
};

inline constexpr std::array<summary_figure, 13> summary_figures{{
    {"AP", false, "0.50:0.95", "all", "all", &lvis_summary::ap},
    {"AP50", false, "0.50", "all", "all", &lvis_summary::ap50},
    {"AP75", false, "0.75", "all", "all", &lvis_summary::ap75},
    {"APs", false, "0.50:0.95", "s", "all", &lvis_summary::ap_small},
    {"APm", false, "0.50:0.95", "m", "all", &lvis_summary::ap_medium},
    {"APl", false, "0.50:0.95", "l", "all", &lvis_summary::ap_large},
    {"APr", false, "0.50:0.95", "all", "r", &lvis_summary::ap_rare},
    {"APc", false, "0.50:0.95", "all", "c", &lvis_summary::ap_common},
    {"APf", false, "0.50:0.95", "all", "f", &lvis_summary::ap_frequent},
    {"AR", true, "0.50:0.95", "all", "all", &lvis_summary::ar},
    {"ARs", true, "0.50:0.95", "s", "all", &lvis_summary::ar_small},
    {"ARm", true, "0.50:0.95", "m", "all", &lvis_summary::ar_medium},
    {"ARl", true, "0.50:0.95", "l", "all", &lvis_summary::ar_large},
}};

[[nodiscard]] inline lvis_summary summarise(std::vector<category_result> const& categories) {
  auto const mean = [&](auto&& value) {
    detail::mean_of_valid result;
    for (auto const& category : categories) result.add(value(category));
    return result.value();
  };
  auto const group = [&](char letter) {
    return mean([=](category_result const& c) { return c.frequency == letter ? c.ap() : -1.0; });
  };
  auto const precision = [&](object_size size) { return mean([=](category_result const& c) { return c.ap(size); }); };
  auto const recall = [&](object_size size) { return mean([=](category_result const& c) { return c.ar(size); }); };
  using enum object_size;
  return {.ap = precision(all),
          .ap50 = mean([](category_result const& c) { return c.ap50(); }),
          .ap75 = mean([](category_result const& c) { return c.ap75(); }),
          .ap_small = precision(small),
          .ap_medium = precision(medium),
          .ap_large = precision(large),
          .ap_rare = group('r'),
          .ap_common = group('c'),
          .ap_frequent = group('f'),
          .ar = recall(all),
          .ar_small = recall(small),
          .ar_medium = recall(medium),
          .ar_large = recall(large)};
}

}  // namespace acsl
