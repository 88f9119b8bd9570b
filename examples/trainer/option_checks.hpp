// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <system_error>

namespace trainer {

/// Accepts decimal whole numbers from low to high. CLI11's own conversion takes the nearest of those that fit, where
/// this one says what was wrong.
inline CLI::Validator whole_number(std::int64_t low, std::int64_t high) {
  auto const range = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  return {[=](std::string& text) {
            std::int64_t value = 0;
            char const* const end = text.data() + text.size();
            auto const [at, problem] = std::from_chars(text.data(), end, value);
            bool const whole = problem == std::errc{} && at == end && text == std::to_string(value);  // no octal "010"
            return whole && value >= low && value <= high ? std::string()
                                                          : range + " is wanted, found \"" + text + "\"";
          },
          "INT in [" + std::to_string(low) + " - " + std::to_string(high) + "]"};
}
inline CLI::Validator seed_number() { return whole_number(0, INT64_MAX); }

/// Accepts numbers from low to high.
/// @param range what messages call them
/// @param type  what stands in `--help`
inline CLI::Validator number_within(double low, double high, std::string const& range, std::string const& type = "") {
  return {[=](std::string& text) {
            double value = 0;
            bool const fits = CLI::detail::lexical_cast(text, value) && value >= low && value <= high;  // NaN does not
            return fits ? std::string() : range + " is wanted, found \"" + text + "\"";
          },
          type};
}
inline CLI::Validator share() { return number_within(0, 1, "a number from 0 to 1", "FLOAT in [0 - 1]"); }
inline CLI::Validator share_below_one() {
  return number_within(0, std::nextafter(1.0, 0.0), "a number from 0 to below 1", "FLOAT in [0 - 1)");
}

/// Accepts every name but the empty one, which a shell makes of a variable that is not set.
inline CLI::Validator some_name() {
  return {[](std::string& text) { return text.empty() ? std::string("a name is wanted, found none") : std::string(); },
          ""};
}

/// Accepts names of Python pickles.
inline CLI::Validator pickle_name() {
  return {[](std::string& name) {
            return name.ends_with(".pkl") || name.ends_with(".pickle") ? std::string()
                                                                       : "ends in .pkl or .pickle: " + name;
          },
          ""};
}

}  // namespace trainer
