#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""The public LVIS tool (package lvis 0.5.3; needs pycocotools and numpy as well).

    scripts/lvis_tool.py ANNOTATIONS.json RESULTS.json FIGURES.json

writes its figures of boxes by name.
"""
import json
import logging
import pathlib
import sys

import numpy as np

np.float = float  # lvis 0.5.3 was written for numpy 1
from lvis import LVIS, LVISEval, LVISResults  # noqa: E402


def judge(annotations, results, kind="bbox", max_dets=300):
    """An LVISEval that has run. annotations: a file; results: a file, or a list that may be changed."""
    truth = LVIS(str(annotations))
    evaluation = LVISEval(truth, LVISResults(truth, results, max_dets=max_dets), kind)
    evaluation.params.max_dets = max_dets
    evaluation.run()
    return evaluation


if __name__ == "__main__":
    logging.disable()
    found = judge(sys.argv[1], sys.argv[2])
    pathlib.Path(sys.argv[3]).write_text(json.dumps({name: float(value) for name, value in found.results.items()}))
