// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/choose_by_weight.hpp>
#include <acsl/core/elementary.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <utility>
#include <vector>

namespace acsl {

struct federated_options {
  index_t classes_per_step = 50;  ///< labels of the batch and drawn classes together, background counted
  double frequency_power = 0.5;   ///< a class is drawn in proportion to its image count to this power
  column_layout layout = column_layout::background_last;  ///< or no_background
  double prior_probability = 0.01;
};

/// The weight of the federated loss: 1 in the columns of the classes that the batch holds and of some drawn ones, 0 in
/// all others and in the background column (the last, if there is one). Background, where a row has it, takes one of
/// the places.
///
/// `explicit_choices::classes` are the drawn classes (labels).
/// @source Zhou, Koltun, Krähenbühl, arXiv:2103.07461 (losses-spec 3.7)
class federated_weight : public sigmoid_rules {
 public:
  struct device {
    static constexpr bool binary = true, trains_few = true;
    std::uint32_t const* chosen;
    template <class T>
    [[nodiscard]] ACSL_LEAF bool trains(T, row_word const&, std::int32_t column) const {
      return chosen[column] != 0;
    }
    template <class T>
    ACSL_LEAF T operator()(T z, bool, row_word const& row, std::int32_t column) const {
      return blend(trains(z, row, column), T(1), T(0));
    }
  };
  explicit federated_weight(class_statistics const& classes, federated_options options = {})
      : sigmoid_rules({options.layout, divisor_kind::rows, {}}, options.prior_probability), options_(options) {
    ACSL_EXPECTS(options.layout == column_layout::background_last || options.layout == column_layout::no_background,
                 "a federated loss has background last, or no column for it");
    ACSL_EXPECTS(options.classes_per_step > 0, "a step has at least one class", options.classes_per_step);
    for (auto const count : classes.image_count)
      log_weight_.push_back(options.frequency_power * math::log(static_cast<double>(count > 0 ? count : 1)));
  }

  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) const {
    auto const classes = static_cast<index_t>(log_weight_.size());
    ACSL_EXPECTS(columns == columns_of(layout(), classes), "the logits have the columns of the class statistics",
                 columns, classes);
    row_plan plan = sigmoid_rules::plan(labels, columns, key, extra);
    std::vector<std::uint32_t> present(static_cast<std::size_t>(classes + 1), 0);  // the classes, then background
    for (auto const& row : plan.rows)
      if (row.target >= 0) present[static_cast<std::size_t>(row.background ? classes : row.target)] = 1;
    if (extra.choices) {
      for (std::int32_t label : extra.choices->classes) {
        ACSL_EXPECTS(label >= 1 && label <= classes, "a chosen class is a label of the foreground", label, classes);
        present[static_cast<std::size_t>(label - 1)] = 1;
      }
    } else {
      draw(present, key);
    }
    present.back() = 0;
    present.resize(static_cast<std::size_t>(columns));
    plan.columns = std::move(present);
    return plan;
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const& plan, index_t) const {
    return device{place(plan.columns)};
  }

 private:
  /// Fills the set up.
  void draw(std::vector<std::uint32_t>& chosen, random_key key) const {
    index_t missing = options_.classes_per_step;
    for (std::uint32_t const flag : chosen) missing -= flag;
    std::vector<std::size_t> others;
    for (std::size_t j = 0; missing > 0 && j < log_weight_.size(); ++j)
      if (!chosen[j]) others.push_back(j);
    for (std::size_t const j : choose_by_weight(others, log_weight_, missing, key)) chosen[j] = 1;
  }

  federated_options options_;
  std::vector<double> log_weight_;
};

class federated : public sigmoid_loss<weighted_bce<federated_weight>> {
 public:
  explicit federated(class_statistics const& classes, federated_options options = {})
      : sigmoid_loss(weighted_bce(federated_weight(classes, options))) {}
};

static_assert(classification_loss<federated>);

}  // namespace acsl
