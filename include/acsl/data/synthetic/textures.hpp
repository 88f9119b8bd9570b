// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cmath>
#include <cstddef>

namespace acsl::synthetic {

enum class texture_kind { plain, striped, dotted, checked };
inline constexpr std::array<char const*, 4> texture_names = {"plain", "striped", "dotted", "checked"};

/// Whether a texture shows its second ink at a point, in units of the shape's radius: patterns grow with the object.
inline bool second_ink(texture_kind texture, double u, double v) {
  constexpr double stripe = 0.34, square = 0.48, lattice = 0.66, dot = 0.23;
  auto const odd = [](double x) { return (static_cast<int>(std::floor(x)) & 1) != 0; };
  switch (texture) {
    case texture_kind::plain:
      return false;
    case texture_kind::striped:
      return odd(v / stripe);
    case texture_kind::dotted: {
      double const du = u - lattice * std::floor(u / lattice + 0.5), dv = v - lattice * std::floor(v / lattice + 0.5);
      return du * du + dv * dv <= dot * dot;
    }
    case texture_kind::checked:
      return odd(u / square) != odd(v / square);
  }
  return false;
}

}  // namespace acsl::synthetic
