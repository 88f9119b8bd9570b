// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// Figures of an evaluation by name, in the order of tables; −1: no value.
using named_figures = std::vector<std::pair<std::string, double>>;

/// What a detector reaches on photographs that a corruption of a severity was applied to.
struct robustness_result {
  std::string corruption;
  int severity = 0;  ///< 0: the clean photographs
  std::string task;  ///< "bbox"
  named_figures figures;
  friend bool operator==(robustness_result const&, robustness_result const&) = default;
};

/// Results of a test of robustness, in the order of the test.
struct robustness_results {
  std::vector<robustness_result> entries;

  [[nodiscard]] robustness_result const* find(std::string_view corruption, int severity, std::string_view task) const {
    for (auto const& one : entries)
      if (one.corruption == corruption && one.severity == severity && one.task == task) return &one;
    return nullptr;
  }
  /// The value of a figure; −1 where there is none.
  [[nodiscard]] double value(std::string_view corruption, int severity, std::string_view task,
                             std::string_view metric) const {
    if (auto const* const found = find(corruption, severity, task))
      for (auto const& [name, value] : found->figures)
        if (name == metric) return value;
    return -1;
  }
  /// Names of corruptions, or of tasks, in the order of their first result.
  [[nodiscard]] std::vector<std::string> corruptions() const { return firsts(&robustness_result::corruption); }
  [[nodiscard]] std::vector<std::string> tasks() const { return firsts(&robustness_result::task); }
  /// Names of the figures of a task.
  [[nodiscard]] std::vector<std::string> metrics(std::string_view task) const {
    std::vector<std::string> names;
    for (auto const& one : entries)
      for (auto const& [name, value] : one.figures)
        if (one.task == task && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
  }

 private:
  [[nodiscard]] std::vector<std::string> firsts(std::string robustness_result::*member) const {
    std::vector<std::string> names;
    for (auto const& one : entries)
      if (std::find(names.begin(), names.end(), one.*member) == names.end()) names.push_back(one.*member);
    return names;
  }
};

}  // namespace acsl
