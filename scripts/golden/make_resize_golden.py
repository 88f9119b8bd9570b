#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/data/resize_opencv.json: CRC-32 of what OpenCV's cv2.resize makes of generated 8-bit images.

Needs opencv-python-headless and numpy (written with 4.6.0.66). The images are bytes of the generator
x = 1664525 x + 1013904223 mod 2^32, x >> 24, in the order of memory, from the seed in each record.
"""
import json
import pathlib
import sys
import zlib

import cv2
import numpy as np

SIZES = [  # height, width -> height, width
    (48, 64, 80, 107), (427, 640, 800, 1199), (64, 48, 107, 80), (120, 160, 60, 80), (100, 75, 33, 25), (31, 57, 31, 200),
    (200, 9, 40, 9), (1, 1, 5, 7), (1, 40, 3, 90), (40, 1, 90, 2), (2, 2, 3, 3), (37, 53, 74, 106), (640, 428, 1196, 800),
    (53, 37, 1, 1), (75, 100, 76, 101), (90, 120, 45, 59),
]


def pixels(height, width, seed):
    values = np.empty(height * width * 3, np.uint8)
    state = seed
    for i in range(values.size):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        values[i] = state >> 24
    return values.reshape(height, width, 3)


def main():
    cv2.setNumThreads(1)
    records = []
    for seed, (height, width, new_height, new_width) in enumerate(SIZES, start=1):
        result = cv2.resize(pixels(height, width, seed), (new_width, new_height), interpolation=cv2.INTER_LINEAR)
        records.append({"seed": seed, "from": [height, width], "to": [new_height, new_width],
                        "crc32": zlib.crc32(result.tobytes())})
    target = pathlib.Path(__file__).parents[2] / "tests/golden/data/resize_opencv.json"
    head = {"made_by": "scripts/golden/make_resize_golden.py", "opencv": cv2.__version__}
    lines = ",\n".join("  " + json.dumps(record) for record in records)
    target.write_text("{%s,\n \"records\": [\n%s\n]}\n" % (json.dumps(head)[1:-1], lines))


if __name__ == "__main__":
    sys.exit(main())
