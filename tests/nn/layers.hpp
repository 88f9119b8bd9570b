// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/nn/batch_norm.hpp>
#include <acsl/nn/conv2d.hpp>
#include <acsl/nn/conv_norm.hpp>
#include <acsl/nn/group_norm.hpp>
#include <acsl/nn/linear.hpp>
#include <acsl/nn/max_pool.hpp>
#include <acsl/nn/normalised_linear.hpp>
#include <acsl/nn/relu.hpp>
#include <acsl/nn/residual_block.hpp>
#include <acsl/nn/scaled_linear.hpp>
#include <acsl/nn/upsample.hpp>
#include <cmath>
#include <limits>
#include <support/gradients.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

/// What every layer promises, whatever it computes.
namespace layer_promises {

using acsl::index_t;
using acsl::tensor_view;

struct results {
  acsl::tensor<float> output, inferred, input_gradient;
  std::vector<acsl::tensor<float>> gradients;
};

/// Forward, inference and backward of a layer on a backend; gradients start at 0.
template <class Exec, class Layer>
results run(Exec& exec, Layer& layer, tensor_view<float const> x) {
  layer.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
    if (!p.trainable) return;
    p.require_gradient();
    exec.fill(p.gradient.view(), 0.0F);
  });
  results all;
  typename Layer::context ctx;
  all.output = layer.forward(exec, x, ctx);
  all.inferred = std::as_const(layer).infer(exec, x);
  auto const g = test::noise(all.output.extents(), 77);
  all.input_gradient = layer.backward(exec, g.view(), ctx);
  layer.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
    if (p.trainable) all.gradients.push_back(acsl::clone(exec, std::as_const(p.gradient).view()));
  });
  return all;
}

/// f(name, layer, input extents without the images) for every kind of layer, with random parameters.
template <class F>
void for_each_layer(F f) {
  auto const with = [&](char const* name, auto&& layer, acsl::shape const& input) {
    test::fill_parameters(layer, 30);
    CAPTURE(name);
    f(layer, input);
  };
  with("conv 3x3", acsl::conv2d({.in_channels = 19, .out_channels = 33, .kernel = 3, .padding = 1, .bias = true}),
       {2, 19, 14, 17});
  with("conv grouped",
       acsl::conv2d({.in_channels = 24, .out_channels = 40, .kernel = 3, .stride = 2, .padding = 1, .groups = 8}),
       {2, 24, 13, 9});
  with("conv 1x1", acsl::conv2d({.in_channels = 40, .out_channels = 17, .stride = 2}), {2, 40, 9, 12});
  with("linear", acsl::linear({.in = 70, .out = 41}), {9, 70});
  with("normalised linear", acsl::normalised_linear({.in = 70, .out = 41}), {9, 70});
  with("normalised linear, no bias", acsl::normalised_linear({.in = 70, .out = 41, .power = 0.5, .bias = false}),
       {9, 70});
  with("scaled linear", acsl::scaled_linear({.in = 70, .out = 41}), {9, 70});
  with("scaled linear, weights", acsl::scaled_linear({.in = 70, .out = 41, .part = acsl::scaled_part::weights}),
       {9, 70});
  with("batch norm", acsl::batch_norm(20), {2, 20, 11, 13});
  acsl::group_norm_options groups;
  groups.groups = 4;
  with("group norm", acsl::group_norm(20, groups), {2, 20, 11, 13});
  with("relu", acsl::relu(), {2, 3, 11, 13});
  with("max pool", acsl::max_pool(), {2, 5, 15, 16});
  with("upsample", acsl::upsample(), {2, 5, 6, 7});
  acsl::residual_block_options<acsl::batch_norm> basic;
  basic.in_channels = 16;
  basic.planes = 24;
  basic.stride = 2;
  basic.downsample = true;
  with("basic block", acsl::basic_block<acsl::batch_norm>(basic), {2, 16, 12, 10});
  acsl::residual_block_options<acsl::group_norm> deep;
  deep.in_channels = 32;
  deep.planes = 8;
  deep.groups = 4;
  deep.base_width = 32;
  deep.norm.groups = 4;
  with("bottleneck", acsl::bottleneck<acsl::group_norm>(deep), {2, 32, 7, 9});
}

inline void close(acsl::tensor<float> const& a, acsl::tensor<float> const& b) {
  CHECK(a.extents() == b.extents());
  CHECK(test::largest_difference(a, b) <= 2e-5 * (1 + test::largest_magnitude(b)));
}

TEST_CASE("layers agree with the reference backend, and inference with the forward pass") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  for_each_layer([&](auto& layer, acsl::shape const& input) {
    auto const x = test::noise(input, 5);
    auto const found = run(exec, layer, x.view()), wanted = run(oracle, layer, x.view());
    close(found.output, wanted.output);
    close(found.inferred, wanted.output);
    close(found.input_gradient, wanted.input_gradient);
    REQUIRE(found.gradients.size() == wanted.gradients.size());
    for (std::size_t i = 0; i < found.gradients.size(); ++i) close(found.gradients[i], wanted.gradients[i]);
  });
}

TEST_CASE("layers take a batch of no images, and leave the gradients of their parameters at zero") {
  ACSL_TEST_BACKEND exec;
  for_each_layer([&](auto& layer, acsl::shape input) {
    input[0] = 0;
    acsl::tensor<float> const none(input);
    auto const found = run(exec, layer, none.view());
    CHECK(found.output.extent(0) == 0);
    CHECK(found.output.size() == 0);
    CHECK(found.inferred.extents() == found.output.extents());
    CHECK(found.input_gradient.extents() == input);
    for (auto const& gradient : found.gradients) CHECK(test::largest_magnitude(gradient) == 0);
  });
}

TEST_CASE("a frozen layer needs no gradient memory and still hands the gradient down") {
  ACSL_TEST_BACKEND exec;
  for_each_layer([&](auto& layer, acsl::shape const& input) {
    auto const x = test::noise(input, 5);
    auto const free = run(exec, layer, x.view());
    layer.for_each_parameter("", [](std::string const&, acsl::parameter& p) {
      p.trainable = false;
      p.gradient = {};
    });
    auto const frozen = run(exec, layer, x.view());
    CHECK(test::same_bits(frozen.input_gradient, free.input_gradient));
    CHECK(frozen.gradients.empty());
    layer.for_each_parameter("", [](std::string const&, acsl::parameter& p) { CHECK(p.gradient.empty()); });
  });
}

TEST_CASE("a trainable parameter without gradient memory is refused, not written through") {
  ACSL_TEST_BACKEND exec;
  for_each_layer([&](auto& layer, acsl::shape const& input) {
    bool learns = false;
    layer.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
      p.gradient = {};
      learns = learns || p.trainable;
    });
    if (!learns) return;
    auto const x = test::noise(input, 5);
    typename std::remove_reference_t<decltype(layer)>::context ctx;
    auto const y = layer.forward(exec, x.view(), ctx);
    CHECK_THROWS_WITH_AS(layer.backward(exec, y.view(), ctx), doctest::Contains("a trainable parameter has a gradient"),
                         acsl::error);
  });
}

TEST_CASE("layers have the same bits for one thread and for two") {
  test::with_one_and_two_threads<ACSL_TEST_BACKEND>([](auto& one, auto& two) {
    for_each_layer([&](auto& layer, acsl::shape const& input) {
      acsl::shape larger = input;
      larger[0] = 5;
      auto const x = test::noise(larger, 5);
      auto const a = run(one, layer, x.view()), b = run(two, layer, x.view());
      CHECK(test::same_bits(a.output, b.output));
      CHECK(test::same_bits(a.inferred, b.inferred));
      CHECK(test::same_bits(a.input_gradient, b.input_gradient));
      for (std::size_t i = 0; i < a.gradients.size(); ++i) CHECK(test::same_bits(a.gradients[i], b.gradients[i]));
    });
  });
}

TEST_CASE("inputs of other channels are refused") {
  ACSL_TEST_BACKEND exec;
  auto const x = test::noise({1, 3, 5, 5}, 1);
  acsl::conv2d conv({.in_channels = 4, .out_channels = 2});
  acsl::batch_norm norm(4);
  acsl::group_norm_options groups;
  groups.groups = 2;
  acsl::group_norm group(4, groups);
  acsl::linear linear({.in = 70, .out = 2});
  CHECK_THROWS_WITH_AS(conv.infer(exec, x.view()), doctest::Contains("input channels"), acsl::error);
  CHECK_THROWS_WITH_AS(norm.infer(exec, x.view()), doctest::Contains("a batch norm takes its number of channels"),
                       acsl::error);
  acsl::batch_norm::context ctx;
  CHECK_THROWS_WITH_AS(norm.forward(exec, x.view(), ctx),
                       doctest::Contains("a batch norm takes its number of channels"), acsl::error);
  CHECK_THROWS_WITH_AS(group.infer(exec, x.view()), doctest::Contains("a group norm takes its number of channels"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(linear.infer(exec, x.view()), doctest::Contains("rows of its input size"), acsl::error);
  CHECK_THROWS_AS(acsl::conv2d({.in_channels = 4, .out_channels = 2, .groups = 3}), acsl::error);
  CHECK_THROWS_AS(acsl::group_norm(5, groups), acsl::error);
  CHECK_THROWS_AS(acsl::max_pool({2, 2, 2}), acsl::error);
  CHECK_THROWS_AS(acsl::linear({.in = 0, .out = 2}), acsl::error);
  acsl::normalised_linear normalised({.in = 70, .out = 2});
  acsl::scaled_linear scaled({.in = 70, .out = 2});
  CHECK_THROWS_WITH_AS(normalised.infer(exec, x.view()), doctest::Contains("rows of its input size"), acsl::error);
  CHECK_THROWS_WITH_AS(scaled.infer(exec, x.view()), doctest::Contains("rows of its input size"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::normalised_linear({.in = 3, .out = 2, .temperature = 0}),
                       doctest::Contains("a temperature is positive"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::normalised_linear({.in = 3, .out = 2, .power = 0}),
                       doctest::Contains("the power of a norm is positive"), acsl::error);
  acsl::max_pool const pool({7, 2, 0});
  CHECK_THROWS_WITH_AS(pool.infer(exec, x.view()), doctest::Contains("holds at least one window"), acsl::error);
  auto const coarse = test::noise({1, 3, 2, 3}, 1);
  auto fine = test::noise({1, 3, 4, 5}, 1);
  CHECK_THROWS_WITH_AS(acsl::upsample::add(exec, coarse.view(), fine.view()),
                       doctest::Contains("twice as high and wide"), acsl::error);
}

TEST_CASE("a folded batch norm is the norm at inference, and rides in the convolution's epilogue") {
  ACSL_TEST_BACKEND exec;
  acsl::conv_norm<acsl::batch_norm> unit({.in_channels = 5, .out_channels = 7, .kernel = 3, .padding = 1}, {},
                                         exec.memory());
  test::fill_parameters(unit.conv(), 3);
  test::fill_parameters(unit.norm(), 9);
  auto const x = test::noise({2, 5, 6, 7}, 1), addend = test::noise({2, 7, 6, 7}, 2);
  for (auto const relu : {acsl::fuse_relu::no, acsl::fuse_relu::yes})
    for (bool const add : {false, true}) {
      auto const other = add ? addend.view() : tensor_view<float const>();
      acsl::conv_norm<acsl::batch_norm>::context ctx;
      auto const y = unit.forward(exec, x.view(), ctx, relu, other);
      close(unit.infer(exec, x.view(), relu, other), y);
      auto const normed = unit.norm().infer(exec, unit.conv().infer(exec, x.view()).view());
      for (index_t i = 0; i < y.size(); ++i) {
        float v = normed[i] + (add ? addend[i] : 0.0F);
        if (relu == acsl::fuse_relu::yes) v = std::max(v, 0.0F);
        CHECK(y[i] == doctest::Approx(v).epsilon(1e-5));
      }
    }
}

TEST_CASE("batch statistics of one value a channel are refused, and running ones follow with momentum") {
  ACSL_TEST_BACKEND exec;
  acsl::batch_norm_options options;
  options.in_training = acsl::statistics::batch;
  options.momentum = 0.5F;
  acsl::batch_norm norm(1, options);
  acsl::batch_norm::context ctx;
  auto const one = test::noise({1, 1, 1, 1}, 1);
  CHECK_THROWS_WITH_AS(norm.forward(exec, one.view(), ctx), doctest::Contains("more than one value a channel"),
                       acsl::error);
  acsl::tensor<float> two({1, 1, 1, 2});
  two[0] = 1;
  two[1] = 5;  // mean 3, biased variance 4, unbiased 8
  auto const y = norm.forward(exec, std::as_const(two).view(), ctx);
  CHECK(y[0] == doctest::Approx(-1).epsilon(1e-5));
  CHECK(y[1] == doctest::Approx(1).epsilon(1e-5));
  norm.for_each_parameter("", [](std::string const& name, acsl::parameter& p) {
    if (name == "running_mean") CHECK(p.value[0] == doctest::Approx(1.5));
    if (name == "running_var") CHECK(p.value[0] == doctest::Approx(4.5));
  });
}

TEST_CASE("NaN passes through relu, pooling and norms") {
  ACSL_TEST_BACKEND exec;
  auto x = test::noise({1, 2, 4, 4}, 3);
  x[5] = std::numeric_limits<float>::quiet_NaN();
  auto const count = [](acsl::tensor<float> const& y) {
    int nans = 0;
    for (float const v : y.view()) nans += std::isnan(v);
    return nans;
  };
  CHECK(count(acsl::relu().infer(exec, std::as_const(x).view())) == 1);
  CHECK(count(acsl::max_pool().infer(exec, std::as_const(x).view())) == 4);  // of four windows that hold (1, 1)
  CHECK(count(acsl::batch_norm(2).infer(exec, std::as_const(x).view())) == 1);
  acsl::group_norm_options groups;
  groups.groups = 2;
  CHECK(count(acsl::group_norm(2, groups).infer(exec, std::as_const(x).view())) == 16);
}

TEST_CASE("initial weights have the spread that their rule asks for") {
  acsl::parameter p(acsl::shape{64, 16, 3, 3}, acsl::host_heap());
  auto const spread = [&] {
    double square = 0;
    for (float const v : p.value.view()) square += static_cast<double>(v) * static_cast<double>(v);
    return std::sqrt(square / static_cast<double>(p.value.size()));
  };
  acsl::initialise_kaiming(p, acsl::random_key{1});  // sqrt(2 / (64 · 9))
  CHECK(spread() == doctest::Approx(std::sqrt(2.0 / 576)).epsilon(0.03));
  acsl::initialise_xavier_uniform(p, acsl::random_key{1});
  double const bound = std::sqrt(6.0 / (80 * 9));
  CHECK(spread() == doctest::Approx(bound / std::sqrt(3.0)).epsilon(0.03));
  CHECK(test::largest_magnitude(p.value) <= bound);
  acsl::initialise_normal(p, 0.25, acsl::random_key{1});
  CHECK(spread() == doctest::Approx(0.25).epsilon(0.03));
  float const first = p.value[0];
  acsl::initialise_normal(p, 0.25, acsl::random_key{2});
  CHECK(p.value[0] != first);
  acsl::initialise_normal(p, 0.25, acsl::random_key{1});
  CHECK(p.value[0] == first);
}

}  // namespace layer_promises
