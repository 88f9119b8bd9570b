// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/softmax_loss.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// Tables of a member of the softmax family, one number per column; an empty one changes nothing.
struct affine_tables {
  std::vector<double> multiplier = {}, offset = {}, margin = {};
  double scale = 1;
};

/// A member of the softmax family that is given by tables: A = κ (a z − Δ t) + b.
class affine_member : public softmax_rules {
 public:
  struct terms : detail::softmax_terms {
    double const *multipliers, *offsets, *margins;
    double kappa;
    terms(double const* a, double const* b, double const* d, double k)
        : multipliers(a), offsets(b), margins(d), kappa(k) {}
    template <class T>
    ACSL_HOST_DEVICE T multiplier(index_t j) const {
      return multipliers ? static_cast<T>(multipliers[j]) : T(1);
    }
    template <class T>
    ACSL_HOST_DEVICE T offset(row_word const&, index_t j) const {
      return offsets ? static_cast<T>(offsets[j]) : T(0);
    }
    template <class T>
    ACSL_HOST_DEVICE T margin(index_t j) const {
      return margins ? static_cast<T>(margins[j]) : T(0);
    }
    template <class T>
    ACSL_HOST_DEVICE T scale() const {
      return static_cast<T>(kappa);
    }
  };
  explicit affine_member(affine_tables tables = {},
                         row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_rules(std::move(rules)), tables_(std::move(tables)) {}

  template <class Place>
  [[nodiscard]] terms on_device(Place&& place, row_plan const&, index_t columns) const {
    for (auto const* table : {&tables_.multiplier, &tables_.offset, &tables_.margin})
      ACSL_EXPECTS(table->empty() || static_cast<index_t>(table->size()) == columns,
                   "a table of a softmax has one number per column", table->size(), columns);
    return {place(tables_.multiplier), place(tables_.offset), place(tables_.margin), tables_.scale};
  }

 private:
  affine_tables tables_;
};

}  // namespace acsl
