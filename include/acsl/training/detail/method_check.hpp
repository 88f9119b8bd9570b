// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/losses/box_loss_factory.hpp>
#include <acsl/losses/correction_factory.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/models/heads/classifier_factory.hpp>
#include <acsl/training/configuration.hpp>
#include <acsl/training/detail/value_check.hpp>
#include <acsl/training/nearest_name.hpp>
#include <algorithm>
#include <string>
#include <vector>

/// A method says itself which modes and numbers it takes: it is made once, for classes that do not matter.
namespace acsl::detail {

inline class_statistics some_classes() {
  auto classes = class_statistics::from_groups("fcr");
  classes.instance_count = classes.image_count = {400, 40, 4};
  classes.images = 1000;
  return classes;
}
/// What making something throws; the empty text when it is fine.
template <class Make>
std::string refusal(Make&& make) {
  try {
    static_cast<void>(make());
  } catch (error const& problem) {
    return reason_of(problem);
  }
  return {};
}

/// @return whether there is such a loss
inline bool check_loss(value_check& check, configuration const& c) {
  auto const& l = c.loss;
  check.expect(l.threshold > 0 && l.threshold < 1, "loss.threshold", l.threshold,
               "a number between 0 and 1, both left out, is wanted");
  check.count("loss.background_fractions", l.background_fractions, 3, "one number per group of classes");
  check.each(
      "loss.background_fractions", l.background_fractions, [](double v) { return v >= 0 && v <= 1; },
      "numbers from 0 to 1 are wanted");
  auto const classes = some_classes();
  auto const accepts = [&](std::string const& key, auto const& seen, loss_choice const& choice) {
    auto const why = refusal([&] { return make_classification_loss(choice, classes); });
    check.expect(why.empty(), key, seen, why);
    return why.empty();
  };
  bool const known = std::any_of(loss_makers.begin(), loss_makers.end(),
                                 [&](named_maker const& maker) { return maker.name == l.name; });
  if (!known) {
    std::vector<std::string> names;
    for (auto const& maker : loss_makers) names.emplace_back(maker.name);
    check.expect(false, "loss.name", l.name,
                 "there is no such loss; did you mean \"" + nearest_name(l.name, names) +
                     "\"? Known: " + classification_loss_names());
    return false;
  }
  loss_choice const whole{.name = l.name, .mode = l.mode, .parameters = l.parameters};
  if (!accepts("loss.mode", l.mode, {.name = l.name, .mode = l.mode}) ||
      !accepts("loss.parameters", l.parameters, whole))
    return false;
  check.expect(l.groups.empty() || l.name == "balanced_group_softmax", "loss.groups", l.groups,
               l.name + " has no groups of classes; balanced_group_softmax has");
  check.expect(!l.warm_up || make_classification_loss(whole, classes).can_warm_up(), "loss.warm_up", l.warm_up,
               l.name + " has no state that a pass before training fills; equilibrium has");
  return true;
}

inline void check_box_loss(value_check& check, configuration const& c) {
  auto const& h = c.box_head;
  auto const accepts = [&](std::string const& key, auto const& seen, box_loss_choice const& choice) {
    auto const why = refusal([&] { return make_box_loss(choice); });
    check.expect(why.empty(), key, seen, why);
    return why.empty();
  };
  bool const known = std::any_of(box_loss_makers.begin(), box_loss_makers.end(),
                                 [&](named_box_loss const& maker) { return maker.name == h.regression_loss; });
  if (!known) {
    accepts("box_head.regression_loss", h.regression_loss, {.name = h.regression_loss});
    return;
  }
  static_cast<void>(accepts("box_head.regression_mode", h.regression_mode, {h.regression_loss, h.regression_mode}) &&
                    accepts("box_head.regression_parameters", h.regression_parameters,
                            {h.regression_loss, h.regression_mode, h.regression_parameters}));
}

inline void check_classifier(value_check& check, configuration const& c) {
  auto const& h = c.box_head;
  auto why = refusal([&] { return make_classifier_options({.name = h.classifier}); });
  check.expect(why.empty(), "box_head.classifier", h.classifier, why);
  if (!why.empty()) return;
  why = refusal([&] { return make_classifier_options({h.classifier, h.classifier_parameters}); });
  check.expect(why.empty(), "box_head.classifier_parameters", h.classifier_parameters, why);
}

/// A correction must know its mode and numbers, and have a meaning for the scores of the loss.
inline void check_correction(value_check& check, configuration const& c) {
  auto const& t = c.test;
  auto const classes = some_classes();
  correction_choice const whole{t.correction, t.correction_mode, t.correction_parameters};
  auto const refused = [&](correction_choice const& choice, score_rule const& rule) {
    return refusal([&] { return make_score_correction(choice, rule, classes); });
  };
  score_rule const plain{column_layout::background_first, 1};
  if (auto const why = refused(whole, plain); !why.empty()) {
    bool const known = std::any_of(std::begin(correction_makers), std::end(correction_makers),
                                   [&](named_correction const& maker) { return maker.name == t.correction; });
    correction_choice const first_mode{t.correction, "", t.correction_parameters};
    if (known && !t.correction_mode.empty() && refused(first_mode, plain).empty())
      check.expect(false, "test.correction_mode", t.correction_mode, why);
    else if (known && !t.correction_parameters.empty())
      check.expect(false, "test.correction_parameters", t.correction_parameters, why);
    else check.expect(false, "test.correction", t.correction, why);
    return;
  }
  auto const loss = make_classification_loss({c.loss.name, c.loss.mode, c.loss.parameters}, classes);
  auto const why = refused(whole, score_rule_of(loss, t.activation));
  check.expect(why.empty(), "test.correction", t.correction, why + " (loss.name = " + toml_text(c.loss.name) + ")");
  check.expect(t.correction != "tau_normalisation" || c.box_head.classifier == "linear", "test.correction",
               t.correction, "is for box_head.classifier = \"linear\"");
}

}  // namespace acsl::detail
