// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Value and gradient of every classification loss on the cpu backend. Beside them `copy` moves the same bytes and
// nothing else; so does `stores`, with ordinary stores, which first fetch the lines that they overwrite, as every
// method does. Peers are in eigen_peers.cpp and torch_peers.cpp. scripts/bench_losses.py makes the table of ratios.
#include <acsl/backend/cpu.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <cstring>

#include "batch.hpp"

namespace {

template <class Move>
void move_rows(benchmark::State& state, bench::shape of, Move move) {
  bench::batches data(of);
  acsl::cpu exec(bench::threads);
  for (auto _ : state) {
    data.next();
    float const* const from = data.logits();
    float* const to = data.gradient();
    exec.parallel_for(bench::threads * 4, [=](acsl::index_t part) {
      acsl::index_t const first = of.rows * part / (bench::threads * 4) * of.columns,
                          last = of.rows * (part + 1) / (bench::threads * 4) * of.columns;
      move(from + first, to + first, last - first);
    });
    benchmark::DoNotOptimize(to[0]);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, of);
}

void copy(benchmark::State& state, bench::shape of) {
  move_rows(state, of, [](float const* from, float* to, acsl::index_t n) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(float));
  });
}
void stores(benchmark::State& state, bench::shape of) {
  move_rows(state, of, [](float const* from, float* to, acsl::index_t n) {
    ACSL_INDEPENDENT_ITERATIONS
    for (acsl::index_t i = 0; i < n; ++i) to[i] = from[i] + 1;
  });
}

void method(benchmark::State& state, std::string const& name, bench::shape of) {
  acsl::index_t const classes = of.columns - 1;
  auto loss = acsl::make_classification_loss({.name = name}, bench::batches::statistics(classes));
  of.columns = loss.columns(classes);
  bench::batches data(of, classes);
  auto labels = data.labels();
  acsl::cpu exec(bench::threads);
  std::uint64_t step = 0;
  for (auto _ : state) {
    data.next();
    auto const result =
        loss.evaluate(exec, acsl::tensor_view<float const>(data.logits(), {of.rows, of.columns}), labels,
                      acsl::tensor_view<float>(data.gradient(), {of.rows, of.columns}), acsl::random_key{++step});
    benchmark::DoNotOptimize(result.value);
  }
  bench::count_bytes(state, of);
}

[[maybe_unused]] bool const registered = [] {
  for (auto const of : bench::shapes()) {
    benchmark::RegisterBenchmark(bench::name_of("copy", of).c_str(), copy, of)->UseRealTime();
    benchmark::RegisterBenchmark(bench::name_of("stores", of).c_str(), stores, of)->UseRealTime();
    for (auto const& maker : acsl::detail::loss_makers)
      benchmark::RegisterBenchmark(bench::name_of("acsl " + std::string(maker.name), of).c_str(), method,
                                   std::string(maker.name), of)
          ->UseRealTime();
  }
  return true;
}();

}  // namespace
