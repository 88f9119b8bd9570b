// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
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
#include <support/gradients.hpp>
#include <support/numbers.hpp>

/// Backward passes against central differences of the forward passes.
namespace layer_gradients {

using acsl::tensor_view;

/// For layers with the usual signatures. A linear layer of its input allows large steps and small tolerances.
template <class Layer>
void check(Layer& layer, acsl::shape const& input, double step, double tolerance) {
  ACSL_TEST_BACKEND exec;
  test::fill_parameters(layer, 40);
  auto x = test::noise(input, 7);
  typename Layer::context ctx;
  test::check_gradients(
      exec, layer, x, [&](tensor_view<float const> in) { return layer.forward(exec, in, ctx); },
      [&](tensor_view<float const> g) { return layer.backward(exec, g, ctx); }, step, tolerance);
}

TEST_CASE("gradients of convolutions equal central differences") {
  for (auto const& options :
       {acsl::conv2d_options{5, 4, 3, 1, 1, 1, true}, acsl::conv2d_options{4, 6, 3, 2, 1, 2, false},
        acsl::conv2d_options{3, 4, 7, 2, 3, 1, false}, acsl::conv2d_options{6, 3, 1, 2, 0, 3, true},
        acsl::conv2d_options{4, 4, 2, 2, 1, 4, true}}) {
    CAPTURE(options.kernel);
    CAPTURE(options.groups);
    acsl::conv2d layer(options);
    check(layer, {2, options.in_channels, 9, 11}, 0.5, 1e-4);
  }
}

TEST_CASE("gradients of linear layers equal central differences") {
  acsl::linear layer({.in = 13, .out = 9});
  check(layer, {6, 13}, 0.5, 1e-4);
}

TEST_CASE("gradients of normalised linear layers equal central differences") {
  for (auto const& options : {acsl::normalised_linear_options{13, 9}, acsl::normalised_linear_options{13, 9, 3, 0.5},
                              acsl::normalised_linear_options{13, 9, 1, 2, 0.5, false},
                              acsl::normalised_linear_options{13, 9, 1, 1, 0, false}}) {
    CAPTURE(options.power);
    acsl::normalised_linear layer(options);
    check(layer, {6, 13}, 1e-2, 2e-3);
  }
}

TEST_CASE("gradients of linear layers with a factor for each output equal central differences") {
  for (auto const part : {acsl::scaled_part::logits, acsl::scaled_part::weights}) {
    acsl::scaled_linear layer({.in = 13, .out = 9, .part = part});
    check(layer, {6, 13}, 0.5, 1e-4);
  }
}

TEST_CASE("gradients of norms equal central differences") {
  acsl::batch_norm frozen(6);
  check(frozen, {3, 6, 4, 5}, 0.25, 2e-4);
  acsl::batch_norm_options options;
  options.in_training = acsl::statistics::batch;
  acsl::batch_norm batch(6, options);
  check(batch, {3, 6, 4, 5}, 1e-2, 2e-3);
  acsl::group_norm_options two;
  two.groups = 2;
  acsl::group_norm group(6, two);
  check(group, {3, 6, 4, 5}, 1e-2, 2e-3);
}

TEST_CASE("gradients of relu, pooling and upsampling equal central differences") {
  acsl::relu relu;
  check(relu, {2, 3, 4, 5}, 1e-4, 2e-3);
  acsl::max_pool pool;
  check(pool, {2, 3, 7, 8}, 1e-4, 2e-3);
  acsl::upsample upsample;
  check(upsample, {2, 3, 3, 4}, 0.5, 1e-4);
}

/// A unit with an addend and a relu, as a layer.
template <class Norm>
struct unit_with_addend {
  acsl::conv_norm<Norm> unit;
  acsl::tensor<float> addend;
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    unit.conv().for_each_parameter(prefix + "conv.", visit);
    unit.norm().for_each_parameter(prefix + "norm.", visit);
  }
};

template <class Norm>
void check_unit(typename Norm::options_type norm) {
  ACSL_TEST_BACKEND exec;
  unit_with_addend<Norm> layer{
      acsl::conv_norm<Norm>({.in_channels = 3, .out_channels = 4, .kernel = 3, .stride = 2, .padding = 1}, norm,
                            exec.memory()),
      test::noise({2, 4, 4, 5}, 3)};
  test::fill_parameters(layer, 50);
  for (auto const relu : {acsl::fuse_relu::yes, acsl::fuse_relu::no}) {
    auto x = test::noise({2, 3, 7, 9}, 4);
    typename acsl::conv_norm<Norm>::context ctx;
    acsl::tensor<float> kept, addend_gradient;
    auto const forward = [&](tensor_view<float const> in) {
      kept = layer.unit.forward(exec, in, ctx, relu, std::as_const(layer.addend).view());
      return acsl::clone(exec, std::as_const(kept).view());
    };
    test::check_gradients(
        exec, layer, x, forward,
        [&](tensor_view<float const> g) { return layer.unit.backward(exec, g, ctx, true, &addend_gradient); }, 1e-3,
        1e-2);
    auto const r = test::noise(kept.extents(), 91);
    test::compare_with_differences(
        "addend", layer.addend.view(), test::as_doubles(addend_gradient.view()),
        [&] { return test::projection(r, forward(x.view())); }, 1e-3, 1e-2);
  }
}

TEST_CASE("gradients of a convolution with a norm, an addend and a relu equal central differences") {
  check_unit<acsl::batch_norm>({});
  acsl::batch_norm_options batch;
  batch.in_training = acsl::statistics::batch;
  check_unit<acsl::batch_norm>(batch);
  acsl::group_norm_options group;
  group.groups = 2;
  check_unit<acsl::group_norm>(group);
}

/// Blocks keep views of their outputs, which the caller keeps alive.
template <class Block>
void check_block(typename Block::options_type options) {
  ACSL_TEST_BACKEND exec;
  Block block(options);
  test::fill_parameters(block, 60);
  auto x = test::noise({2, options.in_channels, 6, 8}, 8);
  typename Block::context ctx;
  acsl::tensor<float> kept;
  test::check_gradients(
      exec, block, x,
      [&](tensor_view<float const> in) {
        kept = block.forward(exec, in, ctx);
        return acsl::clone(exec, std::as_const(kept).view());
      },
      [&](tensor_view<float const> g) { return block.backward(exec, g, ctx); }, 1e-3, 2e-2, 5e-2);
}

TEST_CASE("gradients of residual blocks equal central differences") {
  acsl::residual_block_options<acsl::batch_norm> frozen;
  frozen.in_channels = 4;
  frozen.planes = 4;
  check_block<acsl::basic_block<acsl::batch_norm>>(frozen);
  frozen.stride = 2;
  frozen.downsample = true;
  check_block<acsl::basic_block<acsl::batch_norm>>(frozen);
  frozen.norm.in_training = acsl::statistics::batch;
  check_block<acsl::basic_block<acsl::batch_norm>>(frozen);
  acsl::residual_block_options<acsl::group_norm> group;
  group.in_channels = 8;
  group.planes = 4;
  group.downsample = true;
  group.groups = 2;
  group.base_width = 32;
  group.norm.groups = 2;
  check_block<acsl::bottleneck<acsl::group_norm>>(group);
}

}  // namespace layer_gradients
