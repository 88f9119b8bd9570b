// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/training/configuration_file.hpp>
#include <map>
#include <string>
#include <vector>

namespace acsl {

/// "training.epochs: 12 before, 24 now" for every field in which two configurations differ, in the order of files.
[[nodiscard]] inline std::vector<std::string> configuration_changes(configuration const& before,
                                                                    configuration const& now) {
  std::map<std::string, std::string> old;
  visit_fields(before, [&](std::string const& name, auto const& field, char const*) {
    old.emplace(name, detail::toml_text(field));
  });
  std::vector<std::string> changes;
  visit_fields(now, [&](std::string const& name, auto const& field, char const*) {
    auto const text = detail::toml_text(field);
    if (text != old.at(name)) changes.push_back(name + ": " + old.at(name) + " before, " + text + " now");
  });
  return changes;
}

}  // namespace acsl
