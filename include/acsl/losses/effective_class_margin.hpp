// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/losses/detail/shifted_bce.hpp>
#include <acsl/losses/sigmoid_loss.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <vector>

namespace acsl {

namespace detail {

/// A shifted cross-entropy times a weight of its column.
struct weighted_shifted_bce {
  column_table::device weight;
  shifted_bce shifted;
  template <class T>
  ACSL_LEAF value_and_slope<T> operator()(T z, row_word const& row, std::int32_t column) const {
    return scaled(weight.template at<T>(column), shifted(z, row, column));
  }
};

}  // namespace detail

/// Effective class-margin loss. From the image counts m of the classes, background counted as `background_ratio` times
/// their sum, and a_j = (Σ m − m_j) / m_j over all columns:
///
///   φ = w_j bce(2 z + δ_j, t),   w_j = a_j log(1 + 1/a_j),   δ_j = −¼ log a_j
///
/// Background is the last column. Made for a normalised linear classifier, whose bias stays 0: the shift already gives
/// rare classes their low start. A class without images counts as one.
/// @source Cho, Krähenbühl, ECCV 2022 (losses-spec 3.11); the released code's two exponentials are this shifted logit
class effective_class_margin_element : public sigmoid_rules {
 public:
  explicit effective_class_margin_element(class_statistics const& classes, double background_ratio = 6.3313)
      : sigmoid_rules({column_layout::background_last, divisor_kind::rows, {}}) {
    ACSL_EXPECTS(background_ratio > 0 && background_ratio <= 1e9,
                 "background counts as a positive multiple of the classes, at most 1e9", background_ratio);
    std::vector<double> counts, weight, shift;
    double total = 0;
    for (auto const n : classes.image_count) total += counts.emplace_back(static_cast<double>(n > 0 ? n : 1));
    counts.push_back(background_ratio * total);
    total += counts.back();
    for (double const n : counts) {
      double const a = (total - n) / n;
      weight.push_back(a * math::log1p(1 / a));
      shift.push_back(-0.25 * math::log(a));
    }
    weight_ = column_table(std::move(weight));
    shift_ = column_table(std::move(shift));
  }
  [[nodiscard]] classifier_prior prior() const { return {0.01, 0}; }
  template <class Place>
  [[nodiscard]] detail::weighted_shifted_bce on_device(Place&& place, row_plan const&, index_t columns) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(shift_.size()),
                 "the logits have one column per class and one for background", columns, shift_.size());
    return {weight_.on_device(place), {shift_.on_device(place), 2, false}};
  }
  [[nodiscard]] auto score_device(index_t columns) const { return detail::logistic_score_with_background{columns - 1}; }

 private:
  column_table weight_, shift_;
};

class effective_class_margin : public sigmoid_loss<effective_class_margin_element> {
 public:
  explicit effective_class_margin(class_statistics const& classes, double background_ratio = 6.3313)
      : sigmoid_loss(effective_class_margin_element(classes, background_ratio)) {}
};

static_assert(classification_loss<effective_class_margin>);

}  // namespace acsl
