// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <cmath>
#include <set>
#include <string>
#include <support/numbers.hpp>
#include <utility>

namespace suppression {

using labels_type = std::vector<std::int32_t>;

inline acsl::tensor_view<std::int32_t const> view(labels_type const& labels) {
  return {labels.data(), {static_cast<acsl::index_t>(labels.size())}};
}

// Worked by hand: categories r, c, f, f; one background row, so that the rare and common subsets are empty.
TEST_CASE("the case worked by hand: three rows, five columns") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> logits({3, 5}), gradient({3, 5});
  float const z[] = {1.0F, 0.5F, 0.2F, -1.0F, 2.0F, 0.3F, 3.0F, 1.5F, -0.5F, 0.9F, -2.0F, 0.9F, 0.0F, 1.2F, -0.4F};
  std::copy(std::begin(z), std::end(z), logits.data());
  labels_type const labels = {2, 0, 4};
  acsl::adaptive_class_suppression loss(acsl::class_statistics::from_groups("rcff"));
  auto const result =  // views of mutable logits serve as well
      loss.evaluate(exec, logits.view(), view(labels), gradient.view(), acsl::random_key{3});
  CHECK(result.value == doctest::Approx(3.3084554218976003).epsilon(1e-6));
  CHECK(result.divisor == 3);
  std::vector<double> const wanted = {0.24368620, 0, -0.15005535, 0, 0.29359901, -0.14185250, 0, 0, 0.12584689,
                                      0.23698317, 0, 0.23698317,  0, 0.25617495, -0.19956255};
  CHECK(test::excess(gradient, wanted, 1e-5) <= 1e-8);
}

/// The definition, row by row and column by column, in double, for subsets that are read off the gradient.
TEST_CASE("background rows train rare, common and frequent columns in the shares asked for") {
  ACSL_TEST_BACKEND exec;
  std::string letters;
  for (int i = 0; i < 30; ++i) letters += "rcf"[i % 3];
  acsl::adaptive_class_suppression loss(acsl::class_statistics::from_groups(letters.c_str()));
  auto const logits = test::noise({260, 31}, 1);
  labels_type labels(260, 0);
  for (std::size_t i = 0; i < 10; ++i) labels[26 * i] = static_cast<std::int32_t>(i + 1);  // 250 background rows
  acsl::tensor<float> gradient({260, 31});
  loss.evaluate(exec, std::as_const(logits).view(), view(labels), gradient.view(), acsl::random_key{11});
  for (acsl::index_t column = 0; column < 31; ++column) {
    int trained = 0;
    for (acsl::index_t row = 0; row < 260; ++row)
      trained += labels[static_cast<std::size_t>(row)] == 0 && gradient[row * 31 + column] != 0;
    char const group = column == 0 ? 'b' : letters[static_cast<std::size_t>(column - 1)];
    CAPTURE(column);
    CHECK(trained == (group == 'r' ? 2 : group == 'c' ? 25 : 250));
  }
  for (acsl::index_t row = 0; row < 260; ++row) {  // every class of a group has the same rows
    if (labels[static_cast<std::size_t>(row)] != 0) continue;
    for (acsl::index_t column = 4; column < 31; ++column)
      CHECK((gradient[row * 31 + column] != 0) == (gradient[row * 31 + column - 3] != 0));
  }
}

TEST_CASE("foreground rows suppress what they confuse, in double loops") {
  ACSL_TEST_BACKEND exec;
  acsl::suppression_options options;
  options.threshold = 0.55;
  options.mode = acsl::suppression_mode::paper;
  acsl::adaptive_class_suppression loss(acsl::class_statistics::from_groups("rcfrcfrcf"), options);
  auto const logits = test::noise<double>({50, 10}, 31, 2);
  labels_type labels;
  for (int i = 0; i < 50; ++i) labels.push_back(i % 10);
  acsl::tensor<double> gradient({50, 10});
  auto const found =
      loss.evaluate(exec, std::as_const(logits).view(), view(labels), gradient.view(), acsl::random_key{1});
  double value = 0;
  for (acsl::index_t i = 0; i < 50; ++i)
    for (acsl::index_t j = 0; j < 10; ++j) {
      double const p = 1 / (1 + std::exp(-logits[i * 10 + j]));
      bool const target = j == labels[static_cast<std::size_t>(i)], confused = p >= 0.55;
      if (target || confused) value -= std::log(target ? p : 1 - p) / 50;
      double const slope = target ? p - 1 : confused ? p : 0;
      CHECK(gradient[i * 10 + j] == doctest::Approx(slope / 50).epsilon(1e-12));
    }
  CHECK(found.value == doctest::Approx(value).epsilon(1e-12));
}

TEST_CASE("the subsets of background rows depend on the key alone, and are uniform") {
  acsl::suppression_options options;
  options.background_fractions = {0.25, 0.5, 1};
  acsl::suppression_weight const weight(acsl::class_statistics::from_groups("rcf"), options);
  labels_type labels(44, 0);
  for (std::size_t i = 0; i < 4; ++i) labels[11 * i] = 1;
  std::vector<int> rare(44, 0);
  std::set<std::vector<int>> seen;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    auto const plan = weight.plan(view(labels), 4, acsl::random_key{seed}, {});
    auto const again = weight.plan(view(labels), 4, acsl::random_key{seed}, {});
    int counts[3] = {};
    std::vector<int> chosen;
    for (std::size_t i = 0; i < 44; ++i) {
      CHECK(plan.rows[i].groups == again.rows[i].groups);
      if (labels[i] != 0) CHECK(plan.rows[i].groups == 0);
      for (int g = 0; g < 3; ++g) counts[g] += plan.rows[i].groups >> g & 1;
      rare[i] += plan.rows[i].groups & 1;
      chosen.push_back(plan.rows[i].groups);
    }
    CHECK(counts[0] == 10);
    CHECK(counts[1] == 20);
    CHECK(counts[2] == 40);
    seen.insert(chosen);
  }
  CHECK(seen.size() == 400);
  for (std::size_t i = 0; i < 44; ++i)  // 400 draws with probability 1/4: standard deviation 8.7
    if (labels[i] == 0) CHECK(std::abs(rare[i] - 100) < 45);
}

TEST_CASE("a class of unknown frequency is trained by no background row") {
  ACSL_TEST_BACKEND exec;
  acsl::class_statistics classes = acsl::class_statistics::from_groups("ff");
  classes.frequency[1] = 0;
  acsl::adaptive_class_suppression loss(classes);
  auto const logits = test::noise({5, 3}, 2);
  acsl::tensor<float> gradient({5, 3});
  loss.evaluate(exec, std::as_const(logits).view(), view({0, 0, 0, 0, 0}), gradient.view(), acsl::random_key{1});
  for (acsl::index_t i = 0; i < 5; ++i) {
    CHECK(gradient[3 * i + 1] != 0);
    CHECK(gradient[3 * i + 2] == 0);
  }
}

TEST_CASE("thresholds and fractions outside their ranges are refused") {
  auto const classes = acsl::class_statistics::from_groups("rcf");
  acsl::suppression_options options;
  options.threshold = 1;
  CHECK_THROWS_WITH_AS(acsl::adaptive_class_suppression(classes, options),
                       doctest::Contains("threshold must lie in (0, 1)"), acsl::error);
  options.threshold = 0.7;
  options.background_fractions[1] = 1.5;
  CHECK_THROWS_WITH_AS(acsl::adaptive_class_suppression(classes, options),
                       doctest::Contains("a background fraction lies in [0, 1]"), acsl::error);
  acsl::suppression_weight const weight(classes);
  labels_type const labels = {0, 1, 0};
  acsl::explicit_choices choices;
  choices.rows = {{1}, {}, {}};
  acsl::loss_arguments extra;
  extra.choices = &choices;
  CHECK_THROWS_WITH_AS(static_cast<void>(weight.plan(view(labels), 4, acsl::random_key{1}, extra)),
                       doctest::Contains("a kept row is a background row"), acsl::error);
  choices.rows.pop_back();
  CHECK_THROWS_WITH_AS(static_cast<void>(weight.plan(view(labels), 4, acsl::random_key{1}, extra)),
                       doctest::Contains("three lists of background rows"), acsl::error);
  CHECK_THROWS_WITH_AS(weight.expect_classes(4), doctest::Contains("one frequency group per foreground class"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(acsl::class_statistics::from_groups("rcx"), doctest::Contains("a frequency group is r, c or f"),
                       acsl::error);
}

}  // namespace suppression
