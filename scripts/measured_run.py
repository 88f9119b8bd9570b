# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of a program that is run."""
import os
import subprocess
import time


def measure(command, runs=3, environment=None):
    """Seconds and bytes of the best of some runs, with these variables beside those of the environment."""
    best = None
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            raise SystemExit(f"failed: {' '.join(map(str, command))}")
        if best is None or seconds < best[0]:
            best = seconds, usage.ru_maxrss * 1024
    return best
