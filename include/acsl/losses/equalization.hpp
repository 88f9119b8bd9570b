// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/tail_classes.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <utility>
#include <vector>

namespace acsl {

struct equalization_options {
  double tail_frequency = 0.00177;  ///< λ: classes in a smaller share of the training images are the tail
  row_rules rules = {column_layout::no_background, divisor_kind::rows, {}};
  double prior_probability = 0.001;
};

/// The weight of the equalization loss: 0 for the negative elements of tail classes in foreground rows, else 1. A
/// foreground row never pushes another tail class down; background rows push every class.
///
/// @source Tan, Wang, Li, Li, Ouyang, Yin, Yan, CVPR 2020 (losses-spec 3.4)
class equalization_weight : public sigmoid_rules {
 public:
  struct device {
    static constexpr bool binary = true;
    std::uint32_t const* tail;  // of every column
    template <class T>
    ACSL_LEAF T operator()(T, bool target, row_word const& row, std::int32_t column) const {
      return blend(target | row.background | (tail[column] == 0), T(1), T(0));
    }
  };
  explicit equalization_weight(class_statistics const& classes, equalization_options options = {})
      : sigmoid_rules(options.rules, options.prior_probability),
        tail_(tail_columns(classes, options.tail_frequency, options.rules.layout)) {}

  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const&, index_t columns) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(tail_.size()), "the logits have the columns of the class statistics",
                 columns, tail_.size());
    return device{place(tail_)};
  }

 private:
  std::vector<std::uint32_t> tail_;
};

/// Equalization loss on sigmoids. For the softmax form see `softmax_equalization`.
class equalization : public sigmoid_loss<weighted_bce<equalization_weight>> {
 public:
  explicit equalization(class_statistics const& classes, equalization_options options = {})
      : sigmoid_loss(weighted_bce(equalization_weight(classes, std::move(options)))) {}
};

static_assert(classification_loss<equalization>);

}  // namespace acsl
