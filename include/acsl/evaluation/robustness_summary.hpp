// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/evaluation/robustness_results.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acsl {

/// How well a detector holds out, for one figure. Nothing: no value.
///
///   P   = the figure on clean photographs: the first corruption's at severity 0
///   mPC = mean of the figure over corruptions and severities 1 to 5 (mean performance under corruption)
///   rPC = mPC / P (relative performance under corruption)
///
/// @source Michaelis et al., arXiv:1907.07484, section 3. Differs from the original's tool: what a file lacks, and what
///         has no value (−1), is left out of the mean, where that counts 0 or −1.
struct robustness_figure {
  std::string metric;
  std::optional<double> clean, corrupted, relative;  ///< P, mPC, rPC
  int averaged = 0;                                  ///< pairs of corruption and severity in the mean
};

/// Which corruptions take part in means: the first 15 of the results, those of the benchmark, or all.
enum class robustness_aggregate { benchmark, all };

[[nodiscard]] inline std::vector<std::string> averaged_corruptions(robustness_results const& results,
                                                                   robustness_aggregate aggregate) {
  auto names = results.corruptions();
  if (aggregate == robustness_aggregate::benchmark && names.size() > 15) names.resize(15);
  return names;
}

/// @param metrics names of figures
/// @throws acsl::error for results without any, and for a figure that no result has
[[nodiscard]] inline std::vector<robustness_figure> summarise_robustness(robustness_results const& results,
                                                                         std::string_view task,
                                                                         std::vector<std::string> const& metrics,
                                                                         robustness_aggregate aggregate) {
  auto const corruptions = averaged_corruptions(results, aggregate);
  ACSL_EXPECTS(!corruptions.empty(), "a summary of robustness has results");
  std::vector<robustness_figure> summary;
  for (auto const& metric : metrics) {
    robustness_figure figure{metric, {}, {}, {}, 0};
    if (double const clean = results.value(corruptions.front(), 0, task, metric); clean >= 0) figure.clean = clean;
    double sum = 0;
    for (auto const& corruption : corruptions)
      for (int severity = 1; severity <= 5; ++severity)
        if (double const value = results.value(corruption, severity, task, metric); value >= 0) {
          sum += value;
          ++figure.averaged;
        }
    if (figure.averaged > 0) figure.corrupted = sum / figure.averaged;
    if (figure.corrupted && figure.clean && *figure.clean > 0) figure.relative = *figure.corrupted / *figure.clean;
    summary.push_back(std::move(figure));
  }
  return summary;
}

namespace detail {

/// "12.34" for 0.1234; "-" for no value.
inline std::string percent_text(std::optional<double> value) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", *value * 100);
  return text;
}

}  // namespace detail

/// A Markdown table in percent: a row per figure, and the columns among P, mPC and rPC that are asked for.
[[nodiscard]] inline std::string robustness_table(std::vector<robustness_figure> const& summary,
                                                  std::vector<std::string> const& columns) {
  std::string head = "| metric |", rule = "| :--- |", rows;
  for (auto const& column : columns) {
    head += " " + column + " |";
    rule += " ---: |";
  }
  for (auto const& figure : summary) {
    rows += "| " + figure.metric + " |";
    for (auto const& column : columns) {
      ACSL_EXPECTS(column == "P" || column == "mPC" || column == "rPC", "columns are P, mPC and rPC", column.c_str());
      rows += " " +
              detail::percent_text(column == "P"     ? figure.clean
                                   : column == "mPC" ? figure.corrupted
                                                     : figure.relative) +
              " |";
    }
    rows += "\n";
  }
  return head + "\n" + rule + "\n" + rows;
}

/// A Markdown table of one figure in percent: a row per corruption, a column per severity, 0 to 5.
[[nodiscard]] inline std::string severity_table(robustness_results const& results, std::string_view task,
                                                std::string const& metric) {
  std::string text = "| " + metric + " | 0 | 1 | 2 | 3 | 4 | 5 |\n| :--- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (auto const& corruption : results.corruptions()) {
    text += "| " + corruption + " |";
    for (int severity = 0; severity <= 5; ++severity) {
      double const value = results.value(corruption, severity, task, metric);
      text += " " + detail::percent_text(value >= 0 ? std::optional(value) : std::nullopt) + " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace acsl
