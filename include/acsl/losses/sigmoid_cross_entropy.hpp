// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>

namespace acsl {

/// Weight 1 everywhere; a background column, where there is one, is an ordinary class.
class unit_weight : public sigmoid_rules {
 public:
  struct device {
    static constexpr bool binary = true;
    template <class T>
    ACSL_LEAF T operator()(T, bool, row_word const&, std::int32_t) const {
      return 1;
    }
  };
  using sigmoid_rules::sigmoid_rules;
  template <class Place>
  [[nodiscard]] device on_device(Place&&, row_plan const&, index_t) const {
    return {};
  }
};

/// Sigmoid binary cross-entropy, L = 1/rows · Σᵢⱼ rᵢ bce(zᵢⱼ, tᵢⱼ): the sum over columns is kept (losses-spec 3.1).
using sigmoid_cross_entropy = sigmoid_loss<weighted_bce<unit_weight>>;

static_assert(classification_loss<sigmoid_cross_entropy>);

}  // namespace acsl
