// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/detail/element_draws.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/tail_classes.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// How the background rows of the drop loss train columns.
enum class drop_mode : std::uint8_t {
  code,           ///< the released code: tail columns with probability `share`, frequent ones always
  paper,          ///< frequent columns with probability 1 − share
  deterministic,  ///< the paper's intermediate step: tail columns weigh 1 − min(−log_b σ(z), 1), a constant
};

struct drop_options {
  drop_mode mode = drop_mode::code;
  double tail_frequency = 0.00177;  ///< as in `equalization_options`
  double base = 10;                 ///< b of the deterministic mode, above 1
  row_rules rules = {column_layout::no_background, divisor_kind::rows, {}};
  double prior_probability = 0.001;
};

/// The weight of the drop loss. Foreground rows: as `equalization_weight`. Background rows keep a tail column with
/// probability `share`, the share of tail rows among the batch's foreground rows; without a foreground row they keep
/// all.
///
/// Random choices are made element by element; `explicit_choices::elements` says which are dropped.
/// @source Hsieh, Robb, Chen, Huang, AAAI 2021 (losses-spec 3.6)
class drop_weight : public sigmoid_rules {
 public:
  /// Foreground rows: the tail is not pushed down.
  struct without_tail {
    static constexpr bool binary = true;
    std::uint32_t const* tail;
    template <class T>
    ACSL_LEAF T operator()(T, bool target, row_word const&, std::int32_t column) const {
      return blend((tail[column] != 0) & !target, T(0), T(1));
    }
  };
  /// Background rows, deterministic.
  struct by_surprise {
    std::uint32_t const* tail;
    double base_log;
    template <class T>
    ACSL_LEAF T operator()(T z, bool target, row_word const&, std::int32_t column) const {
      T const rest = 1 - softplus(-z) / static_cast<T>(base_log);
      return blend((tail[column] != 0) & !target, blend(rest > 0, rest, T(0)), T(1));
    }
  };
  /// Background rows, at random: the tail with one probability, the others with another.
  struct by_chance {
    static constexpr bool binary = true;
    std::uint32_t const* tail;
    detail::element_draws source;
    detail::chance tail_drops, others_drop;
    [[nodiscard]] ACSL_HOST_DEVICE detail::element_draws draws() const { return source; }
    template <class T>
    ACSL_LEAF T operator()(T, bool target, row_word const&, std::int32_t column, std::uint32_t bits) const {
      bool const in_tail = tail[column] != 0;
      bool const dropped = (in_tail & tail_drops.happens(bits)) | (!in_tail & others_drop.happens(bits));
      return blend(dropped & !target, T(0), T(1));
    }
  };
  struct device {
    std::uint32_t const* tail;
    detail::element_draws draws;
    detail::chance tail_drops, others_drop;  // on background rows
    double base_log;
    bool deterministic;
    template <class Body>
    ACSL_HOST_DEVICE void by_row(row_word const& row, Body&& body) const {
      if (!row.background) body(without_tail{tail});
      else if (deterministic) body(by_surprise{tail, base_log});
      else body(by_chance{tail, draws, tail_drops, others_drop});
    }
  };
  explicit drop_weight(class_statistics const& classes, drop_options options = {})
      : sigmoid_rules(options.rules, options.prior_probability),
        options_(options),
        tail_(tail_columns(classes, options.tail_frequency, options.rules.layout)) {
    ACSL_EXPECTS(options.base > 1, "the base of the deterministic weight is above 1", options.base);
  }

  [[nodiscard]] row_plan plan(tensor_view<std::int32_t const> labels, index_t columns, random_key key,
                              loss_arguments const& extra) const {
    ACSL_EXPECTS(columns == static_cast<index_t>(tail_.size()), "the logits have the columns of the class statistics",
                 columns, tail_.size());
    row_plan plan = sigmoid_rules::plan(labels, columns, key, extra);
    double counts[2] = {0, 0};  // foreground rows, and those of the tail
    for (auto const& row : plan.rows) {
      if (row.target < 0 || row.background) continue;
      counts[0] += 1;
      counts[1] += tail_[static_cast<std::size_t>(row.target)];
    }
    if (extra.processes) extra.processes->sum(counts, 2);
    plan.share = counts[0] > 0 ? counts[1] / counts[0] : -1;
    plan.key = key;
    return plan;
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const& plan, index_t columns) const {
    using detail::chance;
    bool const any = plan.share >= 0;  // a batch without a foreground row drops nothing
    detail::element_draws const draws{plan.key, place(plan.elements), columns};
    return {place(tail_),
            draws,
            any ? chance::of(1 - plan.share, draws) : chance{},
            any && options_.mode == drop_mode::paper ? chance::of(plan.share, draws) : chance{},
            math::log(options_.base),
            options_.mode == drop_mode::deterministic};
  }

 private:
  drop_options options_;
  std::vector<std::uint32_t> tail_;
};

class drop : public sigmoid_loss<weighted_bce<drop_weight>> {
 public:
  explicit drop(class_statistics const& classes, drop_options options = {})
      : sigmoid_loss(weighted_bce(drop_weight(classes, std::move(options)))) {}
};

static_assert(classification_loss<drop>);

}  // namespace acsl
