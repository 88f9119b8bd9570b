// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cmath>
#include <cstddef>

namespace acsl::synthetic {

enum class shape_kind { circle, square, triangle, star };
inline constexpr std::array<char const*, 4> shape_names = {"circle", "square", "triangle", "star"};

/// Distance of a shape's farthest point from its centre. All shapes have about the extent of the unit circle.
constexpr double reach(shape_kind shape) {
  constexpr std::array<double, 4> reaches = {1, 1.273, 1.3, 1.36};
  return reaches[static_cast<std::size_t>(shape)];
}

namespace detail {

/// Of the half planes n · p <= inradius that bound a regular polygon, how many hold the point.
template <std::size_t Sides>
constexpr int half_planes_holding(std::array<std::array<double, 2>, Sides> const& normals, double inradius, double u,
                                  double v) {
  int count = 0;
  for (auto const& normal : normals) count += normal[0] * u + normal[1] * v <= inradius;
  return count;
}
// One side lies below the centre.
inline constexpr std::array<std::array<double, 2>, 3> triangle_normals = {
    {{0, 1}, {-0.8660254037844386, -0.5}, {0.8660254037844386, -0.5}}};
inline constexpr std::array<std::array<double, 2>, 5> pentagon_normals = {{{0, 1},
                                                                           {-0.9510565162951535, 0.3090169943749474},
                                                                           {-0.5877852522924731, -0.8090169943749475},
                                                                           {0.5877852522924731, -0.8090169943749475},
                                                                           {0.9510565162951535, 0.3090169943749474}}};

}  // namespace detail

/// Whether a shape around the origin holds the point (u to the right, v down).
inline bool contains(shape_kind shape, double u, double v) {
  switch (shape) {
    case shape_kind::circle:
      return u * u + v * v <= 1;
    case shape_kind::square:
      return std::fabs(u) <= 0.9 && std::fabs(v) <= 0.9;
    case shape_kind::triangle:
      return detail::half_planes_holding(detail::triangle_normals, 0.65, u, v) == 3;
    case shape_kind::star:  // a pentagon and its five points
      return detail::half_planes_holding(detail::pentagon_normals, 0.42, u, v) >= 4;
  }
  return false;
}

}  // namespace acsl::synthetic
