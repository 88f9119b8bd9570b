// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/choose.hpp>
#include <acsl/core/elementary.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/losses/row_plan.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// Which rule the adaptive class suppression loss follows on background rows.
enum class suppression_mode {
  official,  ///< the released code: random subsets of background rows by frequency group
  paper,     ///< the formula alone: one rule for every row and column
};

struct suppression_options {
  suppression_mode mode = suppression_mode::official;
  double threshold = 0.7;  ///< a negative column is trained when its score reaches this
  /// Official mode: shares of the background rows that train rare, common and frequent columns. Remarks in the released
  /// code speak of 1/3 and 2/3 for the first two; the executed shares are these.
  std::vector<double> background_fractions = {0.01, 0.1, 1.0};
};

/// The weight of the adaptive class suppression loss, 0 or 1 (losses-spec 3.8):
///
///   foreground row: 1 if j = yᵢ or σ(zᵢⱼ) >= ξ, else 0 (column 0, background, is like any other)
///   background row, official: 1 for column 0, and for columns of group g where the row belongs to that group's random
///   subset
///                             of size trunc(fraction_g · background rows); the threshold plays no role
///   background row, paper:    as a foreground row
///
/// σ(z) >= ξ is evaluated as z >= ln(ξ / (1 − ξ)). A class of unknown frequency belongs to no group.
class suppression_weight {
 public:
  /// Background rows, official: by frequency group.
  struct by_group {
    static constexpr bool binary = true, trains_few = true;
    std::uint32_t const* groups;  // of every column: bit 0 rare, 1 common, 2 frequent, 3 background
    template <class T>
    [[nodiscard]] ACSL_LEAF bool trains(T, row_word const& row, std::int32_t column) const {
      return ((row.groups | 8U) & groups[column]) != 0;
    }
    template <class T>
    ACSL_LEAF T operator()(T z, bool, row_word const& row, std::int32_t column) const {
      return blend(trains(z, row, column), T(1), T(0));
    }
  };
  /// Other rows.
  struct by_score {
    static constexpr bool binary = true, trains_few = true;
    double logit_threshold;
    template <class T>
    [[nodiscard]] ACSL_LEAF bool trains(T z, row_word const& row, std::int32_t column) const {
      return (column == row.target) | !(z < static_cast<T>(logit_threshold));
    }
    template <class T>
    ACSL_LEAF T operator()(T z, bool, row_word const& row, std::int32_t column) const {
      return blend(trains(z, row, column), T(1), T(0));
    }
  };
  struct device {
    by_group grouped;
    by_score scored;
    bool official;
    template <class Body>
    ACSL_HOST_DEVICE void by_row(row_word const& row, Body&& body) const {
      if (official && row.background) body(grouped);
      else body(scored);
    }
  };

  explicit suppression_weight(class_statistics const& classes, suppression_options options = {}) : options_(options) {
    ACSL_EXPECTS(options.threshold > 0 && options.threshold < 1, "the suppression threshold must lie in (0, 1)",
                 options.threshold);
    ACSL_EXPECTS(options.background_fractions.size() == 3, "a background fraction for each of three groups",
                 options.background_fractions.size());
    for (double fraction : options.background_fractions)
      ACSL_EXPECTS(fraction >= 0 && fraction <= 1, "a background fraction lies in [0, 1]", fraction);
    groups_.push_back(8);
    for (char letter : classes.frequency)
      groups_.push_back(letter == 'r' ? 1U : letter == 'c' ? 2U : letter == 'f' ? 4U : 0U);
  }

  [[nodiscard]] suppression_options const& options() const { return options_; }
  [[nodiscard]] column_layout layout() const { return column_layout::background_first; }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const&, index_t) const {
    return {{place(groups_)},
            {math::log(options_.threshold / (1 - options_.threshold))},
            options_.mode == suppression_mode::official};
  }
  void expect_classes(index_t foreground_classes) const {
    ACSL_EXPECTS(foreground_classes + 1 == static_cast<index_t>(groups_.size()),
                 "one frequency group per foreground class", foreground_classes, groups_.size() - 1);
  }
  /// π = 0.01 in all columns. The published recipe overrides it with a softmax-trained classifier.
  [[nodiscard]] classifier_prior prior() const { return {0.01, -4.59511985013459}; }

  /// Reads `explicit_choices::rows`: background rows that train rare, common and frequent columns.
  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(groups_.size()),
                 "the logits have one column per class and one for background", columns, groups_.size());
    row_plan plan = plan_rows(labels, columns, {}, extra);
    if (extra.choices) {
      ACSL_EXPECTS(extra.choices->rows.size() == 3, "three lists of background rows", extra.choices->rows.size());
      for (std::size_t g = 0; g < 3; ++g) keep(plan, extra.choices->rows[g], g);
      return plan;
    }
    std::vector<std::int32_t> background;
    for (auto const& row : plan.rows)
      if (row.background) background.push_back(row.index);
    for (std::size_t g = 0; g < 3; ++g) {
      auto const share = static_cast<double>(background.size()) * options_.background_fractions[g];
      keep(plan, choose(background, static_cast<index_t>(share), key.with(g)), g);
    }
    return plan;
  }

 private:
  static void keep(row_plan& plan, std::vector<std::int32_t> const& rows, std::size_t group) {
    for (std::int32_t row : rows) {
      ACSL_EXPECTS(row >= 0 && row < static_cast<index_t>(plan.rows.size()), "a kept row is a row", row);
      auto& word = plan.rows[static_cast<std::size_t>(row)];
      ACSL_EXPECTS(word.background, "a kept row is a background row", row);
      word.groups |= 1U << group;
    }
  }

  suppression_options options_;
  std::vector<std::uint32_t> groups_;
};

}  // namespace acsl
