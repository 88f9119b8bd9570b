// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_weights.hpp>
#include <acsl/validation/detail/checked_entry.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Whether an entry of a file of loss vectors holds weights of classes and no batch.
[[nodiscard]] inline bool is_class_weight_vector(json_value const& entry) {
  return detail::has_text(entry, "mode", "weights_only");
}

namespace detail {

/// Weights of labels by the rule that a key of `expected` names.
inline std::vector<double> label_weights_by_rule(json_value const& entry, std::string const& rule) {
  auto const extra = entry.at("extra");
  auto const counts = counts_of(extra.at("counts"));
  if (entry.at("loss").text() == "class_balanced")
    return effective_number_weights(counts, number_in_key(entry.at("expected"), rule, "beta"));
  auto const clipped = [&](std::vector<double> weights) {
    auto const limits = numbers_of(extra.at("clip"), 2);
    return with_background(std::move(weights), limits[0], limits[1]);
  };
  if (rule == "inverse_frequency_bg1_clipped") return clipped(inverse_frequency_weights(counts));
  double const beta = extra.at("beta").number();
  if (rule == "effective_number_bg1_clipped") return clipped(effective_number_weights(counts, beta));
  if (rule == "effective_number_bg_3x_unclipped") return effective_number_weights_with_background(counts, beta);
  entry.at("expected").at(rule).fail("there are no weights by this rule");
}

}  // namespace detail

/// Checks weights of classes, in double on the host: every table that the entry expects.
/// @pre is_class_weight_vector(entry) @throws acsl::file_error naming the place of what does not fit
[[nodiscard]] inline loss_check check_class_weight_vector(json_value const& entry,
                                                          tolerance accepted = loss_tolerance<double>) {
  return detail::checked_entry(entry, [&](loss_check& check) {
    check.note = "in double on the host";
    auto const& loss = entry.at("loss").text();
    if (loss != "class_balanced" && loss != "instance_reweight")
      entry.at("loss").fail("there are no weights of classes \"" + loss + "\"");
    auto const expected = entry.at("expected");
    for (auto const& rule : expected.keys())
      check.value.add_all(detail::label_weights_by_rule(entry, rule), numbers_of(expected.at(rule)), accepted);
  });
}

}  // namespace acsl
