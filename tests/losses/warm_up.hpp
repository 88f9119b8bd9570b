// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/equilibrium.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <cmath>
#include <string>
#include <support/golden.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

/// A pass that fills a loss's state before training.
namespace warming_up {

using labels_type = std::vector<std::int32_t>;

inline acsl::tensor_view<std::int32_t const> view(labels_type const& labels) {
  return {labels.data(), {static_cast<acsl::index_t>(labels.size())}};
}
template <class Loss>
std::vector<double> state_of(Loss& loss) {
  std::vector<double> result;
  loss.visit_state([&](std::string const&, std::vector<double> const& values) {
    result.insert(result.end(), values.begin(), values.end());
  });
  return result;
}
inline void start_with(acsl::equilibrium& loss, std::vector<double> const& scores) {
  loss.visit_state([&](std::string const&, std::vector<double>& values) { values = scores; });
}
template <class T, class Exec>
acsl::tensor<T> there(Exec& exec, acsl::tensor<T> const& from) {
  acsl::tensor<T> result(from.extents(), exec.memory());
  exec.copy_from_host(from.view(), result.view());
  return result;
}

TEST_CASE_TEMPLATE("warming up the equilibrium loss leads to the state of its vector, without a loss", T, double,
                   float) {
  ACSL_TEST_BACKEND exec;
  auto const entry = test::golden_vector("loce.equilibrium");
  auto const logits = there(exec, test::golden_tensor<T>(entry.at("logits")));
  labels_type labels, objects;  // classes 0 … 3 and background 4 in the file
  for (auto const label : entry.at("labels").integers())
    labels.push_back(label == 4 ? 0 : static_cast<std::int32_t>(label) + 1);
  for (auto const object : entry.at("extra").at("gt_id").integers())
    objects.push_back(static_cast<std::int32_t>(object));
  acsl::loss_arguments extra;
  extra.objects = view(objects);
  auto const before = acsl::numbers_of(entry.at("extra").at("state_before").at("mean_score"));
  auto const after = acsl::numbers_of(entry.at("expected").at("state_after").at("mean_score"));

  acsl::equilibrium loss(4), evaluated(4);
  start_with(loss, before);
  start_with(evaluated, before);
  loss.warm_up(exec, logits.view(), view(labels), extra);
  CHECK(test::largest_difference(state_of(loss), after) <= (sizeof(T) == 8 ? 1e-14 : 1e-7));
  evaluated.evaluate(exec, logits.view(), view(labels), acsl::tensor_view<T>(), acsl::random_key{1}, extra);
  CHECK(state_of(loss) == state_of(evaluated));
  // And what follows is as after evaluating.
  auto const next = [&](acsl::equilibrium& one) {
    return one.evaluate(exec, logits.view(), view(labels), acsl::tensor_view<T>(), acsl::random_key{1}, extra).value;
  };
  CHECK(next(loss) == next(evaluated));
}

TEST_CASE("a pass of several batches moves the mean scores by hand's count") {
  ACSL_TEST_BACKEND exec;
  acsl::equilibrium loss(2, {.momentum = 0.5, .background_score = 0.25});
  acsl::tensor<double> host({4, 3});
  double const third = std::log(2.0);  // softmax 1/2, 1/4, 1/4
  double const z[] = {third, 0, 0, 0, third, 0, 0, 0, third, 0, third, 0};
  for (acsl::index_t i = 0; i < 12; ++i) host[i] = z[i];
  auto const logits = there(exec, host);
  loss.warm_up(exec, logits.view(), view({1, 1, 0, -1}));  // two objects of class 1: (1/2 + 1/4) / 2
  double const first = 0.25 * 0.25 + 0.75 * 0.375;
  CHECK(test::largest_difference(state_of(loss), std::vector<double>{first, 0.25, 0.25}) < 1e-15);
  labels_type const objects = {7, 7, 7, 7};
  acsl::loss_arguments extra;
  extra.objects = view(objects);
  std::vector<float> const weights = {1, 0, 1, 1};
  extra.row_weights = {weights.data(), {4}};
  loss.warm_up(exec, logits.view(), view({2, 1, 0, 2}), extra);  // one object of class 2, two rows; a row that is off
  CHECK(test::largest_difference(state_of(loss), std::vector<double>{first, 0.5 * 0.25 + 0.5 * 0.375, 0.25}) < 1e-15);
  loss.warm_up(exec, acsl::tensor_view<double const>(nullptr, {0, 3}), view({}));
  CHECK(test::largest_difference(state_of(loss), std::vector<double>{first, 0.5 * 0.25 + 0.5 * 0.375, 0.25}) < 1e-15);
  CHECK_THROWS_WITH_AS(loss.warm_up(exec, logits.view(), view({1})), doctest::Contains("one label per row"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(loss.warm_up(exec, logits.view(), view({1, 3, 0, 0})),
                       doctest::Contains("a label is at most the number of classes"), acsl::error);
}

TEST_CASE("of the losses by name the equilibrium loss warms up, and others stay as they are") {
  ACSL_TEST_BACKEND exec;
  auto classes = acsl::class_statistics::from_groups("rcfr");
  classes.image_count = {3, 40, 900, 7};
  classes.instance_count = {5, 70, 2000, 9};
  classes.images = 4000;
  for (auto const& maker : acsl::detail::loss_makers) {
    CAPTURE(maker.name);
    auto loss = acsl::make_classification_loss({.name = std::string(maker.name)}, classes);
    CHECK(loss.can_warm_up() == (maker.name == "equilibrium"));
    auto const before = state_of(loss);
    auto const logits = there(exec, test::noise({3, loss.columns(4)}, 2));
    loss.warm_up(exec, logits.view(), view({1, 0, 4}));
    CHECK((state_of(loss) != before) == loss.can_warm_up());
  }
}

}  // namespace warming_up
