// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/losses/harmonised_l1.hpp>
#include <cmath>
#include <support/golden.hpp>

namespace {

TEST_CASE_TEMPLATE("the harmonised box loss equals its vector", T, double, float) {
  double const absolute = sizeof(T) == 8 ? 1e-12 : 1e-6, relative = sizeof(T) == 8 ? 1e-10 : 2e-5;
  auto const vectors = test::golden("losses/loss-vectors.json").at("vectors");
  int cases = 0;
  for (std::size_t k = 0; k < vectors.size(); ++k) {
    auto const entry = vectors.at(k);
    if (entry.at("id").text() != "reg.ghmr") continue;
    ++cases;
    auto const prediction = test::golden_tensor<T>(entry.at("pred")),
               target = test::golden_tensor<T>(entry.at("target"));
    std::vector<T> d;
    for (acsl::index_t i = 0; i < prediction.size(); ++i) d.push_back(prediction[i] - target[i]);
    auto const wanted = acsl::numbers_of(entry.at("expected").at("grad"));
    acsl::harmonised_l1 loss;
    auto const result = loss.evaluate(std::span<T const>(d), std::span<T>(d));  // in place
    double const value = entry.at("expected").at("loss").number();
    CHECK(std::abs(result.value - value) <= absolute + relative * value);
    CHECK(result.divisor == entry.at("normalizer").at("value").number());
    for (std::size_t i = 0; i < d.size(); ++i)
      CHECK(std::abs(static_cast<double>(d[i]) - wanted[i]) <= absolute + relative * std::abs(wanted[i]));
  }
  CHECK(cases == 1);
}

TEST_CASE("the harmonised box loss: no coordinate, a NaN, momentum, a corner that is none") {
  acsl::harmonised_l1 loss(0.02, {.momentum = 0.75});
  CHECK(loss.evaluate(std::span<double const>(), std::span<double>()).value == 0);
  std::vector<double> const one = {0.5, std::nan("")};
  CHECK(std::isnan(loss.evaluate(std::span<double const>(one), std::span<double>()).value));
  std::vector<double> state;
  loss.visit_state([&](std::string const& name, std::vector<double>& values) {
    CHECK(name == "acc_sum");
    state = values;
  });
  CHECK(state.front() == 0.25);  // the NaN
  CHECK(state.back() == 0.25);
  CHECK_THROWS_WITH_AS(acsl::harmonised_l1(0), doctest::Contains("the corner of the loss is positive"), acsl::error);
}

TEST_CASE("the harmonised box loss: a derivative by central differences inside a bucket") {
  std::vector<double> const d = {0.001, 0.3, -0.02, 1.5};
  std::vector<double> gradient(d.size());
  acsl::harmonised_l1{}.evaluate(std::span<double const>(d), std::span<double>(gradient));
  for (std::size_t i = 0; i < d.size(); ++i) {
    auto const at = [&](double shift) {
      auto moved = d;
      moved[i] += shift;
      return acsl::harmonised_l1{}.evaluate(std::span<double const>(moved), std::span<double>()).value;
    };
    CHECK((at(1e-7) - at(-1e-7)) / 2e-7 == doctest::Approx(gradient[i]).epsilon(1e-5));
  }
}

}  // namespace
