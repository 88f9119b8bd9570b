#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Holds `acsl eval` against the public tools on random sets: every figure to the last bit.

    scripts/check_evaluation.py build/release/bin/acsl [--sets 1000] [--seed 1]

Needs the packages lvis (0.5.3), pycocotools and numpy. A set has up to 8 images and 6 categories, ids in any order or
above 2^32, equal scores, boxes outside and without area, outlines of several parts and of too few corners, areas at the
limits of sizes, crowds, objects to ignore, results of categories that are not listed; three in ten have masks. Each is
judged by LVIS's protocol with some limit of results and by COCO's. Prints the sets that differ, or that one of two tools
refuses, and ends with 1 if there are any.
"""
import argparse
import contextlib
import copy
import io
import json
import logging
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import lvis_tool


def random_box(source, side):
    step = source.choice([1, 1, 0.5, 0.01])
    x, y = source.uniform(-5, side), source.uniform(-5, side)
    w, h = source.uniform(0, side / 2), source.uniform(0, side / 2)
    w, h = 0 if source.random() < 0.05 else w, -h if source.random() < 0.02 else h
    return [round(v / step) * step for v in (x, y, w, h)]


def outline(source, box):
    x, y, w, h = max(box[0], 0), max(box[1], 0), abs(box[2]) + 1, abs(box[3]) + 1
    parts = [[x, y, x + w, y, x + w, y + h, x, y + h]]
    if source.random() < 0.2:  # another part, or what is none
        parts.append([source.uniform(0, 50) for _ in range(source.randint(0, 9))])
    return parts


def run_lengths(box, side):
    x, y, w, h = box
    mask = np.zeros((side, side), dtype=np.uint8, order="F")
    mask[int(max(0, y)):int(max(0, y + h)) + 1, int(max(0, x)):int(max(0, x + w)) + 1] = 1
    found = masks.encode(mask)
    return {"size": [int(v) for v in found["size"]], "counts": found["counts"].decode()}


def random_set(source):
    """Annotations, results, and whether those are masks."""
    image_ids = source.sample(range(1, 50), source.randint(1, 8))
    if source.random() < 0.3:
        image_ids = [2**33 + 7 * i for i in image_ids]
    category_ids = source.sample(range(1, 30), source.randint(1, 6))
    side = source.choice([50, 100, 640])
    images, annotations, results = [], [], []
    for image in image_ids:
        present = source.choices(category_ids, k=source.randint(0, 6))
        for category in present:
            box = random_box(source, side)
            size = box[2] * box[3]
            area = source.choice([size, 0.6 * size, 1024, 9216, round(size, 1), source.choice([0, 500, 500])])
            annotations.append({"id": len(annotations), "image_id": image, "category_id": category, "bbox": box,
                                "area": area, "segmentation": outline(source, box), "iscrowd": int(source.random() < 0.1)})
            if source.random() < 0.1:
                annotations[-1]["ignore"] = source.choice([0, 1])
        absent = set(source.sample(category_ids, source.randint(0, len(category_ids)))) - set(present)
        images.append({"id": image, "width": side, "height": side, "neg_category_ids": sorted(absent),
                       "not_exhaustive_category_ids": [c for c in sorted(set(present)) if source.random() < 0.3]})
    with_masks = source.random() < 0.3
    for image in image_ids:
        for _ in range(source.choice([0, 1, 5, 20, 60])):
            near = annotations and source.random() < 0.5
            box = list(source.choice(annotations)["bbox"]) if near else random_box(source, side)
            if source.random() < 0.5:
                box = [v + source.gauss(0, 3) for v in box]
            where = {"segmentation": run_lengths(box, side)} if with_masks else {"bbox": box}
            category = 99 if source.random() < 0.02 else source.choice(category_ids)
            score = source.choice([source.random(), round(source.random(), 1), 0.5])
            results.append({"image_id": image, "category_id": category, "score": score, **where})
    for records in (images, annotations, results):
        source.shuffle(records)
    categories = [{"id": c, "name": f"c{c}", "frequency": source.choice("rcf")} for c in category_ids]
    return {"images": images, "annotations": annotations, "categories": categories}, results, with_masks


def mean(values):
    values = values[values > -1]
    return float(values.mean()) if values.size else -1.0


def by_category(precision, recall):
    """Of [overlaps, recalls, categories] and [overlaps, categories]."""
    each = range(precision.shape[2])
    return {"ap_per_category": [mean(precision[:, :, k]) for k in each],
            "ap50_per_category": [mean(precision[0, :, k]) for k in each],
            "ap75_per_category": [mean(precision[5, :, k]) for k in each],
            "ar_per_category": [mean(recall[:, k]) for k in each]}


def lvis_figures(truth, results, kind, limit):
    judge = lvis_tool.judge(truth, results, kind, limit)
    return {"category_ids": [int(c) for c in judge.params.cat_ids],
            "summary": [float(v) for v in judge.results.values()],
            **by_category(judge.eval["precision"][..., 0], judge.eval["recall"][..., 0])}


def coco_figures(truth, results, kind):
    judged = COCO(str(truth))
    judge = COCOeval(judged, judged.loadRes(results), kind)
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return {"category_ids": [int(c) for c in judge.params.catIds], "summary": [float(v) for v in judge.stats],
            **by_category(judge.eval["precision"][:, :, :, 0, 2], judge.eval["recall"][:, :, 0, 2])}


def differences(program, folder, source):
    """What differs for a random set, by protocol."""
    truth, results, with_masks = random_set(source)
    if not results:
        return
    kind, limit = "segm" if with_masks else "bbox", source.choice([300, 300, 10, 3, -1])
    files = [folder / "truth.json", folder / "results.json"]
    files[0].write_text(json.dumps(truth))
    files[1].write_text(json.dumps(results))
    for protocol in ("lvis-300", "coco-100"):
        options = ["--max-dets", str(limit)] if protocol == "lvis-300" else ["--protocol", protocol]
        ran = subprocess.run([program, "eval", *files, "--type", kind, "--json", folder / "figures.json", *options],
                             capture_output=True, text=True)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                expected = (lvis_figures(files[0], copy.deepcopy(results), kind, limit) if protocol == "lvis-300"
                            else coco_figures(files[0], copy.deepcopy(results), kind))
        except Exception as problem:  # the tools' own checks are assertions, type and key errors
            if ran.returncode == 0:
                yield f"{protocol}: only the public tool refuses: {problem!r}"
            continue
        if ran.returncode != 0:
            yield f"{protocol}: only acsl refuses: {ran.stderr.strip()}"
            continue
        ours = json.loads((folder / "figures.json").read_text())
        ours["summary"] = list(ours["summary"].values())
        for key, values in expected.items():
            if ours[key] != values:
                yield f"{protocol}: {key} is {ours[key]}, expected {values}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.disable()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.seed, arguments.seed + arguments.sets):
            for problem in differences(arguments.program.resolve(), pathlib.Path(folder), random.Random(seed)):
                print(f"seed {seed}, {problem}")
                failed += 1
    print(f"{arguments.sets} sets, {failed} differences")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
