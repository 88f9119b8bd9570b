// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

enum class severity {
  note,     ///< worth knowing; nothing is wrong
  warning,  ///< something is left out, or differs from what it should be
  error     ///< a reader refuses the file, or figures made with it are wrong
};
[[nodiscard]] constexpr char const* name_of(severity level) {
  return level == severity::error ? "error" : level == severity::warning ? "warning" : "note";
}

/// One kind of thing that is wrong with a data set.
struct data_finding {
  severity level = severity::note;
  std::string kind;                        ///< a name for scripts: "repeated_image_id"
  std::string what;                        ///< goes on behind the count: "images have the id of another image"
  std::string mend;                        ///< one sentence
  std::vector<std::string> examples = {};  ///< the first few, with ids
  index_t count = 0;

  /// Counts one more. @param example makes its text; called for the first few alone
  template <class Example>
  void add(Example&& example) {
    if (static_cast<std::size_t>(count++) < most_examples) examples.push_back(example());
  }
  static constexpr std::size_t most_examples = 5;
};

/// What a check found, errors first and else in the order of the checks. Kinds that count nothing are left out.
class data_findings {
 public:
  void take(data_finding finding) {
    if (finding.count == 0) return;
    auto const worse = [&](data_finding const& other) { return other.level >= finding.level; };
    findings_.insert(std::find_if_not(findings_.begin(), findings_.end(), worse), std::move(finding));
  }
  [[nodiscard]] std::vector<data_finding> const& list() const { return findings_; }
  /// Number of kinds.
  [[nodiscard]] index_t count(severity level) const {
    return std::count_if(findings_.begin(), findings_.end(), [level](auto const& f) { return f.level == level; });
  }
  /// Null: there is none of the kind.
  [[nodiscard]] data_finding const* find(std::string const& kind) const {
    auto const found =
        std::find_if(findings_.begin(), findings_.end(), [&](data_finding const& f) { return f.kind == kind; });
    return found == findings_.end() ? nullptr : &*found;
  }

 private:
  std::vector<data_finding> findings_;
};

}  // namespace acsl
