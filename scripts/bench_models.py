#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Runs build/release/bin/bench.models and its peer, torchvision's detectors, in turn and prints the table of
docs/benchmarks.md; with --layers, what every convolution reaches. Build first: cmake --preset release && cmake --build
--preset release --target bench.models bench.backend. The peer needs python3-torch python3-torchvision
libopenblas0-openmp (scripts/install_dependencies.sh --with-peers)."""
import argparse
import json
import os
import pathlib
import subprocess
import sys

# What stands in the table, and the benchmark that measures it.
ROWS = {
    "r50_fpn": ("R50 + FPN forward", "forward/r50_fpn/"),
    "x101_64x4d_fpn": ("X101-64x4d + FPN forward", "forward/x101_64x4d_fpn/"),
    "inference": ("Faster R50, image to 300 detections", "inference/"),
    "training_softmax": ("Faster R50, training step, softmax", "training_step/softmax_cross_entropy/"),
    "training_acsl": ("Faster R50, training step, adaptive class suppression",
                      "training_step/adaptive_class_suppression/"),
}
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
PEER = pathlib.Path(__file__).resolve().parent.parent / "benchmarks/models/torch_peer.py"

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--folder", default="build/release/bin", help="where bench.models and bench.backend are")
parser.add_argument("--rows", nargs="*", choices=ROWS, default=list(ROWS))
parser.add_argument("--repetitions", type=int, default=3, help="of every row, ours and the peer's in turn; the fastest counts")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--layers", action="store_true", help="the table of convolutions instead")
parser.add_argument("--min-time", type=float, default=0.2, help="seconds that a repetition of ours takes at least")
parser.add_argument("--peer-python", default="/usr/bin/python3", help="a Python that has torch and torchvision")
parser.add_argument("--no-peer", action="store_true")
parser.add_argument("--json", help="keep the raw figures there")
options = parser.parse_args()
environment = dict(os.environ, ACSL_BENCH_THREADS=str(options.threads), OMP_NUM_THREADS=str(options.threads))


def keep_fastest(kept, key, new):
    if key not in kept or new["seconds"] < kept[key]["seconds"]:
        kept[key] = new


def ours(program, pattern, repetitions=1, min_time=options.min_time):
    """The fastest repetition of every benchmark by name, with seconds and counters."""
    command = [f"{options.folder}/{program}", f"--benchmark_filter={pattern}", "--benchmark_format=json",
               f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={min_time}"]
    try:
        report = json.loads(subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL).stdout)
    except FileNotFoundError:
        sys.exit(f"bench_models.py: there is no {command[0]}; build the target {program} first (--help says how)")
    result = {}
    for one in report["benchmarks"]:
        if one.get("run_type") != "aggregate":
            one["seconds"] = one["real_time"] * UNITS[one["time_unit"]]
            keep_fastest(result, one["run_name"].removesuffix("/real_time"), one)
    return result


def peak_of(program):
    """The micro kernel: many short runs, of which the fastest was disturbed by nobody."""
    return ours(program, "^peak", repetitions=50, min_time=0.01)["peak"]


def peer(row):
    command = [options.peer_python, str(PEER), row, "--threads", str(options.threads)]
    return json.loads(subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE).stdout)


def peer_is_there():
    if options.no_peer:
        return False
    try:
        found = subprocess.run([options.peer_python, "-c", "import torch, torchvision"], stderr=subprocess.PIPE, text=True)
        reason = "" if found.returncode == 0 else found.stderr.strip().splitlines()[-1]
    except FileNotFoundError:
        reason = "no such program"
    if reason:
        print(f"bench_models.py: no peer, since {options.peer_python} does not import torch and torchvision ({reason}); "
              "install python3-torch python3-torchvision libopenblas0-openmp, or name another with --peer-python",
              file=sys.stderr)
    return not reason


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")


def print_machine(peak, peer_name=""):
    print(f"{processor()}, {options.threads} threads; the micro kernel reaches {peak:.0f} GFLOP/s."
          f"{' Peer: ' + peer_name + '.' if peer_name else ''}\n")


def models_table():
    with_peer = peer_is_there()
    fastest = {}
    for _ in range(options.repetitions):
        keep_fastest(fastest, "peak", peak_of("bench.models"))
        for row in options.rows:
            keep_fastest(fastest, row, *ours("bench.models", ROWS[row][1]).values())
            if with_peer:
                keep_fastest(fastest, "peer " + row, peer(row))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    peak = fastest["peak"]["flop"] / fastest["peak"]["seconds"]
    versions = next((one for name, one in fastest.items() if name.startswith("peer ")), None)
    print_machine(peak / 1e9, versions and f"torch {versions['torch']}, torchvision {versions['torchvision']}")
    print("| work | acsl, s | peer, s | peer / acsl | GFLOP | at the peak, s | share of the peak | outside products, s | "
          "acsl's pool, MiB | acsl, MiB | peer, MiB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for row in options.rows:
        one, other = fastest[row], fastest.get("peer " + row)
        peers = ([f"{other['seconds']:.2f}", f"{other['seconds'] / one['seconds']:.1f}", f"{other['process_MiB']:.0f}"]
                 if other else ["", "", ""])
        print(f"| {ROWS[row][0]} | {one['seconds']:.2f} | {peers[0]} | {peers[1]} | {one['flop'] / 1e9:.0f} | "
              f"{one['flop'] / peak:.2f} | {100 * one['flop'] / peak / one['seconds']:.0f} % | "
              f"{one['seconds'] - one['product_seconds']:.2f} | {one['pool_MiB']:.0f} | {one['process_MiB']:.0f} | "
              f"{peers[2]} |")
    return fastest


def layers_table():
    fastest = {}
    for _ in range(options.repetitions):
        keep_fastest(fastest, "peak", peak_of("bench.backend"))
        for name, one in ours("bench.backend", "^layers/").items():
            keep_fastest(fastest, name, one)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    peak = fastest["peak"]["flop"] / fastest["peak"]["seconds"]
    print_machine(peak / 1e9)
    shapes = {}
    for name, one in fastest.items():
        if name != "peak":
            _, of, shape, count, which = name.split("/")
            shapes.setdefault(of, {}).setdefault((shape, int(count)), {})[which] = one
    for of, layers in shapes.items():
        print(f"### {of}\n")
        print("| convolution | times | GFLOP each | forward, ms | of the peak | by data, ms | of the peak | by weights, ms | "
              "of the peak |")
        print("|---|---|---|---|---|---|---|---|---|")
        totals = dict.fromkeys(("flop", "forward", "data", "weights"), 0.0)
        for (shape, count), passes in layers.items():
            cells = [shape, str(count), f"{passes['forward']['flop'] / 1e9:.2f}"]
            totals["flop"] += count * passes["forward"]["flop"] / 1e9
            for which in ("forward", "data", "weights"):
                one = passes.get(which)
                cells += ([f"{1e3 * one['seconds']:.2f}", f"{100 * one['flop'] / peak / one['seconds']:.0f} %"] if one
                          else ["", ""])
                totals[which] += 1e3 * count * one["seconds"] if one else 0
            if passes["forward"]["flop"] > 1e8:  # small ones count in the sum alone
                print("| " + " | ".join(cells) + " |")
        print(f"| all | | {totals['flop']:.1f} | {totals['forward']:.0f} | | {totals['data']:.0f} | | "
              f"{totals['weights']:.0f} | |\n")
    return fastest


raw = layers_table() if options.layers else models_table()
if options.json:
    with open(options.json, "w") as file:
        json.dump(raw, file, indent=1)
