#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/evaluation/robustness_coco.pkl and robustness_voc.pkl: results as the original's test of robustness
pickles them, with NumPy's numbers. Needs NumPy (written with Python 3.11, NumPy 1.24.2)."""
import pathlib
import pickle
import sys

import numpy as np


def main():
    folder = pathlib.Path(__file__).parents[2] / "tests/golden/evaluation"
    names = [f"corruption_{i}" for i in range(16)]
    # P 0.5; 15 corruptions at 0.2 on average, the 16th at 0.
    coco = {name: {0: {"bbox": {"AP": np.float64(0.5)}}} for name in names}
    for i, name in enumerate(names):
        for severity in range(1, 6):
            coco[name][severity] = {"bbox": {"AP": np.float64(0.1 + 0.05 * (severity - 1) if i < 15 else 0)}}
    (folder / "robustness_coco.pkl").write_bytes(pickle.dumps(coco))

    def classes(*aps):
        return [{"num_gts": 3, "num_dets": 2, "recall": np.zeros((1, 2), np.float32), "precision": np.zeros((1, 2)),
                 "ap": np.float32(ap)} for ap in aps]

    voc = {"fog": {0: classes(0.5, 0.7), 1: classes(0.25, 0.75), 5: classes(0.3, 0.5)}}
    (folder / "robustness_voc.pkl").write_bytes(pickle.dumps(voc, protocol=2))


if __name__ == "__main__":
    sys.exit(main())
