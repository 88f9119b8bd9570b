// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/hsv.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>
#include <algorithm>

namespace acsl::corruptions {

/// The saturation of a colour as hue, saturation, value becomes a · saturation + b, cut to [0, 1]: severities 1 and 2
/// take colour away, the others add it. A grey with b > 0 becomes reddish, since its hue counts as 0. Exact.
inline image8 saturate(image8 const& image, int severity) {
  struct constants {
    float factor, added;
  };
  constexpr detail::by_severity<constants> all{{{0.3F, 0}, {0.1F, 0}, {2, 0}, {5, 0.1F}, {20, 0.2F}}};
  auto const [factor, added] = detail::of_severity(all, severity);
  return detail::change_hsv(image, [=](detail::hsv& colour) {
    colour.saturation = std::clamp(colour.saturation * factor + added, 0.0F, 1.0F);
  });
}

}  // namespace acsl::corruptions
