// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/nn/batch_norm.hpp>
#include <acsl/nn/conv2d.hpp>
#include <acsl/nn/group_norm.hpp>
#include <acsl/nn/linear.hpp>
#include <acsl/nn/max_pool.hpp>
#include <acsl/nn/residual_block.hpp>
#include <acsl/nn/upsample.hpp>
#include <support/golden.hpp>
#include <support/numbers.hpp>
#include <utility>

/// Layers against PyTorch's, whose outputs and gradients in float64 lie under tests/golden/nn/.
namespace golden_layers {

constexpr double relative = 2e-5, absolute = 2e-5;

struct one_case {
  acsl::json_value entry;
  acsl::tensor<float> input, output_gradient;

  explicit one_case(acsl::json_value e)
      : entry(std::move(e)),
        input(test::golden_tensor<float>(entry.at("input"))),
        output_gradient(test::golden_tensor<float>(entry.at("output_gradient"))) {}

  acsl::index_t option(char const* name) const { return entry.at("options").at(name).integer(); }

  template <class Layer>
  void load(Layer& layer) const {
    std::size_t known = 0;
    layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      CAPTURE(name);
      auto const values = test::golden_tensor<float>(entry.at("parameters").at(name));
      REQUIRE(values.extents() == p.extents());
      std::copy(values.data(), values.data() + values.size(), p.value.data());
      if (p.trainable) {
        p.require_gradient();
        for (float& g : p.gradient.view()) g = 1;  // gradients are added
      }
      ++known;
    });
    CHECK(known == names().size());
  }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (auto const* name : {"weight", "bias", "running_mean", "running_var"})
      if (entry.at("parameters").has(name)) result.emplace_back(name);
    for (auto const* unit : {"conv1.", "bn1.", "conv2.", "bn2.", "conv3.", "bn3.", "downsample.0.", "downsample.1."})
      for (auto const* name : {"weight", "bias", "running_mean", "running_var"})
        if (entry.at("parameters").has(std::string(unit) + name)) result.push_back(std::string(unit) + name);
    return result;
  }

  template <class Exec, class Layer>
  void check(Exec& exec, Layer& layer, bool infers_alike = true) const {
    typename Layer::context ctx;
    auto const y = layer.forward(exec, input.view(), ctx);
    auto const wanted = test::golden_tensor<double>(entry.at("output"));
    CHECK(y.extents() == wanted.extents());
    CHECK(test::excess(y, wanted, relative) <= absolute);
    if (infers_alike) CHECK(test::excess(std::as_const(layer).infer(exec, input.view()), wanted, relative) <= absolute);
    auto const dx = layer.backward(exec, output_gradient.view(), ctx);
    CHECK(test::excess(dx, test::golden_tensor<double>(entry.at("input_gradient")), relative) <= absolute);
    layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      if (!p.trainable) return;
      CAPTURE(name);
      auto gradient = test::golden_tensor<double>(entry.at("gradients").at(name));
      for (double& g : gradient.view()) g += 1;
      CHECK(test::excess(p.gradient, gradient, relative) <= absolute);
    });
    // Without the input's gradient: nothing comes back, the parameters' gradients are the same as before, added again.
    typename Layer::context again;
    auto const kept = layer.forward(exec, input.view(), again);
    CHECK(layer.backward(exec, output_gradient.view(), again, false).empty());
    layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      if (!p.trainable) return;
      CAPTURE(name);
      auto gradient = test::golden_tensor<double>(entry.at("gradients").at(name));
      for (double& g : gradient.view()) g = 2 * g + 1;
      CHECK(test::excess(p.gradient, gradient, relative) <= 2 * absolute);
    });
  }
};

template <class F>
void for_each_entry(char const* file, F f) {
  auto const entries = test::golden(file).at("entries");
  REQUIRE(entries.size() > 0);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CAPTURE(entries.at(i).at("name").text());
    f(one_case(entries.at(i)));
  }
}

TEST_CASE("convolutions equal PyTorch's") {
  ACSL_TEST_BACKEND exec;
  for_each_entry("nn/convolution.json", [&](one_case const& one) {
    acsl::conv2d layer({.in_channels = one.option("in_channels"),
                        .out_channels = one.option("out_channels"),
                        .kernel = one.option("kernel"),
                        .stride = one.option("stride"),
                        .padding = one.option("padding"),
                        .groups = one.option("groups"),
                        .bias = one.option("bias") == 1},
                       exec.memory());
    one.load(layer);
    one.check(exec, layer);
  });
}

TEST_CASE("batch norms equal PyTorch's, with frozen statistics and with those of the batch") {
  ACSL_TEST_BACKEND exec;
  for_each_entry("nn/batch_norm.json", [&](one_case const& one) {
    acsl::batch_norm_options options;
    bool const batch = one.entry.has("statistics");
    if (batch) options.in_training = acsl::statistics::batch;
    acsl::batch_norm layer(one.option("channels"), options, exec.memory());
    one.load(layer);
    acsl::batch_norm::context ctx;
    layer.forward(exec, one.input.view(), ctx);
    layer.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      if (p.kind != acsl::role::statistic) return;
      CAPTURE(name);
      auto const& source = batch ? one.entry.at("statistics") : one.entry.at("parameters");
      CHECK(test::excess(p.value, test::golden_tensor<double>(source.at(name)), 1e-6) <= 1e-6);
    });
    one.load(layer);
    one.check(exec, layer, !batch);
  });
}

TEST_CASE("group norms equal PyTorch's") {
  ACSL_TEST_BACKEND exec;
  for_each_entry("nn/group_norm.json", [&](one_case const& one) {
    acsl::group_norm_options options;
    options.groups = one.option("groups");
    acsl::group_norm layer(one.option("channels"), options, exec.memory());
    one.load(layer);
    one.check(exec, layer);
  });
}

TEST_CASE("pooling, upsampling and linear layers equal PyTorch's") {
  ACSL_TEST_BACKEND exec;
  for_each_entry("nn/max_pool.json", [&](one_case const& one) {
    acsl::max_pool layer({one.option("kernel"), one.option("stride"), one.option("padding")});
    one.check(exec, layer);
  });
  for_each_entry("nn/upsample.json", [&](one_case const& one) {
    acsl::upsample layer;
    one.check(exec, layer);
  });
  for_each_entry("nn/linear.json", [&](one_case const& one) {
    acsl::linear layer({one.option("in"), one.option("out")}, exec.memory());
    one.load(layer);
    one.check(exec, layer);
  });
}

TEST_CASE("residual blocks equal PyTorch's") {
  ACSL_TEST_BACKEND exec;
  for_each_entry("nn/residual_block.json", [&](one_case const& one) {
    acsl::residual_block_options<acsl::batch_norm> const options{.in_channels = one.option("in_channels"),
                                                                 .planes = one.option("planes"),
                                                                 .stride = one.option("stride"),
                                                                 .groups = one.option("groups"),
                                                                 .base_width = one.option("base_width"),
                                                                 .downsample = one.option("downsample") == 1,
                                                                 .norm = {}};
    if (one.entry.at("options").at("kind").text() == "basic") {
      acsl::basic_block<acsl::batch_norm> layer(options, exec.memory());
      one.load(layer);
      one.check(exec, layer);
    } else {
      acsl::bottleneck<acsl::batch_norm> layer(options, exec.memory());
      one.load(layer);
      one.check(exec, layer);
    }
  });
}

}  // namespace golden_layers
