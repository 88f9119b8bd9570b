// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/softmax_loss.hpp>
#include <cmath>
#include <type_traits>
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
  template <class Choice>
  struct row_terms : detail::softmax_terms {
    std::uint32_t const* tail;
    Choice dropped;
    detail::chance gone;
    ACSL_HOST_DEVICE row_terms(std::uint32_t const* t, Choice d, detail::chance c) : tail(t), dropped(d), gone(c) {}
    template <class T>
    ACSL_LEAF T offset(row_word const& row, std::int32_t j) const {
      bool const absent = (tail[j] != 0) & (j != row.target) & (gone.possible != 0) & dropped(row, j, gone.from);
      return blend(absent, static_cast<T>(-HUGE_VAL), T(0));
    }
  };
  struct terms {
    std::uint32_t const* tail;
    detail::element_choice dropped;
    detail::chance gone;
    template <class Body>
    ACSL_HOST_DEVICE void by_row(row_word const&, Body&& body) const {
      dropped.decide(
          [&](auto const& choice) { body(row_terms<std::remove_cvref_t<decltype(choice)>>(tail, choice, gone)); });
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
    return {place(tail_), {plan.key, place(plan.elements), columns}, detail::chance::of(gamma_)};
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
