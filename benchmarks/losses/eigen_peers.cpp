// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Value and gradient as one writes them with Eigen's array expressions, one thread as Eigen runs them.
#include <Eigen/Core>

#include "batch.hpp"

namespace {

using matrix = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class F>
void run(benchmark::State& state, bench::shape of, F f) {
  bench::batches data(of);
  auto const labels = data.labels();
  matrix targets = matrix::Zero(of.rows, of.columns);
  for (bench::index_t i = 0; i < of.rows; ++i) targets(i, labels[i]) = 1;
  for (auto _ : state) {
    data.next();
    Eigen::Map<matrix const> const z(data.logits(), of.rows, of.columns);
    Eigen::Map<matrix> g(data.gradient(), of.rows, of.columns);
    benchmark::DoNotOptimize(f(z, g, targets) / static_cast<float>(of.rows));
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, of);
}

void cross_entropy(benchmark::State& state, bench::shape of) {
  run(state, of, [](auto const& z, auto& g, matrix const& t) {
    auto const rows = static_cast<float>(z.rows());
    g = (z.colwise() - z.rowwise().maxCoeff()).exp();
    Eigen::ArrayXf const sums = g.rowwise().sum();
    g.colwise() /= sums;
    float const value = -((g + 1e-38F).log() * t).sum();
    g = (g - t) / rows;
    return value;
  });
}
void binary_cross_entropy(benchmark::State& state, bench::shape of) {
  run(state, of, [](auto const& z, auto& g, matrix const& t) {
    auto const rows = static_cast<float>(z.rows());
    float const value = (z.max(0.0F) - z * t + (-z.abs()).exp().log1p()).sum();
    g = ((1.0F + (-z).exp()).inverse() - t) / rows;
    return value;
  });
}
void focal(benchmark::State& state, bench::shape of) {
  run(state, of, [](auto const& z, auto& g, matrix const& t) {
    auto const rows = static_cast<float>(z.rows());
    matrix const p = (1.0F + (-z).exp()).inverse();
    matrix const q = t * p + (1.0F - t) * (1.0F - p);  // of the truth
    matrix const a = 0.25F * t + 0.75F * (1.0F - t);
    matrix const logs = (q + 1e-38F).log();
    float const value = -(a * (1.0F - q).square() * logs).sum();
    g = a * (2.0F * t - 1.0F) * (1.0F - q).square() * (2.0F * q * logs - (1.0F - q)) / rows;
    return value;
  });
}

[[maybe_unused]] bool const registered = [] {
  for (auto const of : bench::shapes()) {
    benchmark::RegisterBenchmark(bench::name_of("eigen softmax_cross_entropy", of).c_str(), cross_entropy, of)
        ->UseRealTime();
    benchmark::RegisterBenchmark(bench::name_of("eigen sigmoid_cross_entropy", of).c_str(), binary_cross_entropy, of)
        ->UseRealTime();
    benchmark::RegisterBenchmark(bench::name_of("eigen focal", of).c_str(), focal, of)->UseRealTime();
  }
  return true;
}();

}  // namespace
