#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/io/python.safetensors with the Python package safetensors (written with 0.8.0 and numpy 2.4).

Element i of an array is (i - 3) / 4; `special` holds infinities, a zero below zero and the extremes of float32.
With a file name as argument, prints what the package reads from that file instead, to check files that acsl wrote.
"""
import pathlib
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file


def ramp(*extents):
    return ((np.arange(np.prod(extents, dtype=int)) - 3) / 4).astype(np.float32).reshape(extents)


def write(path):
    arrays = {
        "backbone.conv1.weight": ramp(4, 3, 2, 2),
        "bias": ramp(5),
        "scalar": np.array(2.5, np.float32),
        "empty": ramp(0, 7),
        "größe": ramp(1),
        "special": np.array([np.inf, -np.inf, -0.0, 1.1754944e-38, 3.4028235e38, 1e-45], np.float32),
    }
    save_file(arrays, path, metadata={"format": "np", "note": "line 1\nline 2, \"quoted\", ü"})


def show(path):
    with safe_open(path, "np") as file:
        print("metadata:", file.metadata())
        for name in sorted(file.keys()):
            values = file.get_tensor(name)
            print(name, values.dtype, values.shape, values.ravel()[:6])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        show(sys.argv[1])
    else:
        folder = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "io"
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / "python.safetensors")
