// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/clone.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <support/backend_memory.hpp>
#include <thread>

namespace {

using acsl::index_t;
using results = std::map<std::string, std::vector<float>>;

template <class T>
std::vector<float> floats(T const& values) {
  return {values.begin(), values.end()};
}

/// Everything that could depend on how work is cut, on sizes that are cut.
results everything(acsl::cpu& exec) {
  results all;
  constexpr index_t n = 200003;
  auto const values = test::uniform_floats(n, 1);
  auto const tensor = test::on(exec, values);
  float const* const x = tensor.data();
  all["sum"] = {exec.reduce(tensor.view(), 0.1F, acsl::plus{})};
  all["squares"] = {exec.transform_reduce(
      n, [=](index_t i) { return x[i] * x[i]; }, 0.0F, acsl::plus{})};

  auto keys = test::on(exec, values);
  acsl::tensor<std::int32_t> order({n}, exec.memory()), flagged({n}, exec.memory()), best({5000}, exec.memory());
  exec.for_each(n, [k = keys.data(), o = order.data()](index_t i) {
    k[i] = std::floor(k[i] * 50);
    o[i] = static_cast<std::int32_t>(i);
  });
  all["top_k"] = (exec.top_k(acsl::tensor_view<float const>(keys.view()), 5000, best.view()), floats(best.view()));
  exec.sort_by_key(keys.view(), order.view(), [](float a, float b) { return a < b; });
  all["sort"] = floats(order.view());
  index_t const found = exec.select(
      n, [=](index_t i) { return x[i] > 0.3F; }, flagged.view());
  all["select"] = floats(flagged.view().slice(0, found));
  exec.for_each(n, [=, o = order.data()](index_t i) { o[i] = x[i] > 0; });
  all["scan"] = {static_cast<float>(exec.exclusive_scan(order.view(), flagged.view()))};
  for (auto const value : floats(flagged.view())) all["scan"].push_back(value);

  auto c = acsl::filled(exec, {90, 700}, 0.0F);
  exec.gemm({.b = acsl::transpose::yes, .m = 90, .n = 390, .k = 500}, x, x + 7, c.data(), {});
  all["gemm"] = floats(c.view());
  exec.gemm({.m = 700, .n = 90, .k = 128}, x, x + 9, c.data(), {});
  all["gemm, tall"] = floats(c.view());

  for (index_t const stride : {1, 2})
    for (index_t const groups : {1, 2}) {
      acsl::convolution_geometry const g{
          .in_channels = 16, .out_channels = 20, .kernel = 3, .stride = stride, .padding = 1, .groups = groups};
      acsl::shape const input{2, 16, 40, 61}, output = g.output_shape(input);
      acsl::tensor_view<float const> const in(x, input), w(x + 5, g.weight_shape()), dy(x + 11, output);
      acsl::tensor<float> y(output, exec.memory()), dx(input, exec.memory());
      auto dw = acsl::filled(exec, g.weight_shape(), 0.0F);
      exec.convolve(g, in, w, y.view(), {});
      exec.convolve_backward_data(g, dy, w, dx.view());
      exec.convolve_backward_weights(g, in, dy, dw.view());
      std::string const name = " stride " + std::to_string(stride) + " groups " + std::to_string(groups);
      all["convolve" + name] = floats(y.view());
      all["backward data" + name] = floats(dx.view());
      all["backward weights" + name] = floats(dw.view());
    }
  return all;
}

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST_CASE("results have the same bits for 1, 2 and 5 threads, and every time") {
  acsl::cpu one(1);
  auto const wanted = everything(one);
  CHECK(wanted.size() == 20);
  for (int const threads : {2, 5, 2}) {
    acsl::cpu exec(threads);
    REQUIRE(exec.threads() == threads);
    for (auto const& [name, values] : everything(exec)) {
      CAPTURE(threads);
      CAPTURE(name);
      CHECK(same_bits(values, wanted.at(name)));
    }
  }
}

TEST_CASE("several threads may use one context at once") {
  acsl::cpu exec(2);
  auto const wanted = everything(exec);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (auto const& [name, values] : everything(exec)) wrong += !same_bits(values, wanted.at(name));
    });
  for (auto& caller : callers) caller.join();
  CHECK(wrong == 0);
}

TEST_CASE("function objects may call primitives of the same context") {
  acsl::cpu exec(3);
  constexpr index_t rows = 12, columns = 30001;
  auto const values = test::uniform_floats(rows * columns, 2);
  std::vector<float> sums(rows), wanted;
  exec.for_each(
      rows,
      [&, x = values.data(), sum = sums.data()](index_t row) {
        acsl::tensor<float> doubled({columns}, exec.memory());
        exec.for_each(columns, [=, y = doubled.data()](index_t j) { y[j] = 2 * x[row * columns + j]; });
        sum[row] = exec.reduce(doubled.view(), 0.0F, acsl::plus{});
      },
      1e6);
  acsl::cpu one(1);
  for (index_t row = 0; row < rows; ++row)
    wanted.push_back(
        2 * one.reduce(acsl::tensor_view<float const>(values.data() + row * columns, {columns}), 0.0F, acsl::plus{}));
  CHECK(sums == wanted);
}

TEST_CASE("sums of 2,304 products in tiles of 4 x 4 outputs are off by two millionths of their size") {
  acsl::convolution_geometry const g{.in_channels = 256, .out_channels = 24, .kernel = 3, .padding = 1};
  acsl::shape const input{1, 256, 18, 21}, output = g.output_shape(input);
  auto const x = test::uniform_floats(input.elements(), 3), w = test::uniform_floats(g.weight_shape().elements(), 4);
  std::vector<float> y(static_cast<std::size_t>(output.elements())), exact = y;
  acsl::tensor_view<float const> const in(x.data(), input), weight(w.data(), g.weight_shape());
  acsl::cpu(2).convolve(g, in, weight, acsl::tensor_view<float>(y.data(), output), {});
  acsl::reference{}.convolve(g, in, weight, acsl::tensor_view<float>(exact.data(), output), {});
  double error = 0, size = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    error += std::pow(double{y[i]} - double{exact[i]}, 2);
    size += std::pow(double{exact[i]}, 2);
  }
  CHECK(std::sqrt(error / size) < 2e-6);
}

TEST_CASE("an error thrown by a function object reaches the caller") {
  acsl::cpu exec(2);
  CHECK_THROWS_AS(exec.for_each(
                      10000, [](index_t i) { ACSL_EXPECTS(i != 7777, "no index is 7777"); }, 1000),
                  acsl::error);
}

TEST_CASE("a number of threads is positive, or 0 for all the process may use") {
  CHECK(acsl::cpu(0).threads() >= 1);
  CHECK_THROWS_AS(acsl::cpu(-1), acsl::error);
}

}  // namespace
