// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <cmath>

namespace acsl {

/// N(v) = scale · v / (‖v‖^power + eps) of a row v; 0 where the denominator is 0.
struct row_norm {
  double scale = 1, power = 1, eps = 0;
};

namespace detail {

/// Σ v², in every member of the team.
template <class Team>
ACSL_HOST_DEVICE double row_square(Team& team, float const* v, index_t columns) {
  double sum = 0;
  team.for_each(columns, [&](index_t j) { sum += static_cast<double>(v[j]) * static_cast<double>(v[j]); });
  return team.reduce(sum, plus{});
}

struct square_row {
  using shared = no_shared;
  float const* x;
  double* squares;
  index_t columns;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t row) const {
    double const sum = row_square(team, x + row * columns, columns);
    if (team.rank() == 0) squares[row] = sum;
  }
};

struct normalise_row {
  using shared = no_shared;
  float const* x;
  float* y;
  index_t columns;
  row_norm norm;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t row) const {
    float const* v = x + row * columns;
    float* out = y + row * columns;
    double const below = std::pow(std::sqrt(row_square(team, v, columns)), norm.power) + norm.eps;
    double const factor = below == 0 ? 0 : norm.scale / below;
    team.for_each(columns, [&](index_t j) { out[j] = static_cast<float>(factor * static_cast<double>(v[j])); });
  }
};

/// With d = n^power + eps for the norm n of v:  dN·h = scale (h/d − v (v·h) power n^(power−2) / d²).
struct normalise_row_backward {
  using shared = no_shared;
  float const *x, *gradient;
  float* out;
  index_t columns;
  row_norm norm;
  bool add;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, index_t row) const {
    float const *v = x + row * columns, *h = gradient + row * columns;
    float* to = out + row * columns;
    double const n = std::sqrt(row_square(team, v, columns));
    double dot = 0;
    team.for_each(columns, [&](index_t j) { dot += static_cast<double>(v[j]) * static_cast<double>(h[j]); });
    dot = team.reduce(dot, plus{});
    double const below = std::pow(n, norm.power) + norm.eps;
    double const along = below == 0 ? 0 : norm.scale / below;
    double const across = n == 0 ? 0 : along * norm.power * std::pow(n, norm.power - 2) * dot / below;
    team.for_each(columns, [&](index_t j) {
      auto const g = static_cast<float>(along * static_cast<double>(h[j]) - across * static_cast<double>(v[j]));
      to[j] = add ? to[j] + g : g;
    });
  }
};

}  // namespace detail

/// y[i] = N(x[i]) for every row. The arrays have the same shape and may be the same array. Norms in double.
template <backend Backend>
void normalise_rows(Backend& exec, tensor_view<float const> x, tensor_view<float> y, row_norm norm = {}) {
  ACSL_EXPECTS(x.extents() == y.extents(), "normalised rows have the shape of the rows", x.extents(), y.extents());
  if (x.empty()) return;
  exec.for_each_row(x.rows(), detail::normalise_row{x.data(), y.data(), x.columns(), norm});
}
template <backend Backend>
tensor<float> normalise_rows(Backend& exec, tensor_view<float const> x, row_norm norm = {}) {
  tensor<float> y(x.extents(), exec.memory());
  normalise_rows(exec, x, y.view(), norm);
  return y;
}

/// The gradient by x of `normalise_rows` from that by its result, written to `out` or added to it. A row of norm 0 has
/// the gradient scale · h / eps, or 0 where eps is 0. @pre power > 0
template <backend Backend>
void normalise_rows_backward(Backend& exec, tensor_view<float const> x, tensor_view<float const> gradient,
                             tensor_view<float> out, row_norm norm, bool add) {
  ACSL_EXPECTS(x.size() == gradient.size() && x.size() == out.size(), "rows and gradients have one size", x.extents(),
               gradient.extents(), out.extents());
  if (x.empty()) return;
  exec.for_each_row(x.rows(),
                    detail::normalise_row_backward{x.data(), gradient.data(), out.data(), x.columns(), norm, add});
}

}  // namespace acsl
