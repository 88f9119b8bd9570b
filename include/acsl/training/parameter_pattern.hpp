// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/parameter.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace acsl {

/// Whether a dotted name matches a pattern in which * stands for any characters, dots included.
constexpr bool matches(std::string_view name, std::string_view pattern) {
  std::size_t n = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// Leaves only those parameters trainable whose names match one of the patterns; others that were frozen before stay
/// so.
/// @throws acsl::error naming a pattern that matches no trainable parameter
template <class Model>
void train_only(Model& model, std::vector<std::string> const& patterns) {
  if (patterns.empty()) return;
  std::vector<bool> used(patterns.size());
  model.for_each_parameter("", [&](std::string const& name, parameter& p) {
    bool keep = false;
    for (std::size_t i = 0; i < patterns.size(); ++i)
      if (p.trainable && matches(name, patterns[i])) keep = used[i] = true;
    p.trainable = p.trainable && keep;
  });
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (!used[i]) throw error("no trainable parameter has a name that fits \"" + patterns[i] + "\"");
}

/// The original's choices of what to train (detector-spec 13.5) as patterns; 0 is everything that is not frozen: no
/// pattern. 4 adds mask heads to 2; detectors here have none.
inline std::vector<std::string> train_only_patterns(int selectp) {
  switch (selectp) {
    case 0:
      return {};
    case 1:
      return {"bbox_head.fc_cls.*"};
    case 2:
    case 4:
      return {"bbox_head.*"};
    case 3:
      return {"bbox_head.*.fc_cls.*"};
    default:
      break;
  }
  ACSL_EXPECTS(false, "selectp is 0 to 4", selectp);
  return {};
}

}  // namespace acsl
