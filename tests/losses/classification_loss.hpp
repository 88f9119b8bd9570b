// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/loss_factory.hpp>
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

/// A loss to try, and where it differs from what most promise.
struct candidate {
  std::string name;
  acsl::any_classification_loss loss;
  bool by_row = false;            ///< draws by the number of a row: an ignored row before it changes the draw
  bool own_divisor = false;       ///< ignores the caller's divisor, and its own grows with the weights
  bool logits_in_factor = false;  ///< factors that are constants to the gradient are functions of the logits
};

/// Classes 1, 2, …: image counts on a power law, 10,000 images, groups r, c, f, r, c, f, …
inline acsl::class_statistics statistics_of(acsl::index_t classes) {
  std::string letters;
  for (acsl::index_t i = 0; i < classes; ++i) letters += "rcf"[i % 3];
  auto result = acsl::class_statistics::from_groups(letters.c_str());
  for (acsl::index_t i = 0; i < classes; ++i) {
    auto const n = 1 + static_cast<std::int64_t>(4000 / ((i + 1) * (i + 1)));
    result.image_count[static_cast<std::size_t>(i)] = n;
    result.instance_count[static_cast<std::size_t>(i)] = 3 * n;
  }
  result.images = 10000;
  return result;
}

/// The shipped losses for `classes` foreground classes.
inline std::vector<candidate> all(acsl::index_t classes) {
  using any = acsl::any_classification_loss;
  auto const s = statistics_of(classes);
  acsl::suppression_options wide, paper;
  wide.background_fractions = {0.3, 0.6, 1.0};
  paper.mode = acsl::suppression_mode::paper;
  std::vector<double> counts = {30000};
  for (auto const n : s.instance_count) counts.push_back(static_cast<double>(n));
  auto const tail = acsl::tail_columns(s, 0.05, acsl::column_layout::background_first);
  std::vector<candidate> result;
  auto const add = [&](char const* name, any::variant_type loss) -> candidate& {
    return result.emplace_back(candidate{name, any(std::move(loss))});
  };
  result.push_back({"softmax", acsl::make_classification_loss({.name = "softmax_cross_entropy"}, s)});
  result.push_back({"sigmoid", acsl::make_classification_loss({.name = "sigmoid_cross_entropy"}, s)});
  result.push_back({"official", acsl::make_classification_loss({.name = "adaptive_class_suppression"}, s)});
  result.push_back({"wide", any(acsl::adaptive_class_suppression(s, wide)), true});
  result.push_back({"paper", any(acsl::adaptive_class_suppression(s, paper))});
  add("softmax focal", acsl::softmax_focal{});
  add("logit adjustment", acsl::logit_adjustment(acsl::label_shares(s.instance_count, 0.75)));
  add("balanced softmax", acsl::balanced_softmax(counts));
  add("vector scaling", acsl::vector_scaling(counts));
  add("margins", acsl::label_distribution_aware_margin(s.instance_count));
  auto& dropped = add("softmax equalization", acsl::softmax_equalization(tail));
  dropped.by_row = true;
  auto& mean = add("equilibrium", acsl::equilibrium(classes));
  mean.logits_in_factor = true;
  auto& seesaw = add("seesaw", acsl::seesaw(classes));
  seesaw.logits_in_factor = true;
  add("seesaw without compensation", acsl::seesaw(classes, {.compensation = 0}));
  auto& groups = add("groups", acsl::balanced_group_softmax(acsl::groups_by_count(s.instance_count)));
  groups.by_row = groups.own_divisor = true;
  add("focal", acsl::focal{});
  add("focal 0.5", acsl::focal(acsl::focal_element({.gamma = 0.5, .alpha = -1})));
  add("equalization", acsl::equalization(s, {.tail_frequency = 0.05}));
  add("equalization v2", acsl::equalization_v2(classes));
  add("drop", acsl::drop(s, {.tail_frequency = 0.05})).by_row = true;
  add("drop, paper", acsl::drop(s, {.mode = acsl::drop_mode::paper, .tail_frequency = 0.05})).by_row = true;
  add("drop, deterministic", acsl::drop(s, {.mode = acsl::drop_mode::deterministic, .tail_frequency = 0.05}))
      .logits_in_factor = true;
  add("federated", acsl::federated(s, {.classes_per_step = 3}));
  add("equalized focal", acsl::equalized_focal(classes));
  add("gumbel", acsl::gumbel<acsl::unit_weight>(acsl::gumbel_element(
                    acsl::unit_weight({acsl::column_layout::no_background, acsl::divisor_kind::rows, {}}))));
  add("gumbel, equalization", acsl::gumbel<acsl::equalization_weight>(
                                  acsl::gumbel_element(acsl::equalization_weight(s, {.tail_frequency = 0.05}))));
  add("gumbel, drop",
      acsl::gumbel<acsl::drop_weight>(acsl::gumbel_element(acsl::drop_weight(s, {.tail_frequency = 0.05}))))
      .by_row = true;
  add("class margin", acsl::effective_class_margin(s));
  add("balanced sigmoid", acsl::balanced_sigmoid(s));
  std::vector<double> weights(static_cast<std::size_t>(classes), 0.25);
  weights[0] = 3;
  add("weighted columns", acsl::column_weighted_cross_entropy(acsl::weighted_bce(acsl::column_weight(
                              weights, 2, {acsl::column_layout::no_background, acsl::divisor_kind::rows, {}}))));
  add("harmonised", acsl::harmonised_gradient{}).logits_in_factor = true;
  return result;
}

/// The five with background first and a sum over rows that a hand can follow.
inline bool is_plain(std::string const& name) {
  return name == "softmax" || name == "sigmoid" || name == "official" || name == "wide" || name == "paper";
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
outcome<T> run(Exec& exec, Loss loss, acsl::tensor<T> const& logits, labels_type const& labels,
               acsl::loss_arguments const& extra = {}, std::uint64_t seed = 5) {
  outcome<T> one{{}, acsl::tensor<T>(logits.extents())};
  for (T& g : one.gradient.view()) g = T(77);
  one.result = loss.evaluate(exec, view(logits), view(labels), one.gradient.view(), acsl::random_key{seed}, extra);
  return one;
}

TEST_CASE("gradients of losses equal central differences") {
  ACSL_TEST_BACKEND exec;
  for (auto const& c : all(9)) {
    if (c.logits_in_factor) continue;  // their vectors check them
    CAPTURE(c.name);
    auto logits = test::noise<double>({12, c.loss.columns(9)}, 3, 1.5);
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
    auto const one = run(exec, c.loss, logits, labels, extra);
    auto const value = [&] {
      auto fresh = c.loss;  // in the state of before
      return fresh.evaluate(exec, view(logits), view(labels), acsl::tensor_view<double>(), acsl::random_key{5}, extra)
          .value;
    };
    CHECK(value() == one.result.value);
    std::vector<double> const analytic(one.gradient.data(), one.gradient.data() + one.gradient.size());
    test::compare_with_differences("logits", logits.view(), analytic, value, 1e-6, 1e-6, 140);
  }
}

TEST_CASE("the gradient's scale multiplies the gradient and not the value") {
  ACSL_TEST_BACKEND exec;
  for (auto const& c : all(4)) {
    CAPTURE(c.name);
    auto const logits = test::noise<double>({6, c.loss.columns(4)}, 8);
    auto const labels = some_labels(6, 5, 9);
    auto const plain = run(exec, c.loss, logits, labels);
    acsl::loss_arguments quarter;
    quarter.gradient_scale = 0.25;
    auto const scaled = run(exec, c.loss, logits, labels, quarter);
    CHECK(scaled.result.value == plain.result.value);
    for (acsl::index_t i = 0; i < logits.size(); ++i)
      CHECK(scaled.gradient[i] == doctest::Approx(0.25 * plain.gradient[i]).epsilon(1e-14));
    if (c.own_divisor) continue;
    acsl::loss_arguments divided;
    divided.divisor = 2 * plain.result.divisor;
    auto const halved = run(exec, c.loss, logits, labels, divided);
    CHECK(halved.result.divisor == divided.divisor);
    CHECK(halved.result.value == doctest::Approx(plain.result.value / 2).epsilon(1e-14));
  }
}

TEST_CASE("no rows, only ignored rows and only background rows give finite losses") {
  ACSL_TEST_BACKEND exec;
  for (auto const& c : all(4)) {
    CAPTURE(c.name);
    acsl::index_t const columns = c.loss.columns(4);
    auto const none = run(exec, c.loss, acsl::tensor<float>({0, columns}), {});
    CHECK(none.result.value == 0);
    CHECK(none.result.divisor == 1);

    auto const logits = test::noise({7, columns}, 2);
    auto const ignored = run(exec, c.loss, logits, labels_type(7, -1));
    CHECK(ignored.result.value == 0);
    CHECK(ignored.result.divisor == 1);
    CHECK(test::largest_magnitude(ignored.gradient) == 0);

    auto const background = run(exec, c.loss, logits, labels_type(7, 0));
    CHECK(std::isfinite(background.result.value));
    CHECK(background.result.value > 0);
    if (is_plain(c.name)) CHECK(background.result.divisor == 7);
    CHECK(test::largest_magnitude(background.gradient) > 0);
  }
}

TEST_CASE("an ignored row is as if it were not there, a row weight multiplies its row") {
  ACSL_TEST_BACKEND exec;
  for (auto const& c : all(4)) {
    CAPTURE(c.name);
    if (c.by_row) continue;  // draws among rows, of which the copy has others
    acsl::index_t const columns = c.loss.columns(4);
    auto const logits = test::noise<double>({5, columns}, 21, 2);
    labels_type const labels = {2, -1, 0, 4, -7};
    auto const whole = run(exec, c.loss, logits, labels);
    acsl::tensor<double> fewer({3, columns});
    std::size_t const rows[] = {0, 2, 3};
    for (acsl::index_t i = 0; i < 3; ++i)
      for (acsl::index_t j = 0; j < columns; ++j)
        fewer[i * columns + j] = logits[static_cast<acsl::index_t>(rows[static_cast<std::size_t>(i)]) * columns + j];
    auto const part = run(exec, c.loss, fewer, {2, 0, 4});
    CHECK(whole.result.value == doctest::Approx(part.result.value).epsilon(1e-14));
    CHECK(whole.result.divisor == part.result.divisor);
    for (acsl::index_t j = 0; j < columns; ++j) {
      CHECK(whole.gradient[columns + j] == 0);
      CHECK(whole.gradient[4 * columns + j] == 0);
      CHECK(whole.gradient[3 * columns + j] == part.gradient[2 * columns + j]);
    }
    // Weight 2 on every row doubles value and gradient.
    std::vector<float> const twice(5, 2.0F);
    acsl::loss_arguments extra;
    extra.row_weights = {twice.data(), {5}};
    auto const doubled = run(exec, c.loss, logits, labels, extra);
    CHECK(doubled.result.value == doctest::Approx(2 * whole.result.value).epsilon(1e-14));
    CHECK(doubled.gradient[0] == doctest::Approx(2 * whole.gradient[0]).epsilon(1e-14));
  }
}

TEST_CASE("logits of plus and minus 80 and beyond give finite losses and exact gradients") {
  ACSL_TEST_BACKEND exec;
  for (float const size : {80.0F, 10000.0F})
    for (auto const& c : all(4)) {
      CAPTURE(c.name);
      CAPTURE(size);
      acsl::tensor<float> logits({2, c.loss.columns(4)});
      for (acsl::index_t i = 0; i < logits.size(); ++i) logits[i] = i % 2 == 0 ? size : -size;
      labels_type const wrong = {1, 3};  // background first: one certain miss, one certain hit
      auto const one = run(exec, c.loss, logits, wrong);
      CHECK(std::isfinite(one.result.value));
      for (float const g : one.gradient.view()) CHECK(std::isfinite(g));
      if (is_plain(c.name)) {
        CHECK(one.result.value >= double{size} / 2);
        CHECK(one.gradient[1] == doctest::Approx(-0.5));
        for (float const g : one.gradient.view()) CHECK(std::abs(g) <= 0.5F);
      }
      acsl::tensor<float> scores({2, 5});
      c.loss.score(exec, view(logits), scores.view());
      for (float const s : scores.view()) {
        CHECK(s >= 0);
        CHECK(s <= 1);
      }
    }
}

TEST_CASE("a NaN or an infinite logit is never hidden, wherever it stands") {
  ACSL_TEST_BACKEND exec;
  for (auto const& c : all(4)) {
    acsl::index_t const columns = c.loss.columns(4);
    for (acsl::index_t at = 0; at < 2 * columns; ++at)  // row 0 is background, row 1 foreground
      for (float const bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        CAPTURE(c.name);
        CAPTURE(at);
        CAPTURE(bad);
        auto logits = test::noise({2, columns}, 5);
        logits[at] = bad;
        auto const one = run(exec, c.loss, logits, {0, 2});
        CHECK_FALSE(std::isfinite(one.result.value));
      }
  }
}

TEST_CASE("labels, shapes and weights that do not fit are refused") {
  ACSL_TEST_BACKEND exec;
  for (auto const& c : all(4)) {
    CAPTURE(c.name);
    acsl::index_t const columns = c.loss.columns(4);
    auto const logits = test::noise({3, columns}, 1);
    CHECK_THROWS_WITH_AS(run(exec, c.loss, logits, {0, 5, 1}),
                         doctest::Contains("a label is at most the number of classes"), acsl::error);
    CHECK_THROWS_WITH_AS(run(exec, c.loss, logits, {0, 1}), doctest::Contains("one label per row"), acsl::error);
    acsl::tensor<float> small({2, columns});
    labels_type const labels = {0, 1, 2};
    auto loss = c.loss;
    CHECK_THROWS_WITH_AS(
        loss.evaluate(exec, view(logits), view(labels), small.view(), acsl::random_key{1}, acsl::loss_arguments{}),
        doctest::Contains("the gradient is empty or has the logits' shape"), acsl::error);
    std::vector<float> weights = {1, 1};
    acsl::loss_arguments extra;
    extra.row_weights = {weights.data(), {2}};
    CHECK_THROWS_WITH_AS(run(exec, c.loss, logits, labels, extra), doctest::Contains("no row weights, or one per row"),
                         acsl::error);
    weights = {1, -0.5F, 1};
    extra.row_weights = {weights.data(), {3}};
    CHECK_THROWS_WITH_AS(run(exec, c.loss, logits, labels, extra), doctest::Contains("a row weight is not negative"),
                         acsl::error);
    acsl::tensor<float> scores({3, 7});
    CHECK_THROWS_AS(c.loss.score(exec, view(logits), scores.view()), acsl::error);
  }
  auto const wrong_classes = acsl::make_classification_loss({.name = "adaptive_class_suppression"},
                                                            acsl::class_statistics::from_groups("rcf"));
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
    auto const chosen = acsl::make_classification_loss({.name = name}, statistics);
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

inline std::vector<double> state_of(acsl::any_classification_loss loss) {
  std::vector<double> all;
  loss.visit_state(
      [&](std::string const&, std::vector<double> const& x) { all.insert(all.end(), x.begin(), x.end()); });
  return all;
}

TEST_CASE("losses and their states have the same bits for one thread and for two") {
  test::with_one_and_two_threads<ACSL_TEST_BACKEND>([](auto& one, auto& two) {
    for (auto const& c : all(300)) {
      CAPTURE(c.name);
      auto const logits = test::noise({512, c.loss.columns(300)}, 3, 2);
      auto const labels = some_labels(512, 301, 4);
      auto first = c.loss, second = c.loss;
      acsl::tensor<float> g(logits.extents()), h(logits.extents());
      for (int step = 0; step < 2; ++step) {
        auto const key = acsl::random_key{5}.with(static_cast<std::uint64_t>(step));
        auto const a = first.evaluate(one, view(logits), view(labels), g.view(), key);
        auto const b = second.evaluate(two, view(logits), view(labels), h.view(), key);
        CHECK(a.value == b.value);
        CHECK(test::same_bits(g, h));
      }
      CHECK(state_of(first) == state_of(second));
    }
  });
}

TEST_CASE("a state that is taken out and put back goes on to the same bits, and is counted the same with no gradient") {
  ACSL_TEST_BACKEND exec;
  int with_state = 0;
  for (auto const& c : all(6)) {
    CAPTURE(c.name);
    auto const logits = test::noise({40, c.loss.columns(6)}, 31, 2);
    auto const labels = some_labels(40, 7, 32);
    auto go_on = [&](acsl::any_classification_loss& loss) {
      return loss.evaluate(exec, view(logits), view(labels), acsl::tensor_view<float>(), acsl::random_key{5}).value;
    };
    auto whole = c.loss;
    double const before = go_on(whole);
    CHECK(before == run(exec, c.loss, logits, labels).result.value);
    auto const saved = state_of(whole);
    double const next = go_on(whole);
    if (saved.empty()) {
      CHECK(next == before);
      continue;
    }
    ++with_state;
    CHECK(saved != state_of(c.loss));
    auto restored = c.loss;
    std::size_t at = 0;
    restored.visit_state([&](std::string const&, std::vector<double>& x) {
      for (double& value : x) value = saved[at++];
    });
    CHECK(go_on(restored) == next);
    CHECK(state_of(restored) == state_of(whole));
  }
  CHECK(with_state == 5);
}

TEST_CASE("the values of the rows are told, and add up to the value") {
  ACSL_TEST_BACKEND exec;
  auto labels = some_labels(70, 5, 12);  // more rows than a block
  labels[3] = -1;
  for (auto const& c : all(4)) {
    CAPTURE(c.name);
    auto const logits = test::noise({70, c.loss.columns(4)}, 13);
    auto const plain = run(exec, c.loss, logits, labels);
    acsl::tensor<double> rows({70}, exec.memory());
    rows.view()[0] = 99;
    auto chosen = c.loss;
    acsl::loss_arguments extra;
    extra.row_losses = rows.view();
    auto const told =
        chosen.evaluate(exec, view(logits), view(labels), acsl::tensor_view<float>(), acsl::random_key{5}, extra);
    CHECK(told.value == plain.result.value);
    double sum = 0;
    for (double const value : rows.view()) sum += value;
    CHECK(sum / told.divisor == doctest::Approx(told.value).epsilon(1e-12));
    CHECK(rows[3] == 0);
    extra.row_losses = extra.row_losses.slice(0, 69);
    CHECK_THROWS_WITH_AS(
        chosen.evaluate(exec, view(logits), view(labels), acsl::tensor_view<float>(), acsl::random_key{5}, extra),
        doctest::Contains("one per row"), acsl::error);
  }
}

TEST_CASE("the gradient may overwrite the logits") {
  ACSL_TEST_BACKEND exec;
  auto const labels = some_labels(9, 5, 12);
  for (auto const& c : all(4)) {
    CAPTURE(c.name);
    auto logits = test::noise({9, c.loss.columns(4)}, 13);
    auto const apart = run(exec, c.loss, logits, labels);
    auto chosen = c.loss;
    auto const in_place = chosen.evaluate(exec, view(logits), view(labels), logits.view(), acsl::random_key{5}, {});
    CHECK(in_place.value == apart.result.value);
    CHECK(test::same_bits(logits, apart.gradient));
  }
}

}  // namespace loss_promises
