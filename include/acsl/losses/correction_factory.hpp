// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_statistics.hpp>
#include <acsl/losses/logit_adjustment.hpp>
#include <acsl/losses/named_maker.hpp>
#include <acsl/losses/score_correction.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acsl {

/// What a configuration says about the correction of scores.
struct correction_choice {
  std::string name = "none";
  std::string mode = {};                     ///< of corrections that have modes; empty: the first
  std::vector<std::string> parameters = {};  ///< "tau=0.5"
};

/// How logits become the scores that are corrected.
struct score_rule {
  std::optional<column_layout> layout = {};  ///< nothing: columns of its own
  double softmax_scale = 0;                  ///< κ of softmax(κ z); 0: no softmax over the classes
};

/// As a loss says, or as `activation` says instead: automatic, softmax or sigmoid.
template <class Loss>
[[nodiscard]] score_rule score_rule_of(Loss const& loss, std::string_view activation = "automatic") {
  score_rule result;
  if constexpr (requires { loss.layout(); }) result.layout = loss.layout();
  result.softmax_scale = activation == "automatic" ? softmax_scale(loss) : (activation == "softmax" ? 1 : 0);
  return result;
}

namespace detail {

/// What a correction is made of.
struct correction_ingredients {
  std::string const& name;
  class_statistics const& classes;
  score_rule rule;
  method_mode& mode;
  loss_parameters& numbers;

  [[nodiscard]] double operator()(std::string_view number, double otherwise) const {
    return numbers.get(number, otherwise);
  }
  [[nodiscard]] std::size_t one_of(std::initializer_list<std::string_view> modes) const { return mode.one_of(modes); }
  /// A strength that held-out data choose, which has no default.
  [[nodiscard]] double strength(std::string_view number) const {
    double const value = (*this)(number, 0);
    if (!(value > 0))
      throw error(name + " wants a number " + std::string(number) +
                  " above 0, chosen on held-out data, among its parameters");
    return value;
  }
  [[nodiscard]] column_layout layout() const {
    if (!rule.layout) throw error(name + " corrects one column per class, and this loss has columns of its own");
    return *rule.layout;
  }
  /// A table by label for the logits of a softmax; with κ ≠ 1, what it adds is divided by κ.
  [[nodiscard]] std::vector<double> in_softmax(std::vector<double> by_label, bool added) const {
    auto const where = layout();
    if (!(rule.softmax_scale > 0))
      throw error(name + " changes the shares of a softmax, and scores here are logistic: it has no meaning");
    if (added)
      for (double& x : by_label) x /= rule.softmax_scale;
    return by_column(by_label, where, added ? 0 : 1);
  }
  [[nodiscard]] std::vector<double> shares() const {
    return label_shares(classes.instance_count, (*this)("background_share", 0.75));
  }
};

inline score_correction make_prior_shift(correction_ingredients const& of) {
  auto const classes = static_cast<double>(of.classes.classes());
  double const background = of("target_background_share", 1 / (classes + 1));
  ACSL_EXPECTS(background > 0 && background < 1, "the share of background rows lies in (0, 1)", background);
  std::vector<double> target(of.classes.instance_count.size() + 1, (1 - background) / classes);
  target.front() = background;
  return {.offset = of.in_softmax(prior_shift_offsets(of.shares(), target), true)};
}

inline score_correction make_norcal(correction_ingredients const& of) {
  auto const mode = of.one_of({"normalised", "probabilities", "logits"});
  double const beta = of("beta", 0);
  norcal_options const options{.gamma = beta > 0 ? 0 : of.strength("gamma"), .beta = beta};
  auto weights = norcal_weights(of.classes.image_count, options);
  if (mode == 1) return {.factor = std::move(weights)};
  if (mode == 2) return {.multiplier = of.in_softmax(std::move(weights), false)};
  return {.offset = of.in_softmax(norcal_offsets(of.classes.image_count, options), true)};
}

inline score_correction make_tau_normalisation(correction_ingredients const& of) {
  bool const select = of.one_of({"all", "select"}) == 1;
  double const tau = of.strength("tau");
  bool const background = of("background", 0) != 0, keep_bias = of("bias", 1) != 0;
  double const tail_below = select ? of("tail_below", 100) : 0;
  column_layout const layout = of.layout();
  column_map const map{layout, columns_of(layout, of.classes.classes())};
  score_correction result;
  result.weights = {.tau = tau, .keep_bias = keep_bias, .background = map.background()};
  auto const columns = static_cast<std::size_t>(map.columns);
  if (!background) result.weights.skipped.assign(columns, 1);
  if (select) {
    if (layout == column_layout::objectness_pair || layout == column_layout::no_background)
      throw error("tau_normalisation selects rows by the column of background, and this loss has none");
    result.weights.tail.assign(columns, 0);
  }
  for (index_t c = 1; c <= of.classes.classes(); ++c) {
    auto const column = static_cast<std::size_t>(map.of_class(c));
    if (!background) result.weights.skipped[column] = 0;
    if (select)
      result.weights.tail[column] =
          static_cast<double>(of.classes.instance_count[static_cast<std::size_t>(c - 1)]) < tail_below;
  }
  return result;
}

struct named_correction {
  std::string_view name;
  score_correction (*make)(correction_ingredients const&);
};

/// Every correction, by the name that configurations use.
inline constexpr named_correction correction_makers[] = {
    {"none", [](correction_ingredients const&) -> score_correction { return {}; }},
    {"logit_adjustment",
     [](correction_ingredients const& of) -> score_correction {
       double const tau = of("tau", 1);
       return {.offset = of.in_softmax(logit_adjustment_offsets(of.shares(), tau), true)};
     }},
    {"pc_softmax", make_prior_shift},
    {"norcal", make_norcal},
    {"tau_normalisation", make_tau_normalisation},
};

}  // namespace detail

/// The correction that a configuration describes.
/// @throws acsl::error for another name, mode or parameter (listing those that exist), and for a correction that has no
///         meaning for these scores
[[nodiscard]] inline score_correction make_score_correction(correction_choice const& choice, score_rule const& rule,
                                                            class_statistics const& classes) {
  return detail::make_named(detail::correction_makers, choice, "correction",
                            [&](detail::named_correction const& maker, method_mode& mode, loss_parameters& numbers) {
                              return maker.make({choice.name, classes, rule, mode, numbers});
                            });
}

}  // namespace acsl
