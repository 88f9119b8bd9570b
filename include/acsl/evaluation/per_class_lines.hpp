// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/evaluation/lvis_evaluation.hpp>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>

namespace acsl {
namespace detail {

/// The sum of doubles in NumPy's order: halves of a multiple of eight numbers down to blocks of 128, eight sums a
/// block.
inline double pairwise_sum(double const* x, std::size_t n) {
  if (n > 128) {
    std::size_t const half = n / 2 - n / 2 % 8;
    return pairwise_sum(x, half) + pairwise_sum(x + half, n - half);
  }
  std::size_t i = 0;
  double sum = 0;
  if (n >= 8) {
    double lane[8];
    for (; i < 8; ++i) lane[i] = x[i];
    for (; i < n - n % 8; i += 8)
      for (std::size_t k = 0; k < 8; ++k) lane[k] += x[i + k];
    sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  }
  for (; i < n; ++i) sum += x[i];
  return sum;
}

/// The shortest text that reads back to the same double, as Python prints numbers from 0 to 1: "0.0001", "1e-05".
inline std::string python_text(double value) {
  char digits[64];
  auto const format = value != 0 && value < 1e-4 ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, value, format).ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace detail

/// The file of the original's `eval_lvis_per_class.py`: a line per category by ascending id, without a name. AP as a
/// fraction, the mean over the 10 overlap thresholds and 101 recall thresholds for objects of all sizes, summed in
/// NumPy's order, so that the text is the original's byte for byte; "-1" for a category without objects.
/// @pre the evaluation kept curves, and judged categories one by one
/// @throws acsl::error otherwise
/// @source lvis-eval-spec 6.2
[[nodiscard]] inline std::string per_class_lines(lvis_evaluation const& evaluation) {
  ACSL_EXPECTS(evaluation.options.with_curves && !evaluation.options.class_agnostic,
               "lines per class want an evaluation with curves, class by class");
  constexpr std::size_t recalls = recall_thresholds.size();
  std::string text;
  for (auto const& c : evaluation.categories) {
    if (c.curves.empty()) {
      text += "-1\n";
      continue;
    }
    std::array<double, overlap_thresholds.size() * recalls> points;
    for (std::size_t i = 0; i < points.size(); ++i) points[i] = c.curves[i / recalls][i % recalls];
    text += detail::python_text(detail::pairwise_sum(points.data(), points.size()) / double{points.size()}) + '\n';
  }
  return text;
}

}  // namespace acsl
