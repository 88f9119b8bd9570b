// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <charconv>
#include <cmath>
#include <initializer_list>
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
  /// @throws acsl::error for a text that is no name=number, a number that is not finite, and a name that comes twice
  explicit loss_parameters(std::vector<std::string> const& texts) {
    for (auto const& text : texts) {
      auto const equals = text.find('=');
      double value = 0;
      char const* const end = text.data() + text.size();
      bool const split = equals != std::string::npos && equals > 0;
      auto const [at, problem] = std::from_chars(split ? text.data() + equals + 1 : end, end, value);
      if (!split || problem != std::errc{} || at != end)
        throw error("a parameter reads name=number, for example gamma=2; found \"" + text + "\"");
      if (!std::isfinite(value)) throw error("a parameter is finite; found \"" + text + "\"");
      auto const name = text.substr(0, equals);
      for (auto const& other : given_)
        if (other.name == name) throw error("the parameter \"" + name + "\" is given twice");
      given_.push_back({name, value, false});
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
  /// A parameter that counts something.
  /// @throws acsl::error unless it is a whole number from 1 to 1e9
  [[nodiscard]] index_t count(std::string_view name, index_t otherwise) {
    double const value = get(name, static_cast<double>(otherwise));
    if (!(value >= 1 && value <= 1e9) || value != std::floor(value))
      throw error("the parameter \"" + std::string(name) + "\" is a whole number from 1 to 1e9");
    return static_cast<index_t>(value);
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

/// Which of its modes a method runs in, as a configuration says; empty: the first.
class method_mode {
 public:
  method_mode(std::string mode, std::string method) : mode_(std::move(mode)), method_(std::move(method)) {}

  /// The position of the mode among those that the method has. @throws acsl::error that lists them
  [[nodiscard]] std::size_t one_of(std::initializer_list<std::string_view> modes) {
    used_ = true;
    std::string list;
    std::size_t at = 0;
    for (auto const name : modes) {
      if (mode_ == name || (mode_.empty() && at == 0)) return at;
      list += (at++ ? ", " : "") + std::string(name);
    }
    throw error("there is no mode \"" + mode_ + "\" of " + method_ + "; it has " + list);
  }
  /// @throws acsl::error for a mode that `one_of` was not asked for
  void expect_used() const {
    if (!mode_.empty() && !used_) throw error(method_ + " has no modes; found \"" + mode_ + "\"");
  }

 private:
  std::string mode_, method_;
  bool used_ = false;
};

}  // namespace acsl
