// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/nn/linear.hpp>
#include <acsl/nn/normalised_linear.hpp>
#include <acsl/nn/scaled_linear.hpp>
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
void load(Layer& layer, acsl::json_value const& extra) {
  layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    auto const values = test::golden_tensor<float>(extra.at(name));
    REQUIRE(values.extents() == p.extents());
    std::copy(values.data(), values.data() + values.size(), p.value.data());
  });
}
template <class Layer>
std::map<std::string, acsl::tensor<float> const*> gradients_of(Layer& layer) {
  std::map<std::string, acsl::tensor<float> const*> result;
  layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) { result.emplace(name, &p.gradient); });
  return result;
}

constexpr double relative = 2e-6, absolute = 2e-6;

TEST_CASE("a normalised linear layer has the vector's outputs and gradients") {
  ACSL_TEST_BACKEND exec;
  auto const entry = test::golden_vector("normed_linear");
  auto const extra = entry.at("extra"), expected = entry.at("expected"), hyper = entry.at("hyperparameters");
  acsl::normalised_linear layer({.in = 3,
                                 .out = 4,
                                 .temperature = hyper.at("temperature").number(),
                                 .power = hyper.at("power").number(),
                                 .eps = hyper.at("eps").number()},
                                exec.memory());
  load(layer, extra);
  test::zero_gradients(exec, layer);
  auto const x = test::golden_tensor<float>(extra.at("features"));
  auto const upstream = test::golden_tensor<float>(extra.at("upstream"));

  acsl::normalised_linear::context ctx;
  auto const y = layer.forward(exec, x.view(), ctx);
  auto const dx = layer.backward(exec, upstream.view(), ctx);

  auto const wanted = [&](char const* name) { return test::golden_tensor<double>(expected.at(name)); };
  auto const found = gradients_of(layer);
  CHECK(test::excess(y, wanted("output"), relative) <= 20 * absolute);  // angles times 20
  CHECK(test::excess(dx, wanted("grad_features"), relative) <= absolute);
  CHECK(test::excess(*found.at("weight"), wanted("grad_weight"), relative) <= 10 * absolute);
  CHECK(test::excess(*found.at("bias"), wanted("grad_bias"), relative) <= absolute);
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
  for (auto const& [name, part] : {std::pair{"lws.scale_logits", acsl::scaled_part::logits},
                                   std::pair{"lws.scale_weights", acsl::scaled_part::weights}}) {
    CAPTURE(name);
    auto const entry = test::golden_vector(name);
    auto const extra = entry.at("extra"), expected = entry.at("expected");
    acsl::scaled_linear layer({.in = 3, .out = 4, .part = part}, exec.memory());
    load(layer, extra);
    test::zero_gradients(exec, layer);
    auto const x = test::golden_tensor<float>(extra.at("features"));
    std::vector<std::int32_t> labels;
    for (auto const label : extra.at("labels").integers()) labels.push_back(static_cast<std::int32_t>(label));

    acsl::scaled_linear::context ctx;
    auto const logits = layer.forward(exec, x.view(), ctx);
    acsl::tensor<float> gradient(logits.extents(), exec.memory());
    acsl::softmax_cross_entropy loss;
    auto const value = loss.evaluate(exec, logits.view(), {labels.data(), {2}}, gradient.view(), acsl::random_key{1});
    layer.backward(exec, std::as_const(gradient).view(), ctx);

    CHECK(test::excess(logits, test::golden_tensor<double>(expected.at("logits")), relative) <= absolute);
    CHECK(value.value == doctest::Approx(expected.at("loss").number()).epsilon(1e-6));
    CHECK(test::excess(*gradients_of(layer).at("scale"), test::golden_tensor<double>(expected.at("grad_scale")),
                       relative) <= absolute);
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
