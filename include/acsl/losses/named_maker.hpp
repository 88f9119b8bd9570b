// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/loss_parameters.hpp>
#include <string>

/// Tables of things that a configuration chooses by name, mode and parameters: each entry has a `name` and makes one.
namespace acsl::detail {

/// The names of a table, separated by commas.
template <class Makers>
[[nodiscard]] std::string names_of(Makers const& makers) {
  std::string list;
  for (auto const& maker : makers) list += (list.empty() ? "" : ", ") + std::string(maker.name);
  return list;
}

/// make(entry, mode, numbers) for the entry with the name that was chosen.
/// @param choice has `name`, `mode` and `parameters`
/// @param kind   what the entries are, for the error
/// @throws acsl::error for a name, a mode or a parameter that there is not, listing those that there are
template <class Makers, class Choice, class Make>
[[nodiscard]] auto make_named(Makers const& makers, Choice const& choice, std::string const& kind, Make const& make) {
  for (auto const& maker : makers) {
    if (maker.name != choice.name) continue;
    loss_parameters numbers(choice.parameters);
    method_mode mode(choice.mode, choice.name);
    auto result = make(maker, mode, numbers);
    mode.expect_used();
    numbers.expect_all_used(choice.name);
    return result;
  }
  throw error("there is no " + kind + " \"" + choice.name + "\"; known: " + names_of(makers));
}

}  // namespace acsl::detail
