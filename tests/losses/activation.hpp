// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/accuracy.hpp>
#include <acsl/losses/activation.hpp>
#include <cmath>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

namespace activations {

TEST_CASE("softmax and sigmoid scores equal plain sums in double, also in place") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const columns : {1, 2, 5, 33, 1231}) {
    CAPTURE(columns);
    auto logits = test::noise({4, columns}, 5, 4);
    acsl::tensor<float> softmax({4, columns}), sigmoid({4, columns});
    acsl::softmax_scores(exec, std::as_const(logits).view(), softmax.view());
    acsl::sigmoid_scores(exec, std::as_const(logits).view(), sigmoid.view());
    std::vector<double> wanted_softmax, wanted_sigmoid;
    for (acsl::index_t i = 0; i < 4; ++i) {
      double sum = 0;
      for (acsl::index_t j = 0; j < columns; ++j) sum += std::exp(static_cast<double>(logits[i * columns + j]));
      for (acsl::index_t j = 0; j < columns; ++j) {
        double const e = std::exp(static_cast<double>(logits[i * columns + j]));
        wanted_softmax.push_back(e / sum);
        wanted_sigmoid.push_back(e / (1 + e));
      }
    }
    CHECK(test::excess(softmax, wanted_softmax, 5e-6) <= 1e-9);
    CHECK(test::excess(sigmoid, wanted_sigmoid, 1e-6) <= 1e-9);
    acsl::softmax_scores(exec, std::as_const(logits).view(), logits.view());
    CHECK(test::same_bits(logits, softmax));
  }
  acsl::tensor<float> none({0, 4});
  acsl::softmax_scores(exec, std::as_const(none).view(), none.view());
  acsl::sigmoid_scores(exec, std::as_const(none).view(), none.view());
  acsl::tensor<float> three({3, 4}), four({4, 4});
  exec.fill(three.view(), 0.0F);
  CHECK_THROWS_AS(acsl::softmax_scores(exec, std::as_const(three).view(), four.view()), acsl::error);
}

TEST_CASE("accuracy counts rows whose first largest logit stands at the label") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> logits({3, 2});
  float const z[] = {.1F, .9F, .8F, .2F, .3F, .7F};
  std::copy(std::begin(z), std::end(z), logits.data());
  std::vector<std::int32_t> const labels = {1, 0, 0};
  acsl::tensor_view<std::int32_t const> const view(labels.data(), {3});
  CHECK(acsl::accuracy(exec, std::as_const(logits).view(), view) == doctest::Approx(66.6667).epsilon(1e-5));
  exec.fill(logits.view(), 2.0F);  // all equal: the first column
  CHECK(acsl::accuracy(exec, std::as_const(logits).view(), view) == doctest::Approx(66.6667).epsilon(1e-5));
  acsl::tensor<float> const none({0, 2});
  CHECK(acsl::accuracy(exec, none.view(), acsl::tensor_view<std::int32_t const>()) == 0);
  CHECK_THROWS_AS(acsl::accuracy(exec, none.view(), view), acsl::error);
}

}  // namespace activations
