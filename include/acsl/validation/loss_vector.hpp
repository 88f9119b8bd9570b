// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/json.hpp>
#include <acsl/losses/any_classification_loss.hpp>
#include <string>
#include <vector>

namespace acsl {

/// One case of a file of loss vectors: a loss with its state, a batch, random choices, and what an independent
/// computation found. Labels are the library's (0: background), whatever the file's layout.
struct loss_vector {
  std::string id;
  any_classification_loss loss = {};
  shape extents = {};   ///< of the logits
  index_t classes = 0;  ///< foreground classes
  std::vector<double> logits = {};
  std::vector<std::int32_t> labels = {};
  std::vector<float> row_weights = {};  ///< empty: all 1
  explicit_choices choices = {};
  bool has_choices = false;
  double divisor = 0;                              ///< instead of the loss's own; 0: the loss's own
  std::vector<std::uint8_t> element_choices = {};  ///< what `choices.elements` views
  std::vector<std::int32_t> objects = {};          ///< empty: not given
  json_value expected;
  std::vector<double> scores = {};  ///< expected, [N, C + 1], background first; −1: not given; empty: no scores

  /// The arguments of `evaluate`; views of this case, which must outlive them.
  [[nodiscard]] loss_arguments arguments() {
    loss_arguments result;
    auto const rows = static_cast<index_t>(labels.size());
    if (!row_weights.empty()) result.row_weights = {row_weights.data(), {rows}};
    if (!objects.empty()) result.objects = {objects.data(), {rows}};
    if (!element_choices.empty()) choices.elements = {element_choices.data(), extents};
    if (has_choices) result.choices = &choices;
    result.divisor = divisor;
    return result;
  }
};

}  // namespace acsl
