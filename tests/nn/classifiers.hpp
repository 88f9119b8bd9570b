// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/nn/linear.hpp>
#include <acsl/nn/normalised_linear.hpp>
#include <acsl/nn/scaled_linear.hpp>
#include <acsl/validation/head_vector.hpp>
#include <cmath>
#include <map>
#include <string>
#include <support/golden.hpp>
#include <support/gradients.hpp>
#include <support/numbers.hpp>
#include <utility>

/// Classifiers that belong to a method, against the vectors of an independent computation.
namespace classifiers {

template <class Layer>
std::map<std::string, acsl::tensor<float> const*> gradients_of(Layer& layer) {
  std::map<std::string, acsl::tensor<float> const*> result;
  layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) { result.emplace(name, &p.gradient); });
  return result;
}

constexpr double relative = 2e-6, absolute = 2e-6;

TEST_CASE("a normalised linear layer has the vector's outputs and gradients") {
  ACSL_TEST_BACKEND exec;
  auto const check = acsl::check_head_vector(exec, test::golden_vector("normed_linear"), {absolute, relative});
  CHECK_MESSAGE(check.passed(), check.problem);
  CHECK(check.scores.compared == 8);
  CHECK(check.gradient.compared == 22);
}

TEST_CASE("a row or a weight of no length gives the bias, and has a finite gradient") {
  ACSL_TEST_BACKEND exec;
  for (double const eps : {1e-2, 0.0}) {
    CAPTURE(eps);
    acsl::normalised_linear layer({.in = 2, .out = 2, .temperature = 4, .eps = eps}, exec.memory());
    layer.for_each_parameter("", [](std::string const&, acsl::parameter& p) {
      for (float& v : p.value.view()) v = 0;
    });
    layer.weight().value[0] = 3;  // w_0 = (3, 4), w_1 = (0, 0)
    layer.weight().value[1] = 4;
    layer.for_each_parameter("", [](std::string const& name, acsl::parameter& p) {
      if (name == "bias") p.value[1] = 0.5F;
    });
    test::zero_gradients(exec, layer);
    acsl::tensor<float> x({2, 2}), upstream({2, 2});
    x[0] = x[1] = 0;
    x[2] = 5;
    x[3] = 0;
    for (float& g : upstream.view()) g = 1;

    acsl::normalised_linear::context ctx;
    auto const y = layer.forward(exec, std::as_const(x).view(), ctx);
    auto const dx = layer.backward(exec, std::as_const(upstream).view(), ctx);

    double const cosine = 15 / ((5 + eps) * (5 + eps));
    CHECK(y[0] == 0);
    CHECK(y[1] == 0.5F);
    CHECK(y[2] == doctest::Approx(4 * cosine));
    CHECK(y[3] == 0.5F);
    // At norm 0: the gradient of the normalised row over eps, 0 where there is no eps.
    CHECK(dx[0] == doctest::Approx(eps > 0 ? 4 * 3 / (5 + eps) / eps : 0));
    auto const* weight = gradients_of(layer).at("weight");
    CHECK((*weight)[2] == doctest::Approx(eps > 0 ? 4 * 5 / (5 + eps) / eps : 0));
    CHECK((*weight)[3] == 0);
  }
}

TEST_CASE("scaled linear layers have the vectors' logits and gradients of the factors") {
  ACSL_TEST_BACKEND exec;
  for (char const* id : {"lws.scale_logits", "lws.scale_weights"}) {
    auto const check = acsl::check_head_vector(exec, test::golden_vector(id), {absolute, relative});
    CHECK_MESSAGE(check.passed(), id);
    CHECK(check.value.compared == 1);
    CHECK(check.scores.compared == 8);
    CHECK(check.gradient.compared == 4);
  }
}

TEST_CASE("with factors of 1 a scaled linear layer is a linear one") {
  ACSL_TEST_BACKEND exec;
  acsl::linear plain({.in = 21, .out = 8}, exec.memory());
  test::fill_parameters(plain, 5);
  auto const x = test::noise({4, 21}, 6);
  auto const y = std::as_const(plain).infer(exec, x.view());
  for (auto const part : {acsl::scaled_part::logits, acsl::scaled_part::weights}) {
    acsl::scaled_linear scaled({.in = 21, .out = 8, .part = part}, exec.memory());
    test::fill_parameters(scaled, 5);
    for (float& s : scaled.scale().value.view()) s = 1;
    CHECK(test::largest_difference(std::as_const(scaled).infer(exec, x.view()), y) <= 1e-6);
    scaled.scale().value[2] = 2;
    CHECK(test::largest_difference(std::as_const(scaled).infer(exec, x.view()), y) > 0.01);
  }
}

}  // namespace classifiers
