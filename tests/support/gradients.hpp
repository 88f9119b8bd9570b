// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/backend/concepts.hpp>
#include <acsl/core/parameter.hpp>
#include <cmath>
#include <string>
#include <support/numbers.hpp>
#include <type_traits>
#include <vector>

/// Gradients against central differences of a loss, for backends whose memory the host reaches.
namespace test {

/// Σ r·y in double: a loss whose gradient by y is r.
template <class R, class Y>
double projection(R const& r, Y const& y) {
  double sum = 0;
  for (acsl::index_t i = 0; i < static_cast<acsl::index_t>(y.size()); ++i)
    sum += static_cast<double>(r.data()[i]) * static_cast<double>(y.data()[i]);
  return sum;
}

/// (loss(x + h) − loss(x − h)) / 2h for `probes` elements of x spread over it, in double; x is restored.
/// Steps are what the float numbers really moved.
///
/// @param kink elements whose two one-sided differences disagree by more than this share lie at a kink (of a relu,
/// say),
///             where there is no derivative to compare with: left out, at most a quarter of them. 0: none is left out
template <class T, class Loss>
void compare_with_differences(std::string const& what, acsl::tensor_view<T> x, std::vector<double> const& analytic,
                              Loss&& loss, double step, double tolerance, acsl::index_t probes = 60, double kink = 0) {
  REQUIRE(x.size() == static_cast<acsl::index_t>(analytic.size()));
  struct probe {
    acsl::index_t at;
    double central, left, right;
  };
  std::vector<probe> all;
  double const here = kink > 0 ? loss() : 0;
  double square = 0;
  for (acsl::index_t i = 0; i < x.size(); i += std::max<acsl::index_t>(1, x.size() / probes)) {
    T const before = x[i];
    T const above = before + static_cast<T>(step), below = before - static_cast<T>(step);
    x[i] = above;
    double const high = loss();
    x[i] = below;
    double const low = loss();
    x[i] = before;
    double const up = static_cast<double>(above) - static_cast<double>(before);
    double const down = static_cast<double>(before) - static_cast<double>(below);
    all.push_back({i, (high - low) / (up + down), (here - low) / down, (high - here) / up});
    square += all.back().central * all.back().central;
  }
  double const typical = std::sqrt(square / static_cast<double>(all.size()));
  double error = 0, size = 0, worst = 0;
  std::size_t kinks = 0;
  std::string where;
  for (auto const& one : all) {
    if (kink > 0 && std::abs(one.right - one.left) > kink * (std::abs(one.central) + typical)) {
      ++kinks;
      continue;
    }
    double const found = analytic[static_cast<std::size_t>(one.at)], difference = std::abs(one.central - found);
    error += difference * difference;
    size += one.central * one.central;
    if (difference > worst) {
      worst = difference;
      where = std::to_string(one.at) + ": analytic " + std::to_string(found) + ", differences " +
              std::to_string(one.central);
    }
  }
  INFO(what << ": error " << std::sqrt(error) << " of " << std::sqrt(size) << "; worst at " << where);
  CHECK(std::sqrt(error) <= tolerance * std::sqrt(size) + 1e-6);
  CHECK(size > 0);
  CHECK(4 * kinks <= all.size());
}

inline std::vector<double> as_doubles(acsl::tensor_view<float const> x, double minus = 0) {
  std::vector<double> result;
  for (float const value : x) result.push_back(static_cast<double>(value) - minus);
  return result;
}

/// Checks a layer's backward against central differences of Σ r·forward(x): the input's gradient, and every trainable
/// parameter's, which must be added to what was there. Errors are norms over the probed elements relative to the norm
/// of the gradient, so that the kink of a single relu does not count and a wrong formula does.
///
/// @param forward  (x) -> tensor, keeps what backward needs
/// @param backward (output gradient) -> tensor, the input's gradient
template <acsl::backend Exec, class Layer, class Forward, class Backward>
void check_gradients(Exec& exec, Layer& layer, acsl::tensor<float>& x, Forward forward, Backward backward,
                     double step = 1e-2, double tolerance = 2e-3, double kink = 0) {
  constexpr float before = 0.25F;
  layer.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
    if (!p.trainable) return;
    p.require_gradient();
    exec.fill(p.gradient.view(), before);
  });
  auto const y = forward(x.view());
  auto const r = noise(y.extents(), 91);
  auto const dx = backward(r.view());
  auto const loss = [&] { return projection(r, forward(x.view())); };
  REQUIRE(dx.extents() == x.extents());
  compare_with_differences("input", x.view(), as_doubles(dx.view()), loss, step, tolerance, 60, kink);
  layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    if (p.trainable)
      compare_with_differences(name, p.value.view(), as_doubles(p.gradient.view(), double{before}), loss, step,
                               tolerance, 60, kink);
  });
}

/// Normal numbers into every learned parameter (scaled), and positive ones into running variances.
template <class Layer>
void fill_parameters(Layer& layer, std::uint64_t seed, double scale = 0.3) {
  layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    auto const values = noise(p.extents(), seed++, scale);
    for (acsl::index_t i = 0; i < values.size(); ++i) {
      float const v = values[i];
      p.value[i] = name.ends_with("running_var") ? 0.5F + v * v : v;
    }
  });
}

/// Gradient memory for what learns, filled with zero.
template <class Exec, class Model>
void zero_gradients(Exec& exec, Model& model) {
  model.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
    if (!p.trainable) return;
    p.require_gradient();
    exec.fill(p.gradient.view(), 0.0F);
  });
}

/// f(one, two) with backends of one and of two threads, where a backend can be told.
template <class Exec, class F>
void with_one_and_two_threads(F f) {
  if constexpr (std::is_constructible_v<Exec, int>) {
    Exec one(1), two(2);
    f(one, two);
  }
}

}  // namespace test
