// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <benchmark/benchmark.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/detail/micro_kernel.hpp>
#include <cstdlib>

/// What the machine gives: threads, and the arithmetic of its cores.
namespace bench {

using acsl::index_t;

/// Threads of every benchmark that does not say another number: ACSL_BENCH_THREADS, 2 where it is not set.
inline int const threads = [] {
  char const* const wanted = std::getenv("ACSL_BENCH_THREADS");
  return wanted ? std::atoi(wanted) : 2;
}();

/// The micro kernel of products on panels that stay in the first cache, on every thread: the most that any product or
/// convolution of the library can reach. The counter `flop` is what one iteration computes.
inline void peak(benchmark::State& state) {
  using namespace acsl::detail;
  constexpr index_t steps = 256, calls = 200;
  index_t const tasks = 32 * threads;  // short ones, so that no thread waits for another
  acsl::cpu exec(threads);
  for (auto _ : state)
    exec.parallel_for(tasks, [](index_t) {
      alignas(64) static thread_local float a[steps * tile_rows], b[steps * tile_columns];
      alignas(64) float tile[tile_rows * tile_columns];
      for (index_t i = 0; i < calls; ++i) {
        micro_kernel(steps, a, b, tile_columns, tile, tile_columns);
        benchmark::DoNotOptimize(tile[0]);
      }
    });
  state.counters["flop"] = 2.0 * static_cast<double>(tasks * steps * calls * tile_rows * tile_columns);
}

}  // namespace bench
