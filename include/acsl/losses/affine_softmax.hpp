// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_table.hpp>
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
    column_table::device multipliers, offsets;
    double const* margins;
    double kappa;
    terms(column_table::device a, column_table::device b, double const* d, double k)
        : multipliers(a), offsets(b), margins(d), kappa(k) {}
    template <class T>
    ACSL_LEAF T multiplier(std::int32_t j) const {
      return multipliers.at<T>(j);
    }
    template <class T>
    ACSL_LEAF T offset(row_word const&, std::int32_t j) const {
      return offsets.at<T>(j);
    }
    template <class T>
    ACSL_LEAF T margin(std::int32_t j) const {
      return static_cast<T>(margins[j]);
    }
    template <class T>
    ACSL_LEAF T scale() const {
      return static_cast<T>(kappa);
    }
  };
  explicit affine_member(affine_tables tables,
                         row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_rules(std::move(rules)), margin_(std::move(tables.margin)), scale_(tables.scale) {
    std::size_t columns = 0;
    for (std::size_t const size : {tables.multiplier.size(), tables.offset.size(), margin_.size()})
      if (size > columns) columns = size;
    ACSL_EXPECTS(columns > 0, "a softmax with tables has at least one");
    if (tables.multiplier.empty()) tables.multiplier.assign(columns, 1.0);
    if (tables.offset.empty()) tables.offset.assign(columns, 0.0);
    if (margin_.empty()) margin_.assign(columns, 0.0);
    multiplier_ = column_table(std::move(tables.multiplier));
    offset_ = column_table(std::move(tables.offset));
  }

  template <class Place>
  [[nodiscard]] terms on_device(Place&& place, row_plan const&, index_t columns) const {
    for (std::size_t const size : {multiplier_.size(), offset_.size(), margin_.size()})
      ACSL_EXPECTS(static_cast<index_t>(size) == columns, "a table of a softmax has one number per column", size,
                   columns);
    return {multiplier_.on_device(place), offset_.on_device(place), place(margin_), scale_};
  }

 private:
  column_table multiplier_, offset_;
  std::vector<double> margin_;
  double scale_;
};

}  // namespace acsl
