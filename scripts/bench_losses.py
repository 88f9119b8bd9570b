#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Runs build/release/bin/bench.losses and prints the tables of docs/benchmarks.md: time, share of the copy bandwidth, and
ratios to peers of the same run. Build first: cmake --preset release && cmake --build --preset release --target
bench.losses (LibTorch peers need libtorch-dev libopenblas0-openmp)."""
import argparse
import json
import subprocess

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--program", default="build/release/bin/bench.losses")
parser.add_argument("--shapes", nargs="*", default=["512x1231", "1024x81", "1024x1231", "4096x1231"])
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
    print(f"\n### {shape.replace('x', ' rows x ')} columns\n")
    print(f"A copy of logits to gradient beyond the caches: {copy:.2f} ms, {bandwidth['copy', shape]:.1f} GB/s.\n")
    print("| method | ms | GB/s | times a copy | Eigen / acsl | LibTorch / acsl |\n|---|---|---|---|---|---|")
    for (method, of), time in sorted(times.items()):
        if of != shape or not method.startswith("acsl "):
            continue
        name = method.removeprefix("acsl ")
        peers = [f"{times[peer, shape] / time:.1f}" if (peer, shape) in times else "" for peer in
                 (f"eigen {name}", f"torch {name}")]
        print(f"| {name} | {time:.2f} | {bandwidth[method, shape]:.1f} | {time / copy:.1f} | {peers[0]} | {peers[1]} |")
