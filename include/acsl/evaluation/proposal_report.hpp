// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/proposal_recall.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace acsl {

/// "AR@100	= 0.4606", a line per count: what the original prints.
[[nodiscard]] inline std::string proposal_lines(proposal_recall const& recall) {
  std::string text;
  for (std::size_t k = 0; k < recall.counts.size(); ++k) {
    char line[64];
    std::snprintf(line, sizeof line, "AR@%lld\t= %.4f\n", static_cast<long long>(recall.counts[k]), recall.average(k));
    text += line;
  }
  return text;
}

/// Everything about it: `iou_type` "proposal", `protocol` "proposal_fast", `summary` {"AR@100": …}; `iou_thrs`, the
/// thresholds; `average_recall` {"100,300,1000": […]}; `recall_by_count_and_iou`: `counts`, `recall[count][threshold]`.
[[nodiscard]] inline nlohmann::ordered_json proposal_json(proposal_recall const& recall) {
  nlohmann::ordered_json summary;
  std::string counts;
  std::vector<double> averages;
  for (std::size_t k = 0; k < recall.counts.size(); ++k) {
    auto const count = std::to_string(recall.counts[k]);
    averages.push_back(recall.average(k));
    summary["AR@" + count] = averages.back();
    counts += (k ? "," : "") + count;
  }
  return {{"iou_type", "proposal"},
          {"protocol", "proposal_fast"},
          {"summary", summary},
          {"iou_thrs", proposal_thresholds},
          {"average_recall", {{counts, averages}}},
          {"recall_by_count_and_iou", {{"counts", recall.counts}, {"recall", recall.by_threshold}}}};
}

}  // namespace acsl
