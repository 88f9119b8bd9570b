// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/losses/column_table.hpp>
#include <acsl/losses/focal.hpp>
#include <acsl/losses/gradient_balance.hpp>
#include <utility>
#include <vector>

namespace acsl {

struct equalized_focal_options {
  double gamma = 2;     ///< γ_b, of a balanced class
  double alpha = 0.25;  ///< as in `focal_options`
  double scale = 8;     ///< s: a class without positives focuses with γ_b + s
  double prior_probability = 0.001;
};

/// Focal loss whose focusing grows where a class sees few positives. With g_j the clamped ratio of positive to negative
/// gradients so far (1 before the first step),
///
///   γ_j = γ_b + s (1 − g_j),   φ = γ_j/γ_b · a (1 − p)^γ_j (−log p)
///
/// After the value, |∂L/∂z| (divisor included, the caller's gradient scale not) of true and of other elements are added
/// to the two sides of g_j, over all processes.
/// @source Li, Yao, Tan, Zhang, Yu, Lu, Luo, CVPR 2022 (losses-spec 3.9)
class equalized_focal_element : public sigmoid_rules {
 public:
  static constexpr bool watches_columns = true;
  struct device {
    column_table::device gammas;
    double gamma, positive, negative;
    template <class T>
    ACSL_LEAF value_and_slope<T> operator()(T z, row_word const& row, std::int32_t column) const {
      bool const target = column == row.target;
      T const own = gammas.at<T>(column);
      auto const term = detail::focal_term(blend(target, z, -z), own);
      T const a = own / static_cast<T>(gamma) * blend(target, static_cast<T>(positive), static_cast<T>(negative));
      T const slope = a * term.slope;
      return {a * term.value, blend(target, slope, -slope)};
    }
  };
  explicit equalized_focal_element(index_t classes, equalized_focal_options options = {})
      : sigmoid_rules({column_layout::no_background, divisor_kind::positives, {}}, options.prior_probability),
        options_(options),
        balance_(classes) {
    ACSL_EXPECTS(options.gamma > 0, "the base focusing exponent is positive", options.gamma);
    ACSL_EXPECTS(options.alpha <= 1, "the weight of the true side is at most 1", options.alpha);
    ACSL_EXPECTS(options.scale >= 0, "what a class without positives focuses more is not negative", options.scale);
  }
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) {
    ACSL_EXPECTS(columns == balance_.classes(), "the logits have one column per class", columns, balance_.classes());
    std::vector<double> gammas;
    for (double const ratio : balance_.ratios(1))
      gammas.push_back(options_.gamma + options_.scale * (1 - (ratio > 1 ? 1 : ratio)));
    gammas_ = column_table(std::move(gammas));
    return sigmoid_rules::plan(labels, columns, key, extra);
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const&, index_t) const {
    double const alpha = options_.alpha;
    return {gammas_.on_device(place), options_.gamma, alpha < 0 ? 1 : alpha, alpha < 0 ? 1 : 1 - alpha};
  }
  void observe(column_sums const& sums, row_plan const& plan, loss_arguments const& extra) {
    balance_.add(sums, 1 / plan.divisor, extra.processes);
  }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    balance_.visit_state(visit);
  }

 private:
  equalized_focal_options options_;
  gradient_balance balance_;
  column_table gammas_;  // of this step
};

class equalized_focal : public sigmoid_loss<equalized_focal_element> {
 public:
  explicit equalized_focal(index_t classes, equalized_focal_options options = {})
      : sigmoid_loss(equalized_focal_element(classes, options)) {}
};

static_assert(classification_loss<equalized_focal>);

}  // namespace acsl
