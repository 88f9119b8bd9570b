// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <array>
#include <cstddef>

namespace acsl::corruptions::detail {

/// The constants of severity 1 to 5.
template <class Constants>
using by_severity = std::array<Constants, 5>;

template <class Constants>
constexpr Constants const& of_severity(by_severity<Constants> const& constants, int severity) {
  ACSL_EXPECTS(severity >= 1 && severity <= 5, "a corruption has the severities 1 to 5", severity);
  return constants[static_cast<std::size_t>(severity - 1)];
}

}  // namespace acsl::corruptions::detail
