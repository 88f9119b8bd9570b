// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/training/configuration_check.hpp>
#include <acsl/training/configuration_file.hpp>
#include <string>
#include <vector>

namespace trainer {

/// A configuration with the settings of a command line over it, in order.
/// @param file what messages call the configuration
/// @throws acsl::error for settings that cannot be read and for values that make no sense
inline acsl::configuration with_settings(acsl::configuration config, std::vector<std::string> const& settings,
                                         std::string const& file) {
  for (auto const& setting : settings) acsl::apply_setting(setting, config);
  acsl::expect_sensible(config, file);
  return config;
}

/// The configuration that a command line describes: a file and then settings.
/// @throws acsl::error, as `with_settings`, and for a file that cannot be read
inline acsl::configuration configuration_of(std::string const& file, std::vector<std::string> const& settings) {
  return with_settings(acsl::read_configuration(file), settings, file);
}

}  // namespace trainer
