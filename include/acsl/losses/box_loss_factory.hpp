// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/any_box_loss.hpp>
#include <acsl/losses/named_maker.hpp>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace acsl {

/// What a configuration says about the loss of boxes.
struct box_loss_choice {
  std::string name = "smooth_l1";
  std::string mode = {};                     ///< of losses that have modes; empty: the first
  std::vector<std::string> parameters = {};  ///< "epsilon=1e-6"; those that are not given keep the loss's defaults
  double smooth_l1_beta = 1;                 ///< of smooth_l1
};

namespace detail {

using box_loss_variant = any_box_loss::variant_type;

/// What a loss of boxes is made of.
struct box_loss_ingredients {
  method_mode& mode;
  loss_parameters& numbers;
  double smooth_l1_beta;

  /// @throws acsl::error unless it is above 0
  [[nodiscard]] double positive(std::string_view name, double otherwise) const {
    double const value = numbers.get(name, otherwise);
    if (!(value > 0)) throw error("the parameter \"" + std::string(name) + "\" is above 0");
    return value;
  }
  [[nodiscard]] double not_negative(std::string_view name, double otherwise) const {
    double const value = numbers.get(name, otherwise);
    if (!(value >= 0)) throw error("the parameter \"" + std::string(name) + "\" is 0 or more");
    return value;
  }
};

struct named_box_loss {
  std::string_view name;
  box_loss_variant (*make)(box_loss_ingredients const&);
};

/// Every loss of boxes, by the name that configurations use.
inline constexpr auto box_loss_makers = std::to_array<named_box_loss>({
    {"smooth_l1",
     [](box_loss_ingredients const& of) -> box_loss_variant { return smooth_l1_element{of.smooth_l1_beta}; }},
    {"l1", [](box_loss_ingredients const&) -> box_loss_variant { return l1_element{}; }},
    {"balanced_l1",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       return balanced_l1_element{.alpha = of.positive("alpha", 0.5), .gamma = of.positive("gamma", 1.5)};
     }},
    {"harmonised_l1",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       return harmonised_l1(of.positive("mu", 0.02),
                            {.bins = of.numbers.count("bins", 10), .momentum = of.numbers.get("momentum", 0)});
     }},
    {"iou",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       iou_form const forms[] = {iou_form::logarithm, iou_form::linear, iou_form::square};
       return iou_loss{.form = forms[of.mode.one_of({"logarithm", "linear", "square"})],
                       .epsilon = of.positive("epsilon", 1e-6),
                       .offset = of.not_negative("offset", 0)};
     }},
    {"giou",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       return generalised_iou_loss{of.positive("epsilon", 1e-7)};
     }},
    {"diou",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       return distance_iou_loss{of.positive("epsilon", 1e-7)};
     }},
    {"ciou",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       tradeoff const weights[] = {tradeoff::detached_gated, tradeoff::detached, tradeoff::differentiable};
       return complete_iou_loss{.weight = weights[of.mode.one_of({"detached_gated", "detached", "differentiable"})],
                                .epsilon = of.positive("epsilon", 1e-7)};
     }},
    {"bounded_iou",
     [](box_loss_ingredients const& of) -> box_loss_variant {
       return bounded_iou_loss{.beta = of.positive("beta", 0.2), .epsilon = of.positive("epsilon", 1e-3)};
     }},
});

}  // namespace detail

/// The names of all losses of boxes, separated by commas.
[[nodiscard]] inline std::string box_loss_names() { return detail::names_of(detail::box_loss_makers); }

/// The loss of boxes that a configuration describes.
/// @throws acsl::error for another name or mode (listing those that exist), and for a parameter that the loss lacks or
///         that has no meaning
[[nodiscard]] inline any_box_loss make_box_loss(box_loss_choice const& choice) {
  return detail::make_named(detail::box_loss_makers, choice, "loss of boxes",
                            [&](detail::named_box_loss const& maker, method_mode& mode, loss_parameters& numbers) {
                              return any_box_loss(maker.make({mode, numbers, choice.smooth_l1_beta}));
                            });
}

}  // namespace acsl
