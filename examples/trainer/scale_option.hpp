// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <acsl/data/resize.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace trainer {

/// "1333,800" as a scale; nothing for other texts. Sides are 1 to 32768.
inline std::optional<acsl::image_scale> scale_of(std::string const& text) {
  auto const comma = text.find(',');
  if (comma == std::string::npos) return {};
  acsl::index_t sides[2] = {};
  char const* const starts[] = {text.data(), text.data() + comma + 1};
  char const* const ends[] = {text.data() + comma, text.data() + text.size()};
  for (int i = 0; i < 2; ++i) {
    auto const [at, problem] = std::from_chars(starts[i], ends[i], sides[i]);
    if (problem != std::errc{} || at != ends[i] || sides[i] < 1 || sides[i] > 32768) return {};
  }
  return acsl::image_scale{sides[0], sides[1]};
}

/// The option --scale LONG,SHORT, as often as wanted.
inline CLI::Option* add_scales(CLI::App& command, std::vector<acsl::image_scale>& scales, std::string const& meaning) {
  return command
      .add_option_function<std::vector<std::string>>(
          "--scale",
          [&scales](std::vector<std::string> const& texts) {
            for (auto const& text : texts) scales.push_back(*scale_of(text));
          },
          meaning)
      ->type_name("LONG,SHORT")
      ->allow_extra_args(false)
      ->check([](std::string const& text) {
        return scale_of(text) ? std::string() : "two whole numbers from 1 to 32768 are wanted, as in 1333,800: " + text;
      });
}

}  // namespace trainer
