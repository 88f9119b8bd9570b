// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <support/backend_memory.hpp>

namespace convolution_tests {

using acsl::index_t;

/// One convolution with its operands in host memory.
struct problem {
  acsl::convolution_geometry geometry;
  acsl::shape input, output;
  std::vector<float> x, w, dy, dw, scale, shift, addend;

  problem(acsl::convolution_geometry g, index_t images, index_t height, index_t width) : geometry(g) {
    input = {images, g.in_channels, height, width};
    output = g.output_shape(input);
    x = test::uniform_floats(input.elements(), 1);
    w = test::uniform_floats(g.weight_shape().elements(), 2);
    dy = test::uniform_floats(output.elements(), 3);
    dw = test::uniform_floats(g.weight_shape().elements(), 4);
    scale = test::uniform_floats(g.out_channels, 5);
    shift = test::uniform_floats(g.out_channels, 6);
    addend = test::uniform_floats(output.elements(), 7);
  }

  enum { with_scale = 1, with_shift = 2, with_addend = 4, with_relu = 8, in_place = 16 };

  template <class Exec>
  std::vector<float> forward(Exec& exec, unsigned parts = 0) const {
    auto const in = test::on(exec, x, input), weight = test::on(exec, w, geometry.weight_shape()),
               row_scale = test::on(exec, scale), row_shift = test::on(exec, shift), add = test::on(exec, addend);
    auto out = test::on(exec, dy, output);
    acsl::epilogue last;
    if (parts & with_scale) last.row_scale = row_scale.data();
    if (parts & with_shift) last.row_shift = row_shift.data();
    if (parts & with_addend) last.addend = add.data();
    if (parts & in_place) last.addend = out.data();
    last.relu = (parts & with_relu) != 0;
    exec.convolve(geometry, in.view(), weight.view(), out.view(), last);
    return test::host(exec, out);
  }
  template <class Exec>
  std::vector<float> backward_data(Exec& exec) const {
    auto const gradient = test::on(exec, dy, output), weight = test::on(exec, w, geometry.weight_shape());
    auto result = test::on(exec, x, input);
    exec.convolve_backward_data(geometry, gradient.view(), weight.view(), result.view());
    return test::host(exec, result);
  }
  template <class Exec>
  std::vector<float> backward_weights(Exec& exec) const {
    auto const in = test::on(exec, x, input), gradient = test::on(exec, dy, output);
    auto result = test::on(exec, dw, geometry.weight_shape());
    exec.convolve_backward_weights(geometry, in.view(), gradient.view(), result.view());
    return test::host(exec, result);
  }
};

/// Kernel 1, 2, 3, 7, 9; stride 1, 2, 3; with and without padding; groups from one to one a channel; odd sizes.
inline std::vector<problem> problems() {
  std::vector<problem> all;
  all.push_back({{.in_channels = 1, .out_channels = 1}, 1, 1, 1});
  all.push_back({{.in_channels = 5, .out_channels = 7}, 2, 9, 37});
  all.push_back({{.in_channels = 6, .out_channels = 4, .stride = 2}, 2, 8, 9});
  all.push_back({{.in_channels = 3, .out_channels = 35, .kernel = 3, .padding = 1}, 2, 13, 35});
  all.push_back({{.in_channels = 40, .out_channels = 33, .kernel = 3}, 1, 6, 7});
  all.push_back({{.in_channels = 4, .out_channels = 6, .kernel = 3, .stride = 2, .padding = 1}, 3, 11, 34});
  all.push_back({{.in_channels = 3, .out_channels = 9, .kernel = 7, .stride = 2, .padding = 3}, 2, 23, 41});
  all.push_back({{.in_channels = 2, .out_channels = 3, .kernel = 7, .padding = 3}, 1, 5, 4});
  all.push_back({{.in_channels = 12, .out_channels = 18, .kernel = 3, .padding = 1, .groups = 3}, 2, 7, 33});
  all.push_back({{.in_channels = 8, .out_channels = 8, .kernel = 3, .stride = 2, .padding = 1, .groups = 8}, 2, 9, 9});
  all.push_back({{.in_channels = 6, .out_channels = 10, .groups = 2}, 1, 33, 34});
  all.push_back({{.in_channels = 2, .out_channels = 2, .kernel = 3, .stride = 3, .padding = 2}, 1, 10, 11});
  all.push_back({{.in_channels = 2, .out_channels = 3, .kernel = 2, .padding = 4}, 1, 3, 5});  // wider than the kernel
  all.push_back({{.in_channels = 2, .out_channels = 3, .kernel = 9, .stride = 2, .padding = 4}, 2, 17, 38});
  all.push_back({{.in_channels = 3, .out_channels = 4, .kernel = 3, .padding = 1}, 0, 5, 5});  // no image
  // Enough channels and pixels for tiles of 4 x 4 outputs, none of these sizes a multiple of 4.
  all.push_back({{.in_channels = 17, .out_channels = 20, .kernel = 3, .padding = 1}, 3, 9, 26});
  all.push_back({{.in_channels = 16, .out_channels = 30, .kernel = 3}, 1, 5, 301});
  all.push_back({{.in_channels = 20, .out_channels = 16, .kernel = 3, .padding = 2}, 1, 150, 2});
  all.push_back({{.in_channels = 18, .out_channels = 36, .kernel = 3, .stride = 2, .padding = 1}, 1, 15, 22});
  // Groups of a few channels each, as in ResNeXt.
  all.push_back({{.in_channels = 16, .out_channels = 16, .kernel = 3, .padding = 1, .groups = 4}, 2, 10, 55});
  all.push_back(
      {{.in_channels = 26, .out_channels = 30, .kernel = 3, .stride = 2, .padding = 1, .groups = 2}, 2, 9, 99});
  all.push_back({{.in_channels = 9, .out_channels = 33, .kernel = 5, .padding = 1, .groups = 3}, 1, 7, 18});
  return all;
}

TEST_CASE("a convolution and its gradients worked by hand") {
  ACSL_TEST_BACKEND exec;
  acsl::convolution_geometry const g{.in_channels = 1, .out_channels = 1, .kernel = 3, .stride = 2, .padding = 1};
  std::vector<float> const x = {1, 2, 3, 4, 5, 6, 7, 8, 9}, w = {1, 0, 0, 0, 2, 0, 0, 0, -1};
  auto const input = test::on(exec, x, {1, 1, 3, 3}), weight = test::on(exec, w, {1, 1, 3, 3});
  acsl::tensor<float> y({1, 1, 2, 2}, exec.memory());
  exec.convolve(g, input.view(), weight.view(), y.view(), {});
  CHECK(test::host(exec, y) == std::vector<float>{-3, 6, 14, 23});  // 2·1 − 5, 2·3, 2·7, 5 + 2·9
  auto const dy = test::on(exec, std::vector<float>{1, 10, 100, 1000}, {1, 1, 2, 2});
  auto dx = test::on(exec, x, {1, 1, 3, 3});
  exec.convolve_backward_data(g, dy.view(), weight.view(), dx.view());
  CHECK(test::host(exec, dx) == std::vector<float>{2, 0, 20, 0, 999, 0, 200, 0, 2000});
  auto dw = test::on(exec, std::vector<float>(9, 0.5F), {1, 1, 3, 3});
  exec.convolve_backward_weights(g, input.view(), dy.view(), dw.view());
  CHECK(test::host(exec, dw) ==
        std::vector<float>{5000.5F, 6400.5F, 500.5F, 8020.5F, 9731.5F, 802.5F, 50.5F, 64.5F, 5.5F});
}

TEST_CASE("convolutions of every kind equal the reference's, with and without each part of the epilogue") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  unsigned parts = 0;
  for (auto const& one : problems()) {
    CAPTURE(one.input.to_string().c_str());
    CAPTURE(one.geometry.weight_shape().to_string().c_str());
    CHECK(test::distance(one.forward(exec), one.forward(oracle)) < 2e-5);
    for (int repeat = 0; repeat < 3; ++repeat) {
      parts = (parts + 1) % 16;
      CAPTURE(parts);
      CHECK(test::distance(one.forward(exec, parts), one.forward(oracle, parts)) < 2e-5);
    }
    CHECK(test::distance(one.forward(exec, 27), one.forward(oracle, 27)) < 2e-5);  // all parts, the addend in place
  }
}

TEST_CASE("gradients by the input of convolutions of every kind equal the reference's") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  for (auto const& one : problems()) {
    CAPTURE(one.input.to_string().c_str());
    CAPTURE(one.geometry.weight_shape().to_string().c_str());
    CHECK(test::distance(one.backward_data(exec), one.backward_data(oracle)) < 2e-5);
  }
}

TEST_CASE("gradients by the weights of convolutions of every kind are added, and equal the reference's") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  for (auto const& one : problems()) {
    CAPTURE(one.input.to_string().c_str());
    CAPTURE(one.geometry.weight_shape().to_string().c_str());
    CHECK(test::distance(one.backward_weights(exec), one.backward_weights(oracle)) < 5e-5);
  }
}

TEST_CASE("a sum over many pixels and channels is as exact as floats allow") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  problem const wide({.in_channels = 150, .out_channels = 40, .kernel = 3, .padding = 1}, 1, 10, 13);
  double const size = std::sqrt(9.0 * 150) / 3;  // of a sum of products of numbers in [-1, 1), root mean square
  CHECK(test::distance(wide.forward(exec, problem::in_place), wide.forward(oracle, problem::in_place)) < 1e-5 * size);
  CHECK(test::distance(wide.backward_data(exec), wide.backward_data(oracle)) < 1e-5 * size);
  problem const large({.in_channels = 3, .out_channels = 5, .kernel = 3, .stride = 2, .padding = 1}, 2, 130, 171);
  CHECK(test::distance(large.backward_weights(exec), large.backward_weights(oracle)) < 5e-5);
}

TEST_CASE("the gradients are the adjoints of the convolution") {
  ACSL_TEST_BACKEND exec;
  auto const dot = [](std::vector<float> const& a, std::vector<float> const& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
    return sum;
  };
  for (auto const& one : problems()) {
    CAPTURE(one.input.to_string().c_str());
    CAPTURE(one.geometry.weight_shape().to_string().c_str());
    double const wanted = dot(one.forward(exec), one.dy), room = 2e-5 * (1 + double(one.dy.size()));
    CHECK(std::abs(dot(one.backward_data(exec), one.x) - wanted) < room);
    CHECK(std::abs(dot(one.backward_weights(exec), one.w) - dot(one.dw, one.w) - wanted) < room);
  }
}

TEST_CASE("a convolution refuses numbers that make none, and arrays of other shapes") {
  ACSL_TEST_BACKEND exec;
  auto const refuses = [&](acsl::convolution_geometry g, acsl::shape x, acsl::shape w, acsl::shape y) {
    acsl::tensor<float> input(x, exec.memory()), weight(w, exec.memory()), output(y, exec.memory());
    auto const in = acsl::tensor_view<float const>(input), out = acsl::tensor_view<float const>(output),
               by = acsl::tensor_view<float const>(weight);
    CHECK_THROWS_AS(exec.convolve(g, in, by, output.view(), {}), acsl::error);
    CHECK_THROWS_AS(exec.convolve_backward_data(g, out, by, input.view()), acsl::error);
    CHECK_THROWS_AS(exec.convolve_backward_weights(g, in, out, weight.view()), acsl::error);
  };
  acsl::convolution_geometry const g{.in_channels = 4, .out_channels = 6, .kernel = 3, .padding = 1, .groups = 2};
  refuses(g, {1, 3, 5, 5}, {6, 2, 3, 3}, {1, 6, 5, 5});  // input channels
  refuses(g, {4, 5, 5}, {6, 2, 3, 3}, {6, 5, 5});        // rank
  refuses(g, {1, 4, 5, 5}, {6, 2, 3, 3}, {1, 6, 5, 4});  // output
  refuses(g, {1, 4, 5, 5}, {6, 4, 3, 3}, {1, 6, 5, 5});  // weights
  refuses({.in_channels = 4, .out_channels = 6, .groups = 3}, {1, 4, 5, 5}, {6, 1, 1, 1}, {1, 6, 5, 5});
  refuses({.in_channels = 4, .out_channels = 6, .stride = 0}, {1, 4, 5, 5}, {6, 4, 1, 1}, {1, 6, 5, 5});
  refuses({.in_channels = 4, .out_channels = 6, .kernel = 7}, {1, 4, 5, 5}, {6, 4, 7, 7}, {1, 6, 1, 1});
}

}  // namespace convolution_tests
