// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// Numbers of a method by name, as a configuration gives them: "gamma=2". Whoever reads them says the defaults; what
/// nobody asked for is an error that lists the names that exist.
class loss_parameters {
 public:
  loss_parameters() = default;
  /// @throws acsl::error for a text that is no name=number
  explicit loss_parameters(std::vector<std::string> const& texts) {
    for (auto const& text : texts) {
      auto const equals = text.find('=');
      double value = 0;
      char const* const end = text.data() + text.size();
      bool const split = equals != std::string::npos && equals > 0;
      auto const [at, problem] = std::from_chars(split ? text.data() + equals + 1 : end, end, value);
      if (!split || problem != std::errc{} || at != end)
        throw error("a parameter of a loss reads name=number, for example gamma=2; found \"" + text + "\"");
      given_.push_back({text.substr(0, equals), value, false});
    }
  }

  [[nodiscard]] double get(std::string_view name, double otherwise) {
    names_ += (names_.empty() ? "" : ", ") + std::string(name);
    double result = otherwise;
    for (auto& one : given_)
      if (one.name == name) {
        result = one.value;
        one.used = true;
      }
    return result;
  }
  /// @throws acsl::error for a parameter that `get` was not asked for
  void expect_all_used(std::string_view method) const {
    for (auto const& one : given_)
      if (!one.used)
        throw error(std::string(method) + " has no parameter \"" + one.name + "\"; it has " +
                    (names_.empty() ? "none" : names_));
  }

 private:
  struct parameter {
    std::string name;
    double value;
    bool used;
  };
  std::vector<parameter> given_;
  std::string names_;
};

}  // namespace acsl
