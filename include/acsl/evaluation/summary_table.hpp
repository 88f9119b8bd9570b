// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/lvis_evaluation.hpp>
#include <cstdio>
#include <string>

namespace acsl {
namespace detail {

/// Calls f(figure, value) for the figures that mean something.
template <class F>
void for_each_figure(lvis_evaluation const& evaluation, F f) {
  for (auto const& figure : summary_figures)
    if (!evaluation.options.class_agnostic || figure.group == std::string("all"))
      f(figure, evaluation.summary.*figure.value);
}

template <class... Values>
std::string formatted(char const* format, Values... values) {
  char line[160];
  std::snprintf(line, sizeof line, format, values...);
  return line;
}

}  // namespace detail

/// The 13 figures as the authors' test tool prints them: two empty lines, a rule, a Markdown table in percent. A figure
/// without a value reads -100.00%.
[[nodiscard]] inline std::string summary_table(lvis_evaluation const& evaluation) {
  std::string text = "\n\n" + std::string(56, '=') +
                     "\n| Type | IoU | Area | MaxDets | CatIds | Result |\n"
                     "| :---: | :---: | :---: | :---: | :---: | :---: |\n";
  detail::for_each_figure(evaluation, [&](summary_figure const& figure, double value) {
    text += detail::formatted("|  (%s)  | %-9s | %6s | %3lld | %12s | %.2f%% |\n", figure.is_recall ? "AR" : "AP",
                              figure.overlap, figure.area, static_cast<long long>(evaluation.options.max_dets),
                              figure.group, value * 100);
  });
  return text;
}

/// The 13 figures as the public LVIS tool prints them: a line each, three decimals; -1.000 for no value.
[[nodiscard]] inline std::string summary_lines(lvis_evaluation const& evaluation) {
  std::string text;
  detail::for_each_figure(evaluation, [&](summary_figure const& figure, double value) {
    text += detail::formatted(" %-18s %s @[ IoU=%-9s | area=%6s | maxDets=%3lld catIds=%3s] = %.3f\n",
                              figure.is_recall ? "Average Recall" : "Average Precision",
                              figure.is_recall ? "(AR)" : "(AP)", figure.overlap, figure.area,
                              static_cast<long long>(evaluation.options.max_dets), figure.group, value);
  });
  return text;
}

}  // namespace acsl
