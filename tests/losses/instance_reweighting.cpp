// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/losses/instance_reweighting.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <support/loss_entry.hpp>
#include <support/numbers.hpp>

namespace {

using acsl::index_t;

acsl::instance_reweighting reweighting(std::vector<double> weights, bool divide = false) {
  return {.label_weight = std::move(weights), .from_epoch = 2, .divide_by_weights = divide};
}

struct evaluated {
  acsl::loss_result result;
  acsl::tensor<double> gradient;
};
/// A loss on the rows of a vector, re-weighted in some epoch.
template <class Loss>
evaluated in_epoch(Loss loss, acsl::json_value const& entry, std::vector<std::int32_t> const& labels,
                   acsl::instance_reweighting const& rule, index_t epoch) {
  acsl::reference exec;
  auto const logits = test::golden_tensor<double>(entry.at("logits"));
  evaluated found{{}, acsl::tensor<double>(logits.extents())};
  acsl::loss_arguments extra;
  auto const weights = rule.row_weights(labels, epoch);
  rule.apply(weights, extra);
  acsl::tensor_view<std::int32_t const> const rows(labels.data(), {static_cast<index_t>(labels.size())});
  found.result = loss.evaluate(exec, logits.view(), rows, found.gradient.view(), acsl::random_key{1}, extra);
  return found;
}
void same(evaluated const& found, acsl::json_value const& entry) {  // weights of rows are float
  auto const expected = entry.at("expected");
  CHECK(found.result.value == doctest::Approx(expected.at("loss").number()).epsilon(1e-7));
  CHECK(test::excess(found.gradient, test::golden_tensor<double>(expected.at("grad")), 2e-7) <= 1e-12);
}

TEST_CASE("re-weighted cross-entropy equals the vector of an independent computation, from its epoch on") {
  auto const entry = test::loss_entry("reweight.softmax");
  auto const weights = acsl::label_weights_by_name("inverse_frequency_clipped",
                                                   entry.at("extra").at("counts").integers(), 0.999, 0.1, 5);
  acsl::softmax_cross_entropy const loss(
      acsl::softmax_rules({acsl::column_layout::background_first, acsl::divisor_kind::rows, {}}));
  auto const rule = reweighting(weights);
  same(in_epoch(loss, entry, {3, 0, 1}, rule, 2), entry);
  auto const before = in_epoch(loss, entry, {3, 0, 1}, rule, 1), plain = in_epoch(loss, entry, {3, 0, 1}, {}, 5);
  CHECK(before.result.value == plain.result.value);
  CHECK(test::same_bits(before.gradient, plain.gradient));
  CHECK(before.result.value != doctest::Approx(entry.at("expected").at("loss").number()).epsilon(0.01));
}

TEST_CASE("deferred re-weighting of LDAM equals both of its vectors") {
  auto const before = test::loss_entry("ldam"), after = test::loss_entry("ldam.drw");
  auto const counts = after.at("extra").at("counts").integers();
  acsl::margin_options options;
  options.rules.layout = acsl::column_layout::no_background;
  acsl::label_distribution_aware_margin const loss(counts, options);
  auto const rule = reweighting(acsl::label_weights_by_name("effective_number", counts, 0.9999, 0.1, 5), true);
  same(in_epoch(loss, before, {4, 5, 1}, rule, 1), before);
  same(in_epoch(loss, after, {4, 5, 1}, rule, 2), after);
  CHECK(in_epoch(loss, after, {4, 5, 1}, rule, 2).result.divisor ==
        doctest::Approx(after.at("normalizer").at("value").number()).epsilon(1e-7));
}

TEST_CASE("every loss takes the weights of its rows: twice the weight is twice the row") {
  acsl::reference exec;
  auto classes = acsl::class_statistics::from_groups("fcr");
  classes.instance_count = classes.image_count = {400, 40, 4};
  classes.images = 1000;
  for (auto const& maker : acsl::detail::loss_makers) {
    std::string const name(maker.name);
    CAPTURE(name);
    auto const gradient = [&](acsl::instance_reweighting const& rule) {
      auto loss = acsl::make_classification_loss({.name = name}, classes);
      auto const logits = test::noise<double>({4, loss.columns(3)}, 3);
      acsl::tensor<double> result(logits.extents());
      std::vector<std::int32_t> const labels = {1, 2, 3, -1};
      acsl::loss_arguments extra;
      auto const weights = rule.row_weights(labels, 2);
      rule.apply(weights, extra);
      (void)loss.evaluate(exec, logits.view(), acsl::tensor_view<std::int32_t const>(labels.data(), {4}), result.view(),
                          acsl::random_key{1}, extra);
      return result;
    };
    if (name == "balanced_group_softmax" || name == "harmonised_gradient") continue;  // divide by weights of their own
    auto const plain = gradient(reweighting({1, 1, 1, 1})), twice = gradient(reweighting({1, 1, 2, 1}));
    index_t const columns = plain.extent(1);
    for (index_t i = 0; i < plain.size(); ++i)
      CHECK(twice[i] == doctest::Approx((i / columns == 1 ? 2 : 1) * plain[i]).epsilon(1e-12));
  }
}

TEST_CASE("no rows have no weights, ignored rows weigh nothing, and what has no weight is refused") {
  auto const rule = reweighting({1, 2, 3}, true);
  CHECK(rule.row_weights({}, 2).empty());
  std::vector<std::int32_t> const labels = {0, 2, -1}, beyond = {3};
  CHECK(rule.row_weights(labels, 2) == std::vector<float>{1, 3, 0});
  CHECK(rule.row_weights(labels, 1).empty());
  CHECK_THROWS_WITH_AS((void)rule.row_weights(beyond, 2), doctest::Contains("every label has a weight"), acsl::error);
  acsl::loss_arguments extra;
  rule.apply({}, extra);
  CHECK(extra.row_weights.empty());
  CHECK(extra.divisor == 0);
}

TEST_CASE("tables of weights go by the names of the specification") {
  auto const entry = test::loss_entry("reweight.tables");
  auto const counts = entry.at("extra").at("counts").integers();
  for (auto const& [name, key] : {std::pair("inverse_frequency_clipped", "inverse_frequency_bg1_clipped"),
                                  {"effective_number_clipped", "effective_number_bg1_clipped"},
                                  {"effective_number_background", "effective_number_bg_3x_unclipped"}})
    CHECK(test::excess(acsl::label_weights_by_name(name, counts, 0.999, 0.1, 5),
                       acsl::numbers_of(entry.at("expected").at(key)), 1e-12) <= 0);
  CHECK(acsl::label_weights_by_name("none", counts, 0.999, 0.1, 5).empty());
  CHECK(acsl::label_weights_by_name("effective_number", {1, 1}, 0.999, 0.1, 5) == std::vector<double>{1, 1, 1});
  CHECK_THROWS_WITH_AS((void)acsl::label_weights_by_name("inverse", counts, 0.999, 0.1, 5),
                       doctest::Contains("known: none, effective_number"), acsl::error);
}

}  // namespace
