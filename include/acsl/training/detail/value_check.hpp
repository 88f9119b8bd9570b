// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/training/configuration_file.hpp>
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Collects one sentence for every value that makes no sense. Comparisons are written so that NaN makes none.
class value_check {
 public:
  template <class T>
  void expect(bool holds, std::string const& key, T const& seen, std::string const& rule) {
    if (!holds) problems.emplace_back(key, key + " = " + toml_text(seen) + ": " + rule);
  }
  void between(std::string const& key, index_t value, index_t low, index_t high) {
    expect(value >= low && value <= high, key, value,
           "a whole number from " + std::to_string(low) + " to " + std::to_string(high) + " is wanted");
  }
  void at_least(std::string const& key, index_t value, index_t low) {
    constexpr index_t most = 1'000'000'000;
    expect(value >= low, key, value, "at least " + std::to_string(low) + " is wanted");
    expect(value <= most, key, value, "at most " + std::to_string(most) + " is wanted");
  }
  void positive(std::string const& key, double value) {
    expect(value > 0 && std::isfinite(value), key, value, "a number above 0 is wanted");
  }
  void not_negative(std::string const& key, double value) {
    expect(value >= 0 && std::isfinite(value), key, value, "a number of 0 or more is wanted");
  }
  void fraction(std::string const& key, double value) {
    expect(value >= 0 && value <= 1, key, value, "a number from 0 to 1 is wanted");
  }
  void named(std::string const& key, std::string const& value) {
    expect(!value.empty(), key, value, "a name is wanted");
  }
  void one_of(std::string const& key, std::string const& value, std::initializer_list<char const*> known) {
    std::string list;
    for (char const* name : known) list += (list.empty() ? "" : ", ") + std::string(name);
    expect(std::find(known.begin(), known.end(), value) != known.end(), key, value, "one of " + list + " is wanted");
  }
  /// Every number of a list.
  template <class T, class Rule>
  void each(std::string const& key, std::vector<T> const& values, Rule&& holds, std::string const& rule) {
    expect(std::all_of(values.begin(), values.end(), holds), key, values, rule);
  }
  template <class T>
  void count(std::string const& key, std::vector<T> const& values, std::size_t wanted, std::string const& rule) {
    expect(values.size() == wanted, key, values, rule + ": " + std::to_string(wanted));
  }

  std::vector<std::pair<std::string, std::string>> problems;  ///< key and sentence
};

inline bool above_zero(double value) { return value > 0 && std::isfinite(value); }

}  // namespace acsl::detail
