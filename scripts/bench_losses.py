#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Runs build/release/bin/bench.losses and prints the tables of docs/benchmarks.md: time, share of the copy bandwidth, and
ratios to peers of the same run. Build first: cmake --preset release && cmake --build --preset release --target
bench.losses (LibTorch peers need libtorch-dev libopenblas0-openmp)."""
import argparse
import json
import subprocess

# What a method computes for an element beside moving it, and what else; it decides where memory does not.
COSTS = {
    "adaptive_class_suppression": "1 exp where it trains",
    "balanced_group_softmax": "1 exp",
    "balanced_sigmoid": "1 exp, tables",
    "balanced_softmax": "1 exp, tables",
    "class_balanced_focal": "2 exp, 1 log",
    "class_balanced_softmax": "1 exp",
    "class_dependent_temperatures": "1 exp, tables",
    "drop": "1 exp, a draw",
    "effective_class_margin": "1 exp, 1 log, tables",
    "equalization": "1 exp",
    "equalization_v2": "1 exp, 1 log, column sums",
    "equalized_focal": "2 exp, 1 log, column sums",
    "equilibrium": "1 exp, tables, scores first",
    "federated": "1 exp in the chosen columns",
    "focal": "1 exp, 1 log",
    "gumbel": "2 exp, 1 log, a draw",
    "harmonised_gradient": "two reads: 1 exp and counting, 1 exp, 1 log, a table",
    "inverse_frequency_softmax": "1 exp",
    "label_distribution_aware_margin": "1 exp, tables",
    "logit_adjustment": "1 exp, tables",
    "seesaw": "3 exp in foreground rows",
    "sigmoid_cross_entropy": "1 exp",
    "softmax_cross_entropy": "1 exp",
    "softmax_equalization": "1 exp, a draw",
    "softmax_focal": "1 exp",
    "vector_scaling": "1 exp, tables",
}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--program", default="build/release/bin/bench.losses")
parser.add_argument("--shapes", nargs="*", default=["512x1231", "1024x81", "1024x1231", "1024x1231_cached", "4096x1231"])
parser.add_argument("--repetitions", type=int, default=5, help="of every benchmark; the fastest counts")
parser.add_argument("--min-time", type=float, default=0.2, help="seconds of every repetition")
parser.add_argument("--json", help="keep the raw figures there")
options = parser.parse_args()

wanted = "|".join(f"/{shape}/" for shape in options.shapes)
report = json.loads(subprocess.run(
    [options.program, f"--benchmark_filter={wanted}", f"--benchmark_repetitions={options.repetitions}",
     "--benchmark_enable_random_interleaving=true", f"--benchmark_min_time={options.min_time}",
     "--benchmark_format=json"], check=True, stdout=subprocess.PIPE).stdout)
if options.json:
    with open(options.json, "w") as file:
        json.dump(report, file, indent=1)

times, bandwidth = {}, {}
for one in report["benchmarks"]:
    if one.get("run_type") == "aggregate":
        continue
    method, shape = one["run_name"].split("/")[:2]
    if one["real_time"] < times.get((method, shape), float("inf")):
        times[method, shape] = one["real_time"] / 1e6
        bandwidth[method, shape] = one["bytes_per_second"] / 1e9

for shape in options.shapes:
    copy = times["copy", shape]
    print(f"\n### {shape.replace('_cached', '').replace('x', ' rows, ')} columns"
          f"{', one batch in the cache' if 'cached' in shape else ''}\n")
    print(f"`copy`: {copy:.2f} ms, {bandwidth['copy', shape]:.0f} GB/s; `stores`: {times['stores', shape]:.2f} ms.\n")
    print("| method | ms | share of the copy's bandwidth | times a copy | Eigen / acsl | LibTorch / acsl | it computes |")
    print("|---|---|---|---|---|---|---|")
    for (method, of), time in sorted(times.items()):
        if of != shape or not method.startswith("acsl "):
            continue
        name = method.removeprefix("acsl ")
        peers = [f"{times[peer, shape] / time:.1f}" if (peer, shape) in times else "" for peer in
                 (f"eigen {name}", f"torch {name}")]
        print(f"| {name} | {time:.2f} | {100 * copy / time:.0f} % | {time / copy:.1f} | {peers[0]} | {peers[1]} | "
              f"{COSTS.get(name, '')} |")
