// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/hsv.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>

namespace acsl::corruptions {

/// The value of a colour as hue, saturation, value becomes min(1, value + c). Exact.
inline image8 brightness(image8 const& image, int severity) {
  constexpr detail::by_severity<float> added{0.1F, 0.2F, 0.3F, 0.4F, 0.5F};
  float const c = detail::of_severity(added, severity);
  return detail::change_hsv(image, [c](detail::hsv& colour) { colour.value = std::min(colour.value + c, 1.0F); });
}

}  // namespace acsl::corruptions
