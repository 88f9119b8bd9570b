// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/loss_parameters.hpp>
#include <acsl/nn/any_classifier.hpp>
#include <string>
#include <vector>

namespace acsl {

/// What a configuration says about the classifier of a box head.
struct classifier_choice {
  std::string name = "linear";
  std::vector<std::string> parameters = {};  ///< "temperature=5"
};

/// The classifier that a configuration describes: linear, normalised (temperature, power, eps, bias), scaled_logits or
/// scaled_weights.
/// @throws acsl::error for another name and for a parameter that it lacks, listing those that exist
[[nodiscard]] inline any_classifier_options make_classifier_options(classifier_choice const& choice) {
  loss_parameters numbers(choice.parameters);
  any_classifier_options result;
  if (choice.name == "normalised") {
    normalised_linear_options o;
    o.temperature = numbers.get("temperature", o.temperature);
    o.power = numbers.get("power", o.power);
    o.eps = numbers.get("eps", o.eps);
    o.bias = numbers.get("bias", 1) != 0;
    o.expect_sensible();
    result.kind = o;
  } else if (choice.name == "scaled_logits") {
    result.kind = scaled_linear_options{.part = scaled_part::logits};
  } else if (choice.name == "scaled_weights") {
    result.kind = scaled_linear_options{.part = scaled_part::weights};
  } else if (choice.name != "linear") {
    throw error("there is no classifier \"" + choice.name +
                "\"; known: linear, normalised, scaled_logits, scaled_weights");
  }
  numbers.expect_all_used(choice.name);
  return result;
}

}  // namespace acsl
