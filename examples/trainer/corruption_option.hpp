// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/corruption.hpp>
#include <string>
#include <vector>

namespace trainer {

/// The names of the 19 corruptions, for options.
inline std::vector<std::string> names_of_corruptions() {
  std::vector<std::string> names;
  for (auto const& kind : acsl::corruption_kinds) names.emplace_back(kind.name);
  return names;
}
/// Those and the words that stand for several: `all`, `benchmark`, the groups; and `None`, the clean photographs alone.
inline std::vector<std::string> words_for_corruptions() {
  std::vector<std::string> words = {"benchmark", "all", "noise", "blur", "weather", "digital", "holdout", "None"};
  for (auto const& name : names_of_corruptions()) words.push_back(name);
  return words;
}

}  // namespace trainer
