// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/losses/stable.hpp>
#include <cmath>
#include <limits>

namespace {

TEST_CASE("sigmoid, softplus and cross-entropy are exact in the limits and never overflow") {
  for (double const x : {-1e4, -700.0, -80.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 36.0, 80.0, 700.0, 1e4}) {
    CAPTURE(x);
    auto const wide = static_cast<long double>(x);
    CHECK(acsl::sigmoid(x) == doctest::Approx(static_cast<double>(1 / (1 + std::exp(-wide)))).epsilon(1e-14));
    CHECK(acsl::softplus(x) ==
          doctest::Approx(static_cast<double>(std::max(wide, 0.0L) + std::log1p(std::exp(-std::abs(wide)))))
              .epsilon(1e-14));
    CHECK(acsl::bce(x, 1.0) == doctest::Approx(acsl::softplus(-x)).epsilon(1e-12));
    CHECK(std::isfinite(acsl::sigmoid(static_cast<float>(x))));
    CHECK(std::isfinite(acsl::softplus(static_cast<float>(x))));
  }
  CHECK(acsl::sigmoid(-1e4) == 0);
  CHECK(acsl::sigmoid(1e4) == 1);
  CHECK(acsl::softplus(-1e4) == 0);
  CHECK(acsl::softplus(1e4) == 1e4);
  CHECK(std::isnan(acsl::softplus(std::numeric_limits<double>::quiet_NaN())));
  CHECK(std::isnan(acsl::sigmoid(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("smooth L1 gives the values worked by hand, and its slope is its derivative") {
  double const d[] = {0.05, -0.2, 1.5, 0};
  double const ninth[] = {0.01125, 0.1444444444444444, 1.4444444444444444, 0}, one[] = {0.00125, 0.02, 1.0, 0};
  for (int i = 0; i < 4; ++i) {
    CHECK(acsl::smooth_l1_element{1.0 / 9}(d[i]).value == doctest::Approx(ninth[i]).epsilon(1e-12));
    CHECK(acsl::smooth_l1_element{1}(d[i]).value == doctest::Approx(one[i]).epsilon(1e-12));
  }
  for (double const beta : {1.0, 1.0 / 9, 0.0})
    for (double const x : {-2.0, -0.3, -0.01, 0.02, 0.7, 3.0}) {
      acsl::smooth_l1_element const element{beta};
      double const numeric = (element(x + 1e-7).value - element(x - 1e-7).value) / 2e-7;
      CHECK(element(x).slope == doctest::Approx(numeric).epsilon(1e-6));
    }
  CHECK(acsl::smooth_l1_element{0}(0.25).value == 0.25);  // plain L1
  CHECK(acsl::l1_element{}(-0.25).slope == -1);
  CHECK(acsl::l1_element{}(0.0).slope == 0);
}

TEST_CASE("an unknown loss is refused with the list of the known ones") {
  auto const classes = acsl::class_statistics::from_groups("rcf");
  CHECK_THROWS_WITH_AS(
      acsl::make_classification_loss({.name = "hinge"}, classes),
      doctest::Contains("\"hinge\"; known: softmax_cross_entropy, sigmoid_cross_entropy, adaptive_class_suppression, "),
      acsl::error);
  CHECK_THROWS_WITH_AS(acsl::make_classification_loss({.name = "drop", .mode = "official"}, classes),
                       doctest::Contains("no mode \"official\" of drop; it has code, paper, deterministic"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(acsl::make_classification_loss({.name = "focal", .parameters = {"gama=1"}}, classes),
                       doctest::Contains("focal has no parameter \"gama\"; it has gamma, alpha"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::make_classification_loss({.name = "focal", .parameters = {"gamma"}}, classes),
                       doctest::Contains("a parameter reads name=number"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::make_classification_loss({.name = "equalization"}, classes),
                       doctest::Contains("the statistics hold the number of training images"), acsl::error);
}

TEST_CASE("parameters of a loss reach it") {
  auto const classes = acsl::class_statistics::from_groups("rcf");
  auto const prior = [&](acsl::loss_choice const& choice) { return acsl::make_classification_loss(choice, classes); };
  auto const half = prior({.name = "focal", .parameters = {"gamma=0.5"}});
  CHECK(std::get<acsl::focal>(half.get()).element().on_device(0, acsl::row_plan{}, 3).gamma == 0.5);
  for (auto const& wrong : {std::vector<std::string>{"gamma=3", "gamma=0.5"}, {"gamma=nan"}, {"gamma=-inf"}})
    CHECK_THROWS_AS(prior({.name = "focal", .parameters = wrong}), acsl::error);
  CHECK(prior({.name = "seesaw"}).columns(3) == 5);
  CHECK(prior({.name = "equalized_focal"}).columns(3) == 3);
  CHECK(prior({.name = "equalization_v2"}).columns(3) == 4);
}

TEST_CASE("classifiers start where their loss asks") {
  auto const classes = acsl::class_statistics::from_groups("rcf");
  CHECK(acsl::softmax_cross_entropy{}.prior().bias == 0);
  CHECK(acsl::adaptive_class_suppression(classes).prior().bias == doctest::Approx(-4.59511985013459));
  acsl::sigmoid_cross_entropy const rare(acsl::weighted_bce<acsl::unit_weight>(acsl::unit_weight({}, 0.001)));
  CHECK(rare.prior().bias == doctest::Approx(std::log(0.001 / 0.999)));
  CHECK(rare.prior().weight_std == 0.01);
  CHECK(rare.columns(1230) == 1231);
  CHECK_THROWS_AS(acsl::unit_weight({}, 0), acsl::error);
}

TEST_CASE("frequency groups follow the number of training images") {
  CHECK(acsl::frequency_of(1) == 'r');
  CHECK(acsl::frequency_of(10) == 'r');
  CHECK(acsl::frequency_of(11) == 'c');
  CHECK(acsl::frequency_of(100) == 'c');
  CHECK(acsl::frequency_of(101) == 'f');
}

}  // namespace
