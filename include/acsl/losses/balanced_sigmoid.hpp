// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/losses/detail/shifted_bce.hpp>
#include <acsl/losses/sigmoid_loss.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <vector>

namespace acsl {

/// Balanced softmax in its sigmoid form for detection: foreground rows see logits that are shifted by the prior odds of
/// their class,
///
///   φ = bce(z + b_j, t) in foreground rows, bce(z, t) in background rows;   b_j = log f_j − log(1 − f_j)
///
/// with f the share of the training images that hold the class (at least one image). Scores are σ(z), unshifted.
/// @source Ren, Yu, Sheng, Ma, Zhao, Yi, Li, NeurIPS 2020, the code for instance segmentation (losses-spec 3.13)
class balanced_sigmoid_element : public sigmoid_rules {
 public:
  /// @throws acsl::error where a class is in every image: its shift is not finite
  explicit balanced_sigmoid_element(class_statistics const& classes)
      : sigmoid_rules({column_layout::no_background, divisor_kind::rows, {}}, 0.001) {
    std::vector<double> shift;
    for (index_t c = 0; c < classes.classes(); ++c) {
      double const f = classes.image_frequency(c);
      ACSL_EXPECTS(f < 1, "balanced sigmoid: a class is missing from some image", c, f);
      shift.push_back(math::log(f) - math::log1p(-f));
    }
    shift_ = column_table(std::move(shift));
  }
  template <class Place>
  [[nodiscard]] detail::shifted_bce on_device(Place&& place, row_plan const&, index_t columns) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(shift_.size()), "the logits have one column per class", columns,
                 shift_.size());
    return {shift_.on_device(place), 1, true};
  }

 private:
  column_table shift_;
};

class balanced_sigmoid : public sigmoid_loss<balanced_sigmoid_element> {
 public:
  explicit balanced_sigmoid(class_statistics const& classes) : sigmoid_loss(balanced_sigmoid_element(classes)) {}
};

static_assert(classification_loss<balanced_sigmoid>);

}  // namespace acsl
