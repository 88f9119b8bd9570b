// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/training/configuration_check.hpp>
#include <acsl/training/configuration_file.hpp>
#include <string>
#include <utility>
#include <vector>

namespace trainer {

/// A configuration with the settings of a command line over it, in order.
/// @param file    what messages call the configuration
/// @param origins where the values of the configuration came from
/// @throws acsl::error for settings that cannot be read and for values that make no sense
inline acsl::configuration with_settings(acsl::configuration config, std::vector<std::string> const& settings,
                                         std::string const& file, acsl::configuration_origins origins) {
  for (auto const& setting : settings) acsl::apply_setting(setting, config, &origins);
  acsl::expect_sensible(config, file, origins);
  return config;
}

/// The configuration that a command line describes: a file and then settings.
/// @throws acsl::error, as `with_settings`, and for a file that cannot be read
inline acsl::configuration configuration_of(std::string const& file, std::vector<std::string> const& settings) {
  acsl::configuration_origins origins;
  auto config = acsl::read_configuration(file, &origins);
  return with_settings(std::move(config), settings, file, std::move(origins));
}

}  // namespace trainer
