// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/training/configuration_check.hpp>
#include <acsl/training/configuration_file.hpp>
#include <string>
#include <vector>

namespace trainer {

/// The configuration that a command line describes: a file and then settings, in order.
/// @throws acsl::error for what cannot be read and for values that make no sense
inline acsl::configuration configuration_of(std::string const& file, std::vector<std::string> const& settings) {
  auto config = acsl::read_configuration(file);
  for (auto const& setting : settings) acsl::apply_setting(setting, config);
  acsl::expect_sensible(config, file);
  return config;
}

}  // namespace trainer
