// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/row_plan.hpp>
#include <utility>

namespace acsl {

/// What most methods of the sigmoid family share: rules for rows, and a classifier that starts with one probability in
/// every column. A method derives from it and hides what it changes.
class sigmoid_rules {
 public:
  /// @param prior_probability π; biases start at −ln((1 − π) / π)
  explicit sigmoid_rules(row_rules rules = {}, double prior_probability = 0.01)
      : rules_(std::move(rules)), prior_(prior_probability) {
    ACSL_EXPECTS(prior_ > 0 && prior_ < 1, "a prior probability lies in (0, 1)", prior_);
  }
  [[nodiscard]] column_layout layout() const { return rules_.layout; }
  [[nodiscard]] classifier_prior prior() const { return {0.01, -math::log((1 - prior_) / prior_)}; }
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key,
                              loss_arguments const& extra) const {
    return plan_rows(labels, columns, rules_, extra);
  }

 private:
  row_rules rules_;
  double prior_;
};

}  // namespace acsl
