// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cstring>
#include <support/row_kernels.hpp>

namespace repeatable_tests {

template <class Exec>
test::results everything(Exec& exec) {
  auto all = test::row_results(exec, 1231);
  acsl::index_t const n = 150001;
  auto const x = test::on(exec, test::uniform_floats(n, 31));
  all["sum"] = {exec.reduce(x.view(), 0.0F, acsl::plus{})};
  acsl::tensor<float> c({130, 130}, exec.memory());
  exec.gemm({.m = 130, .n = 130, .k = 700}, x.data(), x.data() + 13, c.data(), {});
  all["gemm"] = test::host(exec, c);
  acsl::convolution_geometry const g{.in_channels = 6, .out_channels = 9, .kernel = 3, .stride = 2, .padding = 1};
  acsl::shape const input{3, 6, 70, 90}, output = g.output_shape(input);
  acsl::tensor_view<float const> const in(x.data(), input), dy(x.data() + 100, output),
      weight(x.data() + 7, g.weight_shape());
  acsl::tensor<float> dx(input, exec.memory()), dw(g.weight_shape(), exec.memory());
  exec.convolve_backward_data(g, dy, weight, dx.view());
  exec.fill(dw.view(), 0.5F);
  exec.convolve_backward_weights(g, in, dy, dw.view());
  all["backward data"] = test::host(exec, dx);
  all["backward weights"] = test::host(exec, dw);
  return all;
}

TEST_CASE("sums, products, convolutions and row kernels have the same bits every time") {
  ACSL_TEST_BACKEND exec;
  auto const first = everything(exec);
  for (int repeat = 0; repeat < 2; ++repeat)
    for (auto const& [name, values] : everything(exec)) {
      CAPTURE(name);
      auto const& wanted = first.at(name);
      REQUIRE(values.size() == wanted.size());
      CHECK(std::memcmp(values.data(), wanted.data(), values.size() * sizeof(float)) == 0);
    }
}

}  // namespace repeatable_tests
