// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>

/// The minimal filtering F(4x4, 3x3): 16 outputs of a 3x3 convolution from 36 products instead of 144.
///
///     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A,   d: 6x6 inputs, g: 3x3 weights, Y: 4x4 outputs
///
/// Interpolation at 0, ±3/4, ±3/2 and infinity. All entries of A and B are dyadic, hence exact; with these points sums
/// of 2,304 products are off by 1.4e-6 of their size (root mean square), a direct sum in float by 0.6e-6, the usual
/// points 0, ±1, ±2 by 2.8e-6.
/// @source Lavin and Gray, CVPR 2016; Barabasz, Anderson, Soodhalter, Gregg, TOMS 2020 (that points decide the error)
namespace acsl::detail::winograd {

inline constexpr int outputs = 4;               ///< of a tile, in each direction
inline constexpr int inputs = 6;                ///< that they see
inline constexpr int places = inputs * inputs;  ///< products of a tile

inline constexpr float inner = 0.75F, outer = 1.5F, inner2 = inner * inner, outer2 = outer * outer;

/// Bᵀ x.
template <class T>
ACSL_LEAF void transform_input(T const (&x)[inputs], T (&y)[inputs]) {
  T const a = multiply_add(T(-outer2), x[2], x[4]), b = inner * multiply_add(T(-outer2), x[1], x[3]);
  T const c = multiply_add(T(-inner2), x[2], x[4]), d = outer * multiply_add(T(-inner2), x[1], x[3]);
  y[0] = multiply_add(T(-(inner2 + outer2)), x[2], multiply_add(T(inner2 * outer2), x[0], x[4]));
  y[1] = a + b;
  y[2] = a - b;
  y[3] = c + d;
  y[4] = c - d;
  y[5] = multiply_add(T(-(inner2 + outer2)), x[3], multiply_add(T(inner2 * outer2), x[1], x[5]));
}

inline constexpr float at_0 = 1 / (inner2 * outer2), at_inner = 1 / (2 * inner2 * (inner2 - outer2)),
                       at_outer = 1 / (2 * outer2 * (outer2 - inner2));

/// G x.
template <class T>
ACSL_LEAF void transform_weights(T const (&x)[3], T (&y)[inputs]) {
  T const a = multiply_add(T(inner2), x[2], x[0]), b = inner * x[1];
  T const c = multiply_add(T(outer2), x[2], x[0]), d = outer * x[1];
  y[0] = at_0 * x[0];
  y[1] = at_inner * (a + b);
  y[2] = at_inner * (a - b);
  y[3] = at_outer * (c + d);
  y[4] = at_outer * (c - d);
  y[5] = x[2];
}

/// Gᵀ x.
template <class T>
ACSL_LEAF void transform_weights_back(T const (&x)[inputs], T (&y)[3]) {
  T const a = T(at_inner) * (x[1] + x[2]), b = T(at_inner * inner) * (x[1] - x[2]);
  T const c = T(at_outer) * (x[3] + x[4]), d = T(at_outer * outer) * (x[3] - x[4]);
  y[0] = multiply_add(T(at_0), x[0], a + c);
  y[1] = b + d;
  y[2] = multiply_add(T(inner2), a, multiply_add(T(outer2), c, x[5]));
}

/// Aᵀ x.
template <class T>
ACSL_LEAF void transform_output(T const (&x)[inputs], T (&y)[outputs]) {
  T const a = x[1] + x[2], b = x[1] - x[2], c = x[3] + x[4], d = x[3] - x[4];
  y[0] = x[0] + a + c;
  y[1] = multiply_add(T(outer), d, inner * b);
  y[2] = multiply_add(T(outer2), c, inner2 * a);
  y[3] = multiply_add(T(outer2 * outer), d, multiply_add(T(inner2 * inner), b, x[5]));
}

/// A x.
template <class T>
ACSL_LEAF void transform_output_back(T const (&x)[outputs], T (&y)[inputs]) {
  T const a = multiply_add(T(inner2), x[2], x[0]), b = multiply_add(T(inner2 * inner), x[3], inner * x[1]);
  T const c = multiply_add(T(outer2), x[2], x[0]), d = multiply_add(T(outer2 * outer), x[3], outer * x[1]);
  y[0] = x[0];
  y[1] = a + b;
  y[2] = a - b;
  y[3] = c + d;
  y[4] = c - d;
  y[5] = x[3];
}

}  // namespace acsl::detail::winograd
