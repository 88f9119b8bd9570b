// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/any_classification_loss.hpp>
#include <cmath>
#include <limits>
#include <support/gradients.hpp>
#include <support/numbers.hpp>
#include <utility>

/// What every classification loss promises, whatever it computes.
namespace loss_promises {

using labels_type = std::vector<std::int32_t>;

inline acsl::tensor_view<std::int32_t const> view(labels_type const& labels) {
  return {labels.data(), {static_cast<acsl::index_t>(labels.size())}};
}
template <class T>
acsl::tensor_view<T const> view(acsl::tensor<T> const& x) {
  return x.view();
}

/// The shipped losses for `classes` foreground classes, in groups r, c, f, r, c, f, …
inline std::vector<std::pair<std::string, acsl::any_classification_loss>> all(acsl::index_t classes) {
  std::string letters;
  for (acsl::index_t i = 0; i < classes; ++i) letters += "rcf"[i % 3];
  auto const statistics = acsl::class_statistics::from_groups(letters);
  acsl::suppression_options wide, paper;
  wide.background_fractions = {0.3, 0.6, 1.0};
  paper.mode = acsl::suppression_mode::paper;
  return {{"softmax", acsl::make_classification_loss("softmax_cross_entropy", statistics)},
          {"sigmoid", acsl::make_classification_loss("sigmoid_cross_entropy", statistics)},
          {"official", acsl::make_classification_loss("adaptive_class_suppression", statistics)},
          {"wide", acsl::make_classification_loss("adaptive_class_suppression", statistics, wide)},
          {"paper", acsl::make_classification_loss("adaptive_class_suppression", statistics, paper)}};
}

inline labels_type some_labels(acsl::index_t rows, acsl::index_t columns, std::uint64_t seed) {
  labels_type result;
  acsl::random_key const key{seed};
  for (acsl::index_t i = 0; i < rows; ++i) {
    auto const n = static_cast<std::uint64_t>(i);
    bool const background = key.uniform(2 * n) < 0.5;
    result.push_back(background ? 0
                                : static_cast<std::int32_t>(key.below(2 * n + 1, static_cast<std::uint64_t>(columns))));
  }
  return result;
}

template <class T>
struct outcome {
  acsl::loss_result result;
  acsl::tensor<T> gradient;
};
template <class T, class Exec, class Loss>
outcome<T> run(Exec& exec, Loss const& loss, acsl::tensor<T> const& logits, labels_type const& labels,
               acsl::loss_arguments const& extra = {}, std::uint64_t seed = 5) {
  outcome<T> one{{}, acsl::tensor<T>(logits.extents())};
  for (T& g : one.gradient.view()) g = T(77);
  one.result = loss.evaluate(exec, view(logits), view(labels), one.gradient.view(), acsl::random_key{seed}, extra);
  return one;
}

TEST_CASE("gradients of losses equal central differences") {
  ACSL_TEST_BACKEND exec;
  for (auto const& [name, loss] : all(9)) {
    CAPTURE(name);
    auto logits = test::noise<double>({12, 10}, 3, 2);
    for (double& z : logits.view())  // away from the suppression threshold, where the loss jumps
      if (std::abs(z - 0.8473) < 1e-3) z = 0.9;
    auto labels = some_labels(12, 10, 4);
    labels[3] = -1;
    std::vector<float> weights(12, 1.0F);
    weights[0] = 0.25F;
    weights[5] = 3;
    weights[7] = 0;
    acsl::loss_arguments extra;
    extra.row_weights = {weights.data(), {12}};
    auto const one = run(exec, loss, logits, labels, extra);
    auto const value = [&] {
      return loss.evaluate(exec, view(logits), view(labels), acsl::tensor_view<double>(), acsl::random_key{5}, extra)
          .value;
    };
    CHECK(value() == one.result.value);
    std::vector<double> const analytic(one.gradient.data(), one.gradient.data() + one.gradient.size());
    test::compare_with_differences("logits", logits.view(), analytic, value, 1e-6, 1e-7, 120);
  }
}

TEST_CASE("the gradient's scale multiplies the gradient and not the value") {
  ACSL_TEST_BACKEND exec;
  for (auto const& [name, loss] : all(4)) {
    CAPTURE(name);
    auto const logits = test::noise<double>({6, 5}, 8);
    auto const labels = some_labels(6, 5, 9);
    auto const plain = run(exec, loss, logits, labels);
    acsl::loss_arguments quarter;
    quarter.gradient_scale = 0.25;
    auto const scaled = run(exec, loss, logits, labels, quarter);
    CHECK(scaled.result.value == plain.result.value);
    for (acsl::index_t i = 0; i < logits.size(); ++i)
      CHECK(scaled.gradient[i] == doctest::Approx(0.25 * plain.gradient[i]).epsilon(1e-14));
    acsl::loss_arguments divided;
    divided.divisor = 2 * plain.result.divisor;
    auto const halved = run(exec, loss, logits, labels, divided);
    CHECK(halved.result.divisor == divided.divisor);
    CHECK(halved.result.value == doctest::Approx(plain.result.value / 2).epsilon(1e-14));
  }
}

TEST_CASE("no rows, only ignored rows and only background rows give finite losses") {
  ACSL_TEST_BACKEND exec;
  for (auto const& [name, loss] : all(4)) {
    CAPTURE(name);
    auto const none = run(exec, loss, acsl::tensor<float>({0, 5}), {});
    CHECK(none.result.value == 0);
    CHECK(none.result.divisor == 1);

    auto const logits = test::noise({7, 5}, 2);
    auto const ignored = run(exec, loss, logits, labels_type(7, -1));
    CHECK(ignored.result.value == 0);
    CHECK(ignored.result.divisor == 1);
    CHECK(test::largest_magnitude(ignored.gradient) == 0);

    auto const background = run(exec, loss, logits, labels_type(7, 0));
    CHECK(std::isfinite(background.result.value));
    CHECK(background.result.value > 0);
    CHECK(background.result.divisor == 7);
    CHECK(test::largest_magnitude(background.gradient) > 0);
  }
}

TEST_CASE("an ignored row is as if it were not there, a row weight multiplies its row") {
  ACSL_TEST_BACKEND exec;
  for (auto const& [name, loss] : all(4)) {
    CAPTURE(name);
    if (name == "wide") continue;  // draws among the background rows, of which the copy has others
    auto const logits = test::noise<double>({5, 5}, 21, 2);
    labels_type const labels = {2, -1, 0, 4, -7};
    auto const whole = run(exec, loss, logits, labels);
    acsl::tensor<double> fewer({3, 5});
    std::size_t const rows[] = {0, 2, 3};
    for (acsl::index_t i = 0; i < 3; ++i)
      for (acsl::index_t j = 0; j < 5; ++j)
        fewer[i * 5 + j] = logits[static_cast<acsl::index_t>(rows[static_cast<std::size_t>(i)]) * 5 + j];
    auto const part = run(exec, loss, fewer, {2, 0, 4});
    CHECK(whole.result.value == doctest::Approx(part.result.value).epsilon(1e-14));
    CHECK(whole.result.divisor == 3);
    for (acsl::index_t j = 0; j < 5; ++j) {
      CHECK(whole.gradient[5 + j] == 0);
      CHECK(whole.gradient[20 + j] == 0);
      CHECK(whole.gradient[15 + j] == part.gradient[10 + j]);
    }
    // Weight 2 on every row doubles value and gradient.
    std::vector<float> const twice(5, 2.0F);
    acsl::loss_arguments extra;
    extra.row_weights = {twice.data(), {5}};
    auto const doubled = run(exec, loss, logits, labels, extra);
    CHECK(doubled.result.value == doctest::Approx(2 * whole.result.value).epsilon(1e-14));
    CHECK(doubled.gradient[0] == doctest::Approx(2 * whole.gradient[0]).epsilon(1e-14));
  }
}

TEST_CASE("logits of plus and minus 80 and beyond give finite losses and exact gradients") {
  ACSL_TEST_BACKEND exec;
  for (float const size : {80.0F, 10000.0F})
    for (auto const& [name, loss] : all(4)) {
      CAPTURE(name);
      CAPTURE(size);
      acsl::tensor<float> logits({2, 5});
      for (acsl::index_t i = 0; i < 10; ++i) logits[i] = i % 2 == 0 ? size : -size;
      labels_type const wrong = {1, 3};  // z[0, 1] = -size, z[1, 3] = +size: one certain miss, one certain hit
      auto const one = run(exec, loss, logits, wrong);
      CHECK(std::isfinite(one.result.value));
      CHECK(one.result.value >= double{size} / 2);
      CHECK(one.gradient[1] == doctest::Approx(-0.5));
      for (acsl::index_t i = 0; i < 10; ++i) {
        CHECK(std::isfinite(one.gradient[i]));
        CHECK(std::abs(one.gradient[i]) <= 0.5F);
      }
      acsl::tensor<float> scores({2, 5});
      loss.score(exec, view(logits), scores.view());
      for (float const s : scores.view()) {
        CHECK(s >= 0);
        CHECK(s <= 1);
      }
    }
}

TEST_CASE("a NaN or an infinite logit is never hidden, wherever it stands") {
  ACSL_TEST_BACKEND exec;
  for (auto const& [name, loss] : all(4))
    for (acsl::index_t at = 0; at < 10; ++at)  // row 0 is background, row 1 foreground
      for (float const bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        CAPTURE(name);
        CAPTURE(at);
        CAPTURE(bad);
        auto logits = test::noise({2, 5}, 5);
        logits[at] = bad;
        auto const one = run(exec, loss, logits, {0, 2});
        CHECK_FALSE(std::isfinite(one.result.value));
      }
}

TEST_CASE("labels, shapes and weights that do not fit are refused") {
  ACSL_TEST_BACKEND exec;
  for (auto const& [name, loss] : all(4)) {
    CAPTURE(name);
    auto const logits = test::noise({3, 5}, 1);
    CHECK_THROWS_WITH_AS(run(exec, loss, logits, {0, 5, 1}),
                         doctest::Contains("a label is below the number of columns"), acsl::error);
    CHECK_THROWS_WITH_AS(run(exec, loss, logits, {0, 1}), doctest::Contains("one label per row"), acsl::error);
    acsl::tensor<float> small({2, 5});
    labels_type const labels = {0, 1, 2};
    CHECK_THROWS_WITH_AS(
        loss.evaluate(exec, view(logits), view(labels), small.view(), acsl::random_key{1}, acsl::loss_arguments{}),
        doctest::Contains("the gradient is empty or has the logits' shape"), acsl::error);
    std::vector<float> weights = {1, 1};
    acsl::loss_arguments extra;
    extra.row_weights = {weights.data(), {2}};
    CHECK_THROWS_WITH_AS(run(exec, loss, logits, labels, extra), doctest::Contains("no row weights, or one per row"),
                         acsl::error);
    weights = {1, -0.5F, 1};
    extra.row_weights = {weights.data(), {3}};
    CHECK_THROWS_WITH_AS(run(exec, loss, logits, labels, extra), doctest::Contains("a row weight is not negative"),
                         acsl::error);
  }
  auto const wrong_classes =
      acsl::make_classification_loss("adaptive_class_suppression", acsl::class_statistics::from_groups("rcf"));
  CHECK_THROWS_WITH_AS(run(exec, wrong_classes, test::noise({3, 5}, 1), {0, 1, 2}),
                       doctest::Contains("one column per class and one for background"), acsl::error);
}

TEST_CASE("a single class and rows of many lengths agree with sums in double") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const columns : {2, 3, 31, 32, 33, 1231}) {
    CAPTURE(columns);
    auto const logits = test::noise({3, columns}, 17, 3);
    labels_type const labels = {0, static_cast<std::int32_t>(columns - 1), 1};
    double softmax = 0, sigmoid = 0;
    for (acsl::index_t i = 0; i < 3; ++i) {
      long double sum = 0;
      for (acsl::index_t j = 0; j < columns; ++j) {
        auto const z = static_cast<long double>(logits[i * columns + j]);
        sum += std::exp(z);
        sigmoid += static_cast<double>(std::log(1 + std::exp(z)) - (j == labels[static_cast<std::size_t>(i)] ? z : 0));
      }
      softmax += static_cast<double>(
          std::log(sum) - static_cast<long double>(logits[i * columns + labels[static_cast<std::size_t>(i)]]));
    }
    auto const a = run(exec, acsl::softmax_cross_entropy{}, logits, labels);
    CHECK(a.result.value == doctest::Approx(softmax / 3).epsilon(2e-6));
    auto const b = run(exec, acsl::sigmoid_cross_entropy{}, logits, labels);
    CHECK(b.result.value == doctest::Approx(sigmoid / 3).epsilon(2e-6));
  }
}

TEST_CASE("a loss chosen at run time is the loss itself, bit for bit") {
  ACSL_TEST_BACKEND exec;
  auto const statistics = acsl::class_statistics::from_groups("rcfrcfrcf");
  auto const logits = test::noise({40, 10}, 6, 2);
  auto const labels = some_labels(40, 10, 7);
  auto const same = [&](auto const& concrete, char const* name) {
    auto const chosen = acsl::make_classification_loss(name, statistics);
    CAPTURE(name);
    auto const a = run(exec, concrete, logits, labels), b = run(exec, chosen, logits, labels);
    CHECK(a.result.value == b.result.value);
    CHECK(test::same_bits(a.gradient, b.gradient));
    CHECK(concrete.columns(9) == chosen.columns(9));
    CHECK(concrete.prior().bias == chosen.prior().bias);
    acsl::tensor<float> p({40, 10}), q({40, 10});
    concrete.score(exec, view(logits), p.view());
    chosen.score(exec, view(logits), q.view());
    CHECK(test::same_bits(p, q));
  };
  same(acsl::softmax_cross_entropy{}, "softmax_cross_entropy");
  same(acsl::sigmoid_cross_entropy{}, "sigmoid_cross_entropy");
  same(acsl::adaptive_class_suppression(statistics), "adaptive_class_suppression");
}

TEST_CASE("losses have the same bits for one thread and for two") {
  test::with_one_and_two_threads<ACSL_TEST_BACKEND>([](auto& one, auto& two) {
    for (auto const& [name, loss] : all(300)) {
      CAPTURE(name);
      auto const logits = test::noise({512, 301}, 3, 2);
      auto const labels = some_labels(512, 301, 4);
      auto const a = run(one, loss, logits, labels), b = run(two, loss, logits, labels);
      CHECK(a.result.value == b.result.value);
      CHECK(test::same_bits(a.gradient, b.gradient));
    }
  });
}

TEST_CASE("the gradient of a sigmoid loss may overwrite the logits, that of a softmax loss may not") {
  ACSL_TEST_BACKEND exec;
  auto const labels = some_labels(9, 5, 12);
  for (auto const& [name, loss] : all(4)) {
    CAPTURE(name);
    auto logits = test::noise({9, 5}, 13);
    auto const apart = run(exec, loss, logits, labels);
    auto const in_place = [&, &chosen = loss] {
      return chosen.evaluate(exec, view(logits), view(labels), logits.view(), acsl::random_key{5}, {});
    };
    if (name == "softmax") {
      CHECK_THROWS_WITH_AS(in_place(), doctest::Contains("no aliasing"), acsl::error);
    } else {
      CHECK(in_place().value == apart.result.value);
      CHECK(test::same_bits(logits, apart.gradient));
    }
  }
}

}  // namespace loss_promises
