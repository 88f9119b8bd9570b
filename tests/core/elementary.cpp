// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/elementary.hpp>
#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace {

float const infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

/// The largest error of f against the standard function in double over [low, high], relative beyond `from`.
template <class F, class Exact>
double worst(double low, double high, F f, Exact exact, double from = 0) {
  double result = 0;
  for (int i = 0; i <= 400000; ++i) {
    auto const x = static_cast<float>(low + (high - low) * i / 400000);
    double const wanted = exact(double{x}), size = std::max(std::abs(wanted), from);
    if (size > 0) result = std::max(result, std::abs(double{f(x)} - wanted) / size);
  }
  return result;
}

TEST_CASE("elementary functions are as exact as they say") {
  auto const exponential = [](float x) { return acsl::exponential(x); };
  CHECK(worst(-87.3, 88.3, exponential, [](double x) { return std::exp(x); }) < 1.2e-7);
  auto const bounded = [](float x) { return acsl::exponential_bounded(x); };
  CHECK(worst(-87, 88, bounded, [](double x) { return std::exp(x); }) < 1.2e-7);
  auto const share = [](float x) { return acsl::exponential_share(x); };
  CHECK(worst(-64, 0, share, [](double x) { return std::exp(x); }) < 1.2e-7);
  auto const minus_one = [](float x) { return acsl::exponential_minus_one(x); };
  CHECK(worst(-20, 20, minus_one, [](double x) { return std::expm1(x); }) < 3e-7);
  CHECK(worst(-1e-4, 1e-4, minus_one, [](double x) { return std::expm1(x); }) < 3e-7);
  auto const one_plus = [](float x) { return acsl::logarithm_one_plus(x); };
  CHECK(worst(0, 1, one_plus, [](double x) { return std::log1p(x); }) < 3e-7);
  CHECK(worst(0, 1e-6, one_plus, [](double x) { return std::log1p(x); }) < 3e-7);
  auto const logarithm = [](float x) { return acsl::logarithm(x); };
  CHECK(worst(
            1e-6, 2, logarithm, [](double x) { return std::log(x); }, 1) < 2e-7);
  CHECK(worst(2, 1e6, logarithm, [](double x) { return std::log(x); }) < 2e-7);
  auto const inside = [](float x) { return acsl::logarithm_bounded(x); };
  CHECK(worst(2, 1e6, inside, [](double x) { return std::log(x); }) < 2e-7);
  CHECK(double{acsl::logarithm(1.2e-38F)} == doctest::Approx(std::log(1.2e-38)).epsilon(1e-6));
}

TEST_CASE("elementary functions at the ends") {
  CHECK(acsl::exponential(0.0F) == 1);
  CHECK(acsl::exponential(-infinity) == 0);
  CHECK(acsl::exponential(-1e30F) == 0);
  CHECK(acsl::exponential(infinity) == infinity);
  CHECK(acsl::exponential_share(0.0F) == 1);
  CHECK(acsl::exponential_share(-64.5F) == 0);
  CHECK(acsl::exponential_share(-infinity) == 0);
  CHECK(acsl::exponential_minus_one(0.0F) == 0);
  CHECK(acsl::exponential_minus_one(-infinity) == -1);
  CHECK(acsl::logarithm_one_plus(0.0F) == 0);
  CHECK(acsl::logarithm(1.0F) == 0);
  CHECK(acsl::logarithm(0.0F) == -infinity);
  CHECK(acsl::logarithm(infinity) == infinity);
  CHECK(std::isnan(acsl::logarithm(-1.0F)));
  for (float (*f)(float) :
       {acsl::exponential<float>, acsl::exponential_bounded<float>, acsl::exponential_share<float>,
        acsl::exponential_minus_one<float>, acsl::logarithm_one_plus<float>, acsl::logarithm<float>})
    CHECK(std::isnan(f(nan)));
}

TEST_CASE("blend chooses, bits and all") {
  CHECK(acsl::blend(true, 1.0F, nan) == 1);
  CHECK(acsl::blend(false, nan, 1.0F) == 1);
  CHECK(std::signbit(acsl::blend(true, -0.0F, 1.0F)));
  CHECK(acsl::blend(false, 1.0, 2.0) == 2);
}

}  // namespace
