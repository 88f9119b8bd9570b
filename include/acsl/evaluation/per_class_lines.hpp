// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/io/json_text.hpp>
#include <string>

namespace acsl {

/// The file of the original's `eval_lvis_per_class.py`: a line per category by ascending id, without a name. AP as a
/// fraction, the mean over the 10 overlap thresholds and 101 recall thresholds for objects of all sizes, summed in
/// NumPy's order, so that the text is the original's byte for byte; "-1" for a category without objects.
/// @pre the evaluation judged categories one by one
/// @throws acsl::error otherwise
/// @source lvis-eval-spec 6.2
[[nodiscard]] inline std::string per_class_lines(detection_evaluation const& evaluation) {
  ACSL_EXPECTS(!evaluation.options.class_agnostic, "lines per class want an evaluation class by class");
  std::string text;
  for (auto const& c : evaluation.categories) {
    double const ap = c.ap();
    if (ap < 0) text += "-1";
    else detail::append_number(text, ap);
    text += '\n';
  }
  return text;
}

}  // namespace acsl
