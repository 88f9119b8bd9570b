// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <benchmark/benchmark.h>
#include <acsl/training/progress.hpp>

#include "../machine.hpp"
#include "metered_cpu.hpp"

namespace bench {

/// Times `work(exec)` after one run that is not timed, which fills the memory pool. Counters: operations and seconds of
/// products and convolutions of one run, the peak of the pool, and that of the process (weights included, and
/// whatever ran before: give every benchmark a process of its own).
template <class F>
void measure(benchmark::State& state, metered_cpu& exec, F&& work) {
  acsl::detail::host_pool().release();
  acsl::detail::host_pool().reset_peak();
  work();
  exec.reset();
  for (auto _ : state) work();
  auto const runs = static_cast<double>(state.iterations());
  state.counters["flop"] = exec.flop() / runs;
  state.counters["product_seconds"] = exec.seconds() / runs;
  state.counters["pool_MiB"] = static_cast<double>(acsl::detail::host_pool().peak_bytes()) / (1 << 20);
  state.counters["process_MiB"] = static_cast<double>(acsl::peak_memory_mib());
}

}  // namespace bench
