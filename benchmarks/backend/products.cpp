// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Products and convolutions of the cpu backend, one thread. The peer is Eigen's product of the same matrices; for
// convolutions, Eigen's product of the weights with patches that were laid out before the clock started.
#include <benchmark/benchmark.h>
#include <acsl/backend/cpu.hpp>

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

namespace {

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void flops(benchmark::State& state, double each) {
  state.counters["flop/s"] =
      benchmark::Counter(each * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void gemm(benchmark::State& state) {
  auto const m = state.range(0), n = state.range(1), k = state.range(2);
  matrix const a = matrix::Random(m, k), b = matrix::Random(k, n);
  matrix c(m, n);
  acsl::cpu exec(1);
  for (auto _ : state) {
    exec.gemm({.m = m, .n = n, .k = k}, a.data(), b.data(), c.data());
    benchmark::DoNotOptimize(c.data());
  }
  flops(state, 2.0 * static_cast<double>(m * n * k));
}

void eigen_product(benchmark::State& state) {
  auto const m = state.range(0), n = state.range(1), k = state.range(2);
  matrix const a = matrix::Random(m, k), b = matrix::Random(k, n);
  matrix c(m, n);
  for (auto _ : state) {
    c.noalias() = a * b;
    benchmark::DoNotOptimize(c.data());
  }
  flops(state, 2.0 * static_cast<double>(m * n * k));
}

// Channels in and out, side of the map, kernel, stride.
struct convolution_case {
  acsl::convolution_geometry geometry;
  acsl::tensor<float> input, weight, output;

  explicit convolution_case(benchmark::State const& state)
      : geometry{state.range(0), state.range(1), state.range(3), state.range(4), state.range(3) / 2, 1},
        input({1, state.range(0), state.range(2), state.range(2)}),
        weight(geometry.weight_shape()),
        output(geometry.output_shape(input.extents())) {
    for (acsl::index_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i % 13) - 6;
    for (acsl::index_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(i % 7) - 3;
    for (acsl::index_t i = 0; i < output.size(); ++i) output[i] = static_cast<float>(i % 11) - 5;
  }
  [[nodiscard]] double flop() const {
    return 2.0 * static_cast<double>(output.size() * weight.size() / geometry.out_channels);
  }
};

void convolve(benchmark::State& state) {
  convolution_case c(state);
  acsl::cpu exec(1);
  for (auto _ : state) exec.convolve(c.geometry, c.input.view(), c.weight.view(), c.output.view());
  flops(state, c.flop());
}
void convolve_backward_data(benchmark::State& state) {
  convolution_case c(state);
  acsl::cpu exec(1);
  for (auto _ : state) exec.convolve_backward_data(c.geometry, c.output.view(), c.weight.view(), c.input.view());
  flops(state, c.flop());
}
void convolve_backward_weights(benchmark::State& state) {
  convolution_case c(state);
  acsl::cpu exec(1);
  for (auto _ : state) exec.convolve_backward_weights(c.geometry, c.input.view(), c.output.view(), c.weight.view());
  flops(state, c.flop());
}
void eigen_product_of_patches(benchmark::State& state) {
  convolution_case const c(state);
  auto const m = c.geometry.out_channels, k = c.weight.size() / m, n = c.output.size() / m;
  matrix const a = matrix::Random(m, k), b = matrix::Random(k, n);
  matrix product(m, n);
  for (auto _ : state) {
    product.noalias() = a * b;
    benchmark::DoNotOptimize(product.data());
  }
  flops(state, c.flop());
}

void product_sizes(benchmark::internal::Benchmark* b) {
  b->Args({256, 256, 256})->Args({1024, 1024, 1024})->Args({512, 1024, 12544})->Args({64, 22528, 64});
}
void convolution_sizes(benchmark::internal::Benchmark* b) {
  b->Args({64, 64, 80, 3, 1})->Args({128, 128, 40, 3, 1})->Args({256, 256, 20, 3, 1})->Args({512, 512, 10, 3, 1});
  b->Args({64, 128, 80, 3, 2})->Args({256, 64, 80, 1, 1});
}
BENCHMARK(gemm)->Apply(product_sizes);
BENCHMARK(eigen_product)->Apply(product_sizes);
BENCHMARK(convolve)->Apply(convolution_sizes);
BENCHMARK(eigen_product_of_patches)->Apply(convolution_sizes);
BENCHMARK(convolve_backward_data)->Apply(convolution_sizes);
BENCHMARK(convolve_backward_weights)->Apply(convolution_sizes);

}  // namespace
