// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace acsl {

/// Least number of single-character insertions, deletions and replacements that turn a into b.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

/// First letters of the words of a name: "lr" of "learning_rate".
inline std::string initials(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] != '_' && (i == 0 || name[i - 1] == '_')) result += name[i];
  return result;
}

/// The known name that is nearest to a wrong one, the first of equally near ones; a name that differs only in what
/// stands before its last dot counts as near, and so does one of several words beside its initials.
inline std::string nearest_name(std::string_view wrong, std::vector<std::string> const& known) {
  std::string best;
  std::size_t least = static_cast<std::size_t>(-1);
  auto const tail = [](std::string_view name) { return name.substr(name.rfind('.') + 1); };
  for (auto const& name : known) {
    bool const shortened = tail(name).size() > 1 && initials(tail(wrong)) == tail(name);
    std::size_t const distance =
        std::min(edit_distance(wrong, name), 1 + (shortened ? 0 : edit_distance(tail(wrong), tail(name))));
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

}  // namespace acsl
