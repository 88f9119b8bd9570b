#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Recomputes the expected values of tests/golden/evaluation/micro_cases.json with the public LVIS tool.

Needs the packages lvis (0.5.3), numpy and pycocotools. The cases themselves (ground truth, results) were made up, one
rule each, and are kept as they are. `expected`: `summary`, and per category `ap_per_category`, `ap_by_iou`,
`recall_by_iou` (all sizes). `expected_error`: the tool stops with an exception.
"""
import copy
import json
import logging
import pathlib
import sys
import tempfile

import numpy as np
from lvis import LVIS, LVISEval, LVISResults

np.float = float  # lvis 0.5.3 was written for numpy 1


def mean(values):
    values = values[values > -1]
    return float(values.mean()) if values.size else -1.0


def evaluate(case):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "truth.json"
        path.write_text(json.dumps(case["ground_truth"]))
        truth = LVIS(str(path))
        judge = LVISEval(truth, LVISResults(truth, copy.deepcopy(case["results"]), max_dets=case["max_dets"]), "bbox")
        judge.params.max_dets = case["max_dets"]
        judge.run()
    precision, recall = judge.eval["precision"][..., 0], judge.eval["recall"][..., 0]
    categories = range(precision.shape[2])
    return {"summary": {key: float(value) for key, value in judge.results.items()},
            "category_ids": [int(i) for i in judge.params.cat_ids],
            "ap_per_category": [mean(precision[:, :, k]) for k in categories],
            "ap_by_iou": [[mean(row) for row in precision[:, :, k]] for k in categories],
            "recall_by_iou": [[float(value) for value in recall[:, k]] for k in categories]}


def main():
    logging.disable()
    target = pathlib.Path(__file__).parents[2] / "tests/golden/evaluation/micro_cases.json"
    document = json.loads(target.read_text())
    for case in document["cases"]:
        case.pop("expected", None)
        case.pop("expected_error", None)
        try:
            case["expected"] = evaluate(case)
        except Exception:  # the tool's own checks are assertions, type and key errors
            case["expected_error"] = True
    head = {"made_by": "scripts/golden/make_evaluation_golden.py", "lvis": "0.5.3"}
    lines = ",\n".join("  " + json.dumps(case) for case in document["cases"])
    target.write_text("{%s,\n \"cases\": [\n%s\n]}\n" % (json.dumps(head)[1:-1], lines))


if __name__ == "__main__":
    sys.exit(main())
