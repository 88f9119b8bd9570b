// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/detection_evaluation.hpp>
#include <array>
#include <cstdio>
#include <string>

namespace acsl {
namespace detail {

/// Calls f(figure, value) for the figures of the evaluation's protocol.
template <class F>
void for_each_figure(detection_evaluation const& evaluation, F f) {
  for (auto const& figure : summary_figures)
    if (has_figure(evaluation.options, figure)) f(figure, evaluation.summary.*figure.value);
}

template <class... Values>
std::string formatted(char const* format, Values... values) {
  char line[160];
  std::snprintf(line, sizeof line, format, values...);
  return line;
}

}  // namespace detail

/// The figures as the authors' test tool prints them: two empty lines, a rule, a Markdown table in percent. A figure
/// without a value reads -100.00%.
[[nodiscard]] inline std::string summary_table(detection_evaluation const& evaluation) {
  constexpr std::array<char const*, 4> areas{"all", "s", "m", "l"};
  std::string text = "\n\n" + std::string(56, '=') +
                     "\n| Type | IoU | Area | MaxDets | CatIds | Result |\n"
                     "| :---: | :---: | :---: | :---: | :---: | :---: |\n";
  detail::for_each_figure(evaluation, [&](summary_figure const& figure, double value) {
    text += detail::formatted("|  (%s)  | %-9s | %6s | %3lld | %12s | %.2f%% |\n", figure.is_recall ? "AR" : "AP",
                              figure.overlap, areas[static_cast<std::size_t>(figure.size)],
                              static_cast<long long>(figure.limit_in(evaluation.options)), figure.group, value * 100);
  });
  return text;
}

/// The figures as the public tools of LVIS and COCO print them: a line each, three decimals; -1.000 for no value.
[[nodiscard]] inline std::string summary_lines(detection_evaluation const& evaluation) {
  bool const coco = evaluation.options.rules == evaluation_rules::coco;
  constexpr std::array<char const*, 4> lvis_areas{"all", "s", "m", "l"}, coco_areas{"all", "small", "medium", "large"};
  std::string text;
  detail::for_each_figure(evaluation, [&](summary_figure const& figure, double value) {
    auto const size = static_cast<std::size_t>(figure.size);
    text += detail::formatted(
        " %-18s %s @[ IoU=%-9s | area=%6s | maxDets=%3lld %s] = %.3f\n",
        figure.is_recall ? "Average Recall" : "Average Precision", figure.is_recall ? "(AR)" : "(AP)", figure.overlap,
        (coco ? coco_areas : lvis_areas)[size], static_cast<long long>(figure.limit_in(evaluation.options)),
        coco ? "" : detail::formatted("catIds=%3s", figure.group).c_str(), value);
  });
  return text;
}

}  // namespace acsl
