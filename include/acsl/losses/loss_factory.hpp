// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/any_classification_loss.hpp>
#include <acsl/losses/class_weights.hpp>
#include <acsl/losses/named_maker.hpp>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// What a configuration says about a loss.
struct loss_choice {
  std::string name = "softmax_cross_entropy";
  std::string mode = {};                     ///< of methods that have modes; empty: the method's default
  std::vector<std::string> parameters = {};  ///< "gamma=2"; those that are not given keep the method's defaults
  suppression_options suppression = {};      ///< of adaptive_class_suppression; its mode is `mode`
  std::optional<class_groups> groups = {};   ///< of balanced_group_softmax; nothing: by {10, 100, 1000} boxes
};

namespace detail {

using loss_variant = any_classification_loss::variant_type;

/// What a method is made of.
struct loss_ingredients {
  class_statistics const& classes;
  method_mode& mode;
  loss_parameters& numbers;
  suppression_options suppression;
  std::optional<class_groups> const& groups;

  [[nodiscard]] double operator()(std::string_view name, double otherwise) const {
    return numbers.get(name, otherwise);
  }
  [[nodiscard]] std::size_t one_of(std::initializer_list<std::string_view> modes) const { return mode.one_of(modes); }
  /// Boxes per column with background first; background has so many that it is this share of all.
  [[nodiscard]] std::vector<double> shares() const {
    return label_shares(classes.instance_count, (*this)("background_share", 0.75));
  }
  [[nodiscard]] std::vector<double> counts() const {
    double sum = 0;
    for (auto const n : classes.instance_count) sum += static_cast<double>(n > 0 ? n : 1);
    double const share = (*this)("background_share", 0.75);
    ACSL_EXPECTS(share > 0 && share < 1, "the share of background rows lies in (0, 1)", share);
    std::vector<double> result = {sum * share / (1 - share)};
    for (auto const n : classes.instance_count) result.push_back(static_cast<double>(n > 0 ? n : 1));
    return result;
  }
};

struct named_maker {
  std::string_view name;
  loss_variant (*make)(loss_ingredients const&);
};

inline std::vector<double> effective_weights(loss_ingredients const& of) {
  return with_background(effective_number_weights(of.classes.instance_count, of("beta", 0.999)), of("low", 0.1),
                         of("high", 5));
}
inline drop_options drop_options_of(loss_ingredients const& of, drop_mode mode) {
  return {.mode = mode, .tail_frequency = of("tail_frequency", 0.00177), .base = of("base", 10)};
}

/// Every method, by the name that configurations use.
inline constexpr auto loss_makers = std::to_array<named_maker>({
    {"softmax_cross_entropy", [](loss_ingredients const&) -> loss_variant { return softmax_cross_entropy{}; }},
    {"sigmoid_cross_entropy", [](loss_ingredients const&) -> loss_variant { return sigmoid_cross_entropy{}; }},
    {"adaptive_class_suppression",
     [](loss_ingredients const& of) -> loss_variant {
       auto options = of.suppression;
       options.mode = of.one_of({"official", "paper"}) == 0 ? suppression_mode::official : suppression_mode::paper;
       return adaptive_class_suppression(of.classes, options);
     }},
    {"focal",
     [](loss_ingredients const& of) -> loss_variant {
       return focal(focal_element({.gamma = of("gamma", 2), .alpha = of("alpha", 0.25)}));
     }},
    {"softmax_focal",
     [](loss_ingredients const& of) -> loss_variant { return softmax_focal(softmax_focal_member(of("gamma", 2))); }},
    {"class_balanced_softmax",
     [](loss_ingredients const& of) -> loss_variant {
       return softmax_cross_entropy(
           softmax_rules(row_rules{column_layout::background_first, divisor_kind::rows, effective_weights(of)}));
     }},
    {"class_balanced_focal",
     [](loss_ingredients const& of) -> loss_variant {
       return focal(focal_element(
           {.gamma = of("gamma", 0.5),
            .alpha = -1,
            .rules = row_rules{column_layout::no_background, divisor_kind::positives, effective_weights(of)}}));
     }},
    {"inverse_frequency_softmax",
     [](loss_ingredients const& of) -> loss_variant {
       return softmax_cross_entropy(softmax_rules(row_rules{
           column_layout::background_first, divisor_kind::rows,
           with_background(inverse_frequency_weights(of.classes.instance_count), of("low", 0.1), of("high", 5))}));
     }},
    {"equalization",
     [](loss_ingredients const& of) -> loss_variant {
       return equalization(of.classes, {.tail_frequency = of("tail_frequency", 0.00177)});
     }},
    {"softmax_equalization",
     [](loss_ingredients const& of) -> loss_variant {
       return softmax_equalization(
           tail_columns(of.classes, of("tail_frequency", 0.00177), column_layout::background_first), of("gamma", 0.9));
     }},
    {"equalization_v2",
     [](loss_ingredients const& of) -> loss_variant {
       return equalization_v2(of.classes.classes(),
                              {.gamma = of("gamma", 12), .mu = of("mu", 0.8), .alpha = of("alpha", 4)});
     }},
    {"drop",
     [](loss_ingredients const& of) -> loss_variant {
       drop_mode const modes[] = {drop_mode::code, drop_mode::paper, drop_mode::deterministic};
       return drop(of.classes, drop_options_of(of, modes[of.one_of({"code", "paper", "deterministic"})]));
     }},
    {"federated",
     [](loss_ingredients const& of) -> loss_variant {
       return federated(of.classes, {.classes_per_step = of.numbers.count("classes_per_step", 50),
                                     .frequency_power = of("frequency_power", 0.5)});
     }},
    {"equalized_focal",
     [](loss_ingredients const& of) -> loss_variant {
       return equalized_focal(of.classes.classes(),
                              {.gamma = of("gamma", 2), .alpha = of("alpha", 0.25), .scale = of("scale", 8)});
     }},
    {"gumbel",
     [](loss_ingredients const& of) -> loss_variant {
       switch (of.one_of({"drop", "equalization", "plain"})) {
         case 0:
           return gumbel<drop_weight>(gumbel_element(drop_weight(of.classes, drop_options_of(of, drop_mode::code))));
         case 1:
           return gumbel<equalization_weight>(
               gumbel_element(equalization_weight(of.classes, {.tail_frequency = of("tail_frequency", 0.00177)})));
         default:
           break;
       }
       return gumbel<unit_weight>(gumbel_element(unit_weight({column_layout::no_background, divisor_kind::rows, {}})));
     }},
    {"effective_class_margin",
     [](loss_ingredients const& of) -> loss_variant {
       return effective_class_margin(of.classes, of("background_ratio", 6.3313));
     }},
    {"balanced_sigmoid", [](loss_ingredients const& of) -> loss_variant { return balanced_sigmoid(of.classes); }},
    {"harmonised_gradient",
     [](loss_ingredients const& of) -> loss_variant {
       return harmonised_gradient({.bins = of.numbers.count("bins", 10), .momentum = of("momentum", 0)});
     }},
    {"logit_adjustment",
     [](loss_ingredients const& of) -> loss_variant { return logit_adjustment(of.shares(), of("tau", 1)); }},
    {"balanced_softmax", [](loss_ingredients const& of) -> loss_variant { return balanced_softmax(of.counts()); }},
    {"vector_scaling",
     [](loss_ingredients const& of) -> loss_variant {
       return vector_scaling(of.counts(), of("gamma", 0.15), of("tau", 1.25));
     }},
    {"class_dependent_temperatures",
     [](loss_ingredients const& of) -> loss_variant { return vector_scaling(of.counts(), of("gamma", 0.15), 0); }},
    {"label_distribution_aware_margin",
     [](loss_ingredients const& of) -> loss_variant {
       return label_distribution_aware_margin(of.classes.instance_count,
                                              {.largest_margin = of("largest_margin", 0.5), .scale = of("scale", 30)});
     }},
    {"equilibrium",
     [](loss_ingredients const& of) -> loss_variant {
       return equilibrium(of.classes.classes(), {of("momentum", 0.9), of("background_score", 0.01)});
     }},
    {"seesaw",
     [](loss_ingredients const& of) -> loss_variant {
       return seesaw(
           of.classes.classes(),
           {.mitigation = of("mitigation", 0.8), .compensation = of("compensation", 2), .floor = of("floor", 0.01)});
     }},
    {"balanced_group_softmax",
     [](loss_ingredients const& of) -> loss_variant {
       auto groups = of.groups ? *of.groups : groups_by_count(of.classes.instance_count);
       ACSL_EXPECTS(groups.classes() == of.classes.classes(), "every class of the data set is in a group",
                    groups.classes(), of.classes.classes());
       return balanced_group_softmax(std::move(groups), of("beta", 8));
     }},
});

}  // namespace detail

/// The names of all methods, separated by commas.
[[nodiscard]] inline std::string classification_loss_names() { return detail::names_of(detail::loss_makers); }

/// The loss that a configuration describes.
/// @throws acsl::error for another name or mode (listing those that exist), for a parameter that the method lacks, and
///         for statistics that it needs and does not get
[[nodiscard]] inline any_classification_loss make_classification_loss(loss_choice const& choice,
                                                                      class_statistics const& classes) {
  return detail::make_named(
      detail::loss_makers, choice, "classification loss",
      [&](detail::named_maker const& maker, method_mode& mode, loss_parameters& numbers) {
        return any_classification_loss(maker.make({classes, mode, numbers, choice.suppression, choice.groups}));
      });
}

}  // namespace acsl
