// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/softmax_loss.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// Softmax equalization: in every row each tail column but the true one leaves the softmax with probability γ.
///
/// Random choices are made element by element; `explicit_choices::elements` says which are dropped (where the column is
/// in the tail and not the true one).
/// @param tail one flag per column (`tail_columns`)
/// @source Tan, Wang, Li, Li, Ouyang, Yin, Yan, CVPR 2020, image classification (losses-spec 4.4)
class softmax_equalization_member : public softmax_rules {
 public:
  struct terms : detail::softmax_terms {
    std::uint32_t const* tail;
    detail::element_draws source;
    detail::chance gone;
    terms(std::uint32_t const* t, detail::element_draws d, detail::chance c) : tail(t), source(d), gone(c) {}
    [[nodiscard]] ACSL_HOST_DEVICE detail::element_draws draws() const { return source; }
    template <class T>
    ACSL_LEAF T offset(row_word const& row, std::int32_t j, std::uint32_t bits) const {
      return blend((tail[j] != 0) & (j != row.target) & gone.happens(bits), -infinity<T>, T(0));
    }
  };
  explicit softmax_equalization_member(std::vector<std::uint32_t> tail, double gamma = 0.9,
                                       row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_rules(std::move(rules)), tail_(std::move(tail)), gamma_(gamma) {
    ACSL_EXPECTS(gamma >= 0 && gamma <= 1, "a probability lies in [0, 1]", gamma);
  }
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(tail_.size()), "one tail flag per column", columns, tail_.size());
    row_plan plan = softmax_rules::plan(labels, columns, key, extra);
    plan.key = key;
    return plan;
  }
  template <class Place>
  [[nodiscard]] terms on_device(Place&& place, row_plan const& plan, index_t columns) const {
    detail::element_draws const draws{plan.key, place(plan.elements), columns};
    return {place(tail_), draws, detail::chance::of(gamma_, draws)};
  }

 private:
  std::vector<std::uint32_t> tail_;
  double gamma_;
};

class softmax_equalization : public softmax_loss<softmax_equalization_member> {
 public:
  explicit softmax_equalization(std::vector<std::uint32_t> tail, double gamma = 0.9,
                                row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_loss(softmax_equalization_member(std::move(tail), gamma, std::move(rules))) {}
};

static_assert(classification_loss<softmax_equalization>);

}  // namespace acsl
