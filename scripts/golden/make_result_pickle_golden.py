#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/evaluation/result_pickle.pkl: detections as Python's own pickler stores them (protocol 2).

Needs numpy (written with 2.4). Three images of four classes; the values are those of the test result_pickle.cpp.
With the name of a file written by acsl as argument, checks that Python reads it as the same arrays.
"""
import pathlib
import pickle
import sys

import numpy as np

ROWS = {  # (image, class): rows of x1, y1, x2, y2, score
    (0, 0): [[1, 2, 200, 4.5, 0.5]],
    (0, 2): [[1.25, 2, 3, 4.5, 0.25], [-1, 0.1, 1e6, 128.5, 0.125]],
    (2, 1): [[7, 2, 3, 1 / 3, 1]],
}


def main():
    images = [[np.array(ROWS.get((i, k), []), np.float32).reshape(-1, 5) for k in range(4)] for i in range(3)]
    if len(sys.argv) > 1:
        read = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
        assert [len(image) for image in read] == [4, 4, 4]
        for ours, theirs in zip(sum(read, []), sum(images, [])):
            assert ours.dtype == np.float32 and ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()
        return print("the same")
    target = pathlib.Path(__file__).parents[2] / "tests/golden/evaluation/result_pickle.pkl"
    target.write_bytes(pickle.dumps(images, protocol=2))


if __name__ == "__main__":
    sys.exit(main())
