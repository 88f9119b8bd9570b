// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/losses/column_table.hpp>
#include <acsl/losses/gradient_balance.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <utility>
#include <vector>

namespace acsl {

struct equalization_v2_options {
  double gamma = 12, mu = 0.8;  ///< steepness and centre of the map from ratio to weight
  double alpha = 4;             ///< a positive weighs up to 1 + α
  double prior_probability = 0.001;
};

/// The weight of the equalization loss v2. With g_j the ratio of positive to negative gradients that class j has seen,
///
///   f_j = σ(γ (g_j − μ)),   w = 1 + α (1 − f_j) for the true column, f_j for others;   background (the last): 1
///
/// After the value, Σᵢ rᵢ w |p − t| of true and of other elements are added to the two sides of g_j, over all
/// processes.
/// @source Tan, Lu, Zhang, Yin, Li, CVPR 2021 (losses-spec 3.5)
class equalization_v2_weight : public sigmoid_rules {
 public:
  static constexpr bool watches_columns = true;
  struct device {
    column_table::device positive, negative;
    template <class T>
    ACSL_LEAF T operator()(T, bool target, row_word const&, std::int32_t column) const {
      return blend(target, positive.at<T>(column), negative.at<T>(column));
    }
  };
  explicit equalization_v2_weight(index_t classes, equalization_v2_options options = {})
      : sigmoid_rules({column_layout::background_last, divisor_kind::rows, {}}, options.prior_probability),
        options_(options),
        balance_(classes) {
    ACSL_EXPECTS(options.alpha >= 0, "what a positive weighs more is not negative", options.alpha);
  }

  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) {
    ACSL_EXPECTS(columns == balance_.classes() + 1, "the logits have one column per class and one for background",
                 columns, balance_.classes());
    std::vector<double> positive, negative;
    for (double const ratio : balance_.ratios(100)) {
      double const f = sigmoid(options_.gamma * (ratio - options_.mu));
      positive.push_back(1 + options_.alpha * (1 - f));
      negative.push_back(f);
    }
    positive.push_back(1);
    negative.push_back(1);
    positive_ = column_table(std::move(positive));
    negative_ = column_table(std::move(negative));
    return sigmoid_rules::plan(labels, columns, key, extra);
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const&, index_t) const {
    return {positive_.on_device(place), negative_.on_device(place)};
  }
  void observe(column_sums const& sums, row_plan const&, loss_arguments const& extra) {
    balance_.add(sums, 1, extra.processes);
  }
  [[nodiscard]] auto score_device(index_t columns) const { return detail::logistic_score_with_background{columns - 1}; }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    balance_.visit_state(visit);
  }

 private:
  equalization_v2_options options_;
  gradient_balance balance_;
  column_table positive_, negative_;  // weights of this step
};

class equalization_v2 : public sigmoid_loss<weighted_bce<equalization_v2_weight>> {
 public:
  explicit equalization_v2(index_t classes, equalization_v2_options options = {})
      : sigmoid_loss(weighted_bce(equalization_v2_weight(classes, options))) {}
};

static_assert(classification_loss<equalization_v2>);

}  // namespace acsl
