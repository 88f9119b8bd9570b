// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/correction_factory.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/validation/head_vector.hpp>
#include <cmath>
#include <string>
#include <support/golden.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

/// Corrections after training.
namespace posthoc {

using acsl::column_layout;
using acsl::index_t;
using acsl::score_correction;
using numbers = std::vector<double>;

/// Scores [N, C + 1] of a loss, corrected.
template <class Exec, class Loss>
acsl::tensor<float> scores_of(Exec& exec, Loss const& loss, acsl::tensor<float> const& logits, index_t classes,
                              score_correction const& how) {
  auto z = acsl::clone(exec, logits.view());
  acsl::tensor<float> scores({logits.extent(0), classes + 1}, exec.memory());
  acsl::correct_logits(exec, how, {}, {}, z.view());
  loss.score(exec, std::as_const(z).view(), scores.view());
  acsl::correct_scores(exec, how, scores.view());
  return scores;
}

/// Three classes with 400, 40 and 4 boxes in as many images.
inline acsl::class_statistics three_classes() {
  auto result = acsl::class_statistics::from_groups("fcr");
  result.instance_count = result.image_count = {400, 40, 4};
  result.images = 1000;
  return result;
}
inline acsl::score_rule rule_of(char const* loss) {
  return acsl::score_rule_of(acsl::make_classification_loss({.name = loss}, three_classes()));
}
inline score_correction correction(acsl::correction_choice const& choice, char const* loss = "softmax_cross_entropy") {
  return acsl::make_score_correction(choice, rule_of(loss), three_classes());
}

TEST_CASE("logit adjustment, PC-softmax and NorCal have the vectors' logits and scores") {
  ACSL_TEST_BACKEND exec;
  acsl::softmax_cross_entropy const first;
  for (char const* id : {"posthoc.logit_adjustment", "posthoc.pc_softmax"}) {
    CAPTURE(id);
    auto const entry = test::golden_vector(id);
    auto const extra = entry.at("extra"), expected = entry.at("expected");
    bool const shift = extra.has("target_prior");
    score_correction how;
    how.offset = shift ? acsl::prior_shift_offsets(acsl::numbers_of(extra.at("source_prior")),
                                                   acsl::numbers_of(extra.at("target_prior")))
                       : acsl::logit_adjustment_offsets(acsl::numbers_of(extra.at("prior")),
                                                        entry.at("hyperparameters").at("tau").number());
    auto const logits = test::golden_tensor<float>(entry.at("logits"));
    auto adjusted = acsl::clone(exec, logits.view());
    acsl::correct_logits(exec, how, {}, {}, adjusted.view());
    CHECK(test::excess(adjusted, test::golden_tensor<double>(expected.at("adjusted_logits")), 1e-6) <= 1e-6);
    CHECK(test::excess(scores_of(exec, first, logits, 4, how), test::golden_tensor<double>(expected.at("scores")),
                       2e-6) <= 1e-7);
  }
  auto const entry = test::golden_vector("posthoc.norcal");  // background last; our scores have it first
  std::vector<std::int64_t> images;
  for (auto const n : entry.at("extra").at("image_count").integers()) images.push_back(n);
  score_correction how;
  how.offset =
      acsl::by_column(acsl::norcal_offsets(images, {.gamma = entry.at("hyperparameters").at("gamma").number()}),
                      column_layout::background_last);
  acsl::softmax_cross_entropy const last(
      acsl::softmax_rules({column_layout::background_last, acsl::divisor_kind::rows, {}}));
  auto const scores = scores_of(exec, last, test::golden_tensor<float>(entry.at("logits")), 4, how);
  auto const wanted = test::golden_tensor<double>(entry.at("expected").at("scores"));
  for (index_t r = 0; r < 3; ++r)
    for (index_t c = 0; c < 5; ++c)
      CHECK(scores[r * 5 + (c + 1) % 5] == doctest::Approx(wanted[r * 5 + c]).epsilon(2e-6));
}

TEST_CASE("NorCal's other forms: weights times probabilities without normalising, weights times logits") {
  ACSL_TEST_BACKEND exec;
  acsl::softmax_cross_entropy const loss;
  acsl::tensor<float> logits({1, 4});
  for (index_t j = 0; j < 4; ++j) logits[j] = static_cast<float>(j) - 1;
  auto const plain = scores_of(exec, loss, logits, 3, {});
  double const weight[] = {1, std::pow(400, -0.5), std::pow(40, -0.5), 0.5};

  auto const by_score = scores_of(exec, loss, logits, 3,
                                  correction({.name = "norcal", .mode = "probabilities", .parameters = {"gamma=0.5"}}));
  auto const by_logit =
      scores_of(exec, loss, logits, 3, correction({.name = "norcal", .mode = "logits", .parameters = {"gamma=0.5"}}));
  double sum = 0;
  for (int j = 0; j < 4; ++j) sum += std::exp(weight[j] * (j - 1));
  for (int j = 0; j < 4; ++j) {
    CHECK(by_score[j] == doctest::Approx(weight[j] * double{plain[j]}).epsilon(1e-6));
    CHECK(by_logit[j] == doctest::Approx(std::exp(weight[j] * (j - 1)) / sum).epsilon(1e-6));
  }
  // (1 − β) / (1 − β^m) with β = 0.5 and m = 4; no images count as one
  CHECK(acsl::norcal_weights({4, 0}, {.beta = 0.5})[1] == doctest::Approx(0.5 / 0.9375));
  CHECK(acsl::norcal_weights({4, 0}, {.beta = 0.5})[2] == doctest::Approx(1));
  CHECK(acsl::norcal_weights({4, 0}, {.gamma = 2}) == numbers{1, 0.0625, 1});
}

TEST_CASE("offsets follow the columns, and the scale, of a loss's softmax") {
  numbers const table = {1, 2, 3};
  CHECK(acsl::by_column(table, column_layout::background_first) == numbers{1, 2, 3});
  CHECK(acsl::by_column(table, column_layout::background_last) == numbers{2, 3, 1});
  CHECK(acsl::by_column(table, column_layout::no_background) == numbers{2, 3});
  CHECK(acsl::by_column(table, column_layout::objectness_pair) == numbers{2, 3, 0, 0});
  CHECK(acsl::by_column(table, column_layout::objectness_pair, 1) == numbers{2, 3, 1, 1});

  acsl::correction_choice const choice{.name = "norcal", .parameters = {"gamma=1"}};
  CHECK(correction(choice).offset.size() == 4);
  CHECK(correction(choice).offset[3] == doctest::Approx(-std::log(4)));
  CHECK(correction(choice, "label_distribution_aware_margin").offset[3] == doctest::Approx(-std::log(4) / 30));
  CHECK(correction(choice, "seesaw").offset[2] == doctest::Approx(-std::log(4)));
  CHECK(correction(choice, "seesaw").offset[4] == 0);
  CHECK(correction({}).offset.empty());

  // A uniform target is logit adjustment, but for a constant.
  auto const adjusted = correction({.name = "logit_adjustment"}).offset;
  auto const shifted = correction({.name = "pc_softmax"}).offset;
  for (std::size_t j = 0; j < 4; ++j) CHECK(shifted[j] - adjusted[j] == doctest::Approx(-std::log(4)));
  auto const kept = correction({.name = "pc_softmax", .parameters = {"target_background_share=0.75"}}).offset;
  CHECK(kept[0] == doctest::Approx(0));
}

TEST_CASE("weights over the power of their lengths equal the vector's") {
  ACSL_TEST_BACKEND exec;
  auto const check = acsl::check_head_vector(exec, test::golden_vector("tau_norm"), {0, 1e-12});
  CHECK_MESSAGE(check.passed(), check.problem);
  CHECK(check.value.compared == 48);
}

TEST_CASE("logits are changed into those of the normalised weights; background and bias stay unless told otherwise") {
  ACSL_TEST_BACKEND exec;
  auto const x = test::noise<double>({5, 7}, 1);
  auto weight = test::noise({4, 7}, 2);
  auto const bias = test::noise({4}, 3);
  for (index_t d = 0; d < 7; ++d) weight[14 + d] = 0;  // a row of no length stays one
  auto const logit = [&](index_t r, index_t c, double tau, bool with_bias) {
    double product = 0, square = 0;
    for (index_t d = 0; d < 7; ++d) {
      product += x[r * 7 + d] * double{weight[c * 7 + d]};
      square += double{weight[c * 7 + d]} * double{weight[c * 7 + d]};
    }
    return (square > 0 ? product / std::pow(square, tau / 2) : 0) + (with_bias ? double{bias[c]} : 0);
  };
  for (bool const background : {false, true})
    for (bool const keep : {false, true}) {
      auto const how = correction(
          {.name = "tau_normalisation",
           .parameters = {"tau=0.7", background ? "background=1" : "background=0", keep ? "bias=1" : "bias=0"}});
      acsl::tensor<float> z({5, 4});
      for (index_t i = 0; i < 20; ++i) z[i] = static_cast<float>(logit(i / 4, i % 4, 0, true));
      acsl::correct_logits(exec, how, weight.view(), bias.view(), z.view());
      for (index_t i = 0; i < 20; ++i) {
        bool const stays = i % 4 == 0 && !background;
        CHECK(z[i] == doctest::Approx(logit(i / 4, i % 4, stays ? 0 : 0.7, stays || keep)).epsilon(1e-5));
      }
    }
}

TEST_CASE("select changes the rows that were foreground and become a tail class, and no other") {
  ACSL_TEST_BACKEND exec;
  // Weights of length 1, 4, 4, ¼: with τ = 1 the third class (4 boxes) is multiplied by 4, the others by ¼.
  acsl::tensor<float> weight({4, 1});
  float const lengths[] = {1, 4, 4, 0.25F};
  for (index_t c = 0; c < 4; ++c) weight[c] = lengths[c];
  auto const how =
      correction({.name = "tau_normalisation", .mode = "select", .parameters = {"tau=1", "tail_below=10"}});
  float const rows[] = {1, 2, 0, 1,      // was class 1, is class 3: changed
                        3, 2, 0, 1,      // was background
                        1, 8, 0, 0.25F,  // stays class 1
                        1, 2, 2, -1};    // becomes background
  acsl::tensor<float> z({4, 4});
  std::copy(rows, rows + 16, z.data());
  acsl::correct_logits(exec, how, std::as_const(weight).view(), {}, z.view());
  float const first[] = {1, 0.5F, 0, 4};
  for (index_t i = 0; i < 16; ++i) CHECK(z[i] == (i < 4 ? first[i] : rows[i]));
}

TEST_CASE("no rows are corrected without complaint") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> none({0, 4});
  acsl::tensor<float> const weight = test::noise({4, 2}, 1);
  auto how = correction({.name = "tau_normalisation", .parameters = {"tau=1"}});
  how.offset = how.factor = numbers(4, 1.0);
  CHECK_NOTHROW(acsl::correct_logits(exec, how, weight.view(), {}, none.view()));
  CHECK_NOTHROW(acsl::correct_scores(exec, how, none.view()));
}

TEST_CASE("corrections without a meaning are refused with the reason") {
  ACSL_TEST_BACKEND exec;
  auto const refused = [](acsl::correction_choice const& choice, char const* loss, char const* why) {
    CAPTURE(choice.name);
    CHECK_THROWS_WITH_AS(static_cast<void>(correction(choice, loss)), doctest::Contains(why), acsl::error);
  };
  refused({.name = "norcal", .parameters = {"gamma=1"}}, "sigmoid_cross_entropy",
          "norcal changes the shares of a softmax, and scores here are logistic");
  refused({.name = "logit_adjustment"}, "equalization_v2", "scores here are logistic");
  refused({.name = "pc_softmax"}, "balanced_group_softmax", "this loss has columns of its own");
  refused({.name = "tau_normalisation", .mode = "select", .parameters = {"tau=1"}}, "seesaw", "column of background");
  refused({.name = "norcal"}, "softmax_cross_entropy", "wants a number gamma above 0");
  refused({.name = "norcal", .mode = "exps"}, "softmax_cross_entropy",
          "no mode \"exps\" of norcal; it has normalised, probabilities, logits");
  refused({.name = "logit_adjustment", .mode = "x"}, "softmax_cross_entropy", "logit_adjustment has no modes");
  refused({.name = "logit_adjustment", .parameters = {"gamma=1"}}, "softmax_cross_entropy",
          "has no parameter \"gamma\"; it has tau, background_share");
  refused({.name = "calibration"}, "softmax_cross_entropy",
          "known: none, logit_adjustment, pc_softmax, norcal, tau_normalisation");
  CHECK(correction({.name = "norcal", .mode = "probabilities", .parameters = {"gamma=1"}}, "sigmoid_cross_entropy")
            .factor.size() == 4);  // weights of scores have a meaning whatever the scores are

  auto z = test::noise({2, 4}, 1);
  auto const tau = correction({.name = "tau_normalisation", .parameters = {"tau=1"}});
  CHECK_THROWS_WITH_AS(acsl::correct_logits(exec, tau, {}, {}, z.view()), doctest::Contains("the classifier is linear"),
                       acsl::error);
  score_correction narrow;
  narrow.offset = {1, 2};
  CHECK_THROWS_WITH_AS(acsl::correct_logits(exec, narrow, {}, {}, z.view()), doctest::Contains("one number per column"),
                       acsl::error);
}

}  // namespace posthoc
