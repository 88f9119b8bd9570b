// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_table.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// A weight for every column, and one for what is true: w = c_j, times p in the true column. Binary cross-entropy with
/// class weights, L = 1/rows · Σᵢⱼ rᵢ w bce(zᵢⱼ, tᵢⱼ) (losses-spec 3.1). Unlike `row_rules::label_weight`, which weighs
/// the rows of a label, it weighs the pushes that a class gets from all rows.
/// @param weights  c, one for each column of the layout, each >= 0
/// @param positive p >= 0
class column_weight : public sigmoid_rules {
 public:
  struct device {
    column_table::device weight;
    double positive;
    template <class T>
    ACSL_LEAF T operator()(T, bool target, row_word const&, std::int32_t column) const {
      return weight.at<T>(column) * blend(target, static_cast<T>(positive), T(1));
    }
  };
  explicit column_weight(std::vector<double> weights, double positive = 1, row_rules rules = {},
                         double prior_probability = 0.01)
      : sigmoid_rules(std::move(rules), prior_probability), positive_(positive) {
    ACSL_EXPECTS(positive >= 0, "a weight is not negative", positive);
    for (double const c : weights) ACSL_EXPECTS(c >= 0, "a weight is not negative", c);
    weights_ = column_table(std::move(weights));
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const&, index_t columns) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(weights_.size()), "one weight for every column of the logits", columns,
                 weights_.size());
    return {weights_.on_device(place), positive_};
  }

 private:
  column_table weights_;
  double positive_;
};

/// Sigmoid binary cross-entropy with a weight for every column.
using column_weighted_cross_entropy = sigmoid_loss<weighted_bce<column_weight>>;

static_assert(classification_loss<column_weighted_cross_entropy>);

}  // namespace acsl
