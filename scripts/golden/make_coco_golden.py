#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/evaluation/coco_cases.json: small sets, and what COCO's protocol says of them.

Needs numpy (written with 2.4). The protocol is written down here a second time, with masks as arrays of pixels. Where
pycocotools is installed (2.0.11 was), its COCOeval judges every case as well and must give the same numbers. Expected:
`summary` and `class_agnostic_summary`; per listed category (ascending id) `ap[size][threshold]`, `recall[size][threshold]`
(all, small, medium, large; -1: no object), `recall_at_1[threshold]`, `recall_at_10[threshold]`.
"""
import contextlib
import copy
import io
import json
import pathlib
import sys

import numpy as np

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
SIZES = [(0, 1e10), (0, 1024), (1024, 9216), (9216, 1e10)]


# --- masks: [height, width] arrays of truth values -------------------------------------------------------------------

def pixels(rle):
    height, width = rle["size"]
    runs = rle["counts"] if isinstance(rle["counts"], list) else runs_of(rle["counts"])
    column_wise = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return column_wise.reshape(width, height).T


def runs_of(text):
    runs, value, shift = [], 0, 0
    for code in text.encode():
        value |= (code - 48 & 31) << shift
        shift += 5
        if code - 48 & 32:
            continue
        if code - 48 & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    return runs


def text_of(mask):
    flat = np.concatenate([[0], mask.T.reshape(-1).astype(int), [-1]])
    ends = np.flatnonzero(np.diff(flat))
    runs = np.diff(np.concatenate([[0], ends])).tolist()
    text = ""
    for i, run in enumerate(runs):
        value = run - (runs[i - 2] if i > 2 else 0)
        while True:
            group, value = value & 31, value >> 5
            more = value != (-1 if group & 16 else 0)
            text += chr(48 + group + 32 * more)
            if not more:
                break
    return text


def overlap(found, thing, masks):
    """Intersection over union; over the detection's area where the object is a crowd."""
    crowd = thing.get("iscrowd", 0)
    if masks:
        a, b = found["pixels"], thing["pixels"]
        if a.shape != b.shape:
            return -1.0  # matches nothing
        both = int((a & b).sum())
        whole = int(a.sum()) if crowd else int((a | b).sum())
        return both / whole if both else 0.0
    (x, y, w, h), (u, v, r, s) = found["bbox"], thing["bbox"]
    wide, tall = min(x + w, u + r) - max(x, u), min(y + h, v + s) - max(y, v)
    if wide <= 0 or tall <= 0:
        return 0.0
    both = wide * tall
    return both / (w * h if crowd else w * h + r * s - both)


# --- the protocol ----------------------------------------------------------------------------------------------------

def prepared(truth, results, masks):
    """Objects and detections with area, box and pixels, in the order of their files."""
    shape = {i["id"]: (i["height"], i["width"]) for i in truth["images"]}
    things = [dict(a) for a in truth["annotations"] if a["image_id"] in shape]
    found = [dict(r) for r in results]
    only_masks = "bbox" not in found[0]
    for thing in things:
        if masks:
            thing["pixels"] = pixels(thing["segmentation"])
    for one in found:
        if only_masks or masks:
            one["pixels"] = pixels(one["segmentation"])
        if only_masks:
            one["area"] = int(one["pixels"].sum())
            rows, columns = np.nonzero(one["pixels"])
            one["bbox"] = [0.0, 0.0, 0.0, 0.0]
            if rows.size:
                one["bbox"] = [float(columns.min()), float(rows.min()), float(np.ptp(columns) + 1), float(np.ptp(rows) + 1)]
        else:
            one["area"] = one["bbox"][2] * one["bbox"][3]
    return things, found


def by_score(found):
    return [found[i] for i in np.argsort([-d["score"] for d in found], kind="stable")]


def matched(found, things, size, threshold, masks):
    """(true positive, ignored) of every detection of an image, best first."""
    least, most = size
    outside = lambda one: one["area"] < least or one["area"] > most
    ignored = [bool(t.get("iscrowd", 0)) or outside(t) for t in things]
    order = [i for i in range(len(things)) if not ignored[i]] + [i for i in range(len(things)) if ignored[i]]
    taken, outcome = set(), []
    for one in found:
        need, best = min(threshold, 1 - 1e-10), None
        for i in order:
            if i in taken and not things[i].get("iscrowd", 0):
                continue
            if best is not None and not ignored[best] and ignored[i]:
                break
            value = overlap(one, things[i], masks)
            if value < need:
                continue
            need, best = value, i
        if best is not None:
            taken.add(best)
        hit = best is not None and things[best]["id"] != 0  # the tool takes an id of 0 for none
        aside = (best is not None and ignored[best]) or (not hit and outside(one))
        outcome.append((hit, aside))
    return outcome, ignored.count(False)


def curve(outcomes, scores, objects):
    """Sampled precision and last recall."""
    order = np.argsort(-np.array(scores, float), kind="stable")
    hit = np.array([outcomes[i][0] for i in order], bool)
    aside = np.array([outcomes[i][1] for i in order], bool)
    tp, fp = np.cumsum(hit & ~aside).astype(float), np.cumsum(~hit & ~aside).astype(float)
    recall, precision = tp / objects, tp / (fp + tp + np.spacing(1))
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, RECALLS, side="left")
    sampled = np.array([precision[p] if p < len(order) else 0.0 for p in place])
    return sampled, recall[-1] if len(order) else 0.0


def judge(truth, results, limit, masks, agnostic):
    """precision [T, R, K, 4], recall [T, K, 4] at the limit, and recall [T, K] at 1 and 10; -1: no object."""
    things, found = prepared(truth, results, masks)
    listed = sorted(c["id"] for c in truth["categories"])
    slots = [listed] if agnostic else [[c] for c in listed]
    precision, recall = np.full((10, 101, len(slots), 4), -1.0), np.full((10, len(slots), 4), -1.0)
    few = {1: np.full((10, len(slots)), -1.0), 10: np.full((10, len(slots)), -1.0)}
    for k, categories in enumerate(slots):
        pick = lambda list_, image: [o for c in categories for o in list_ if o["category_id"] == c and o["image_id"] == image]
        pairs = [(by_score(pick(found, i))[:limit], pick(things, i)) for i in sorted(i["id"] for i in truth["images"])]
        for s, size in enumerate(SIZES):
            for t, threshold in enumerate(THRESHOLDS):
                per_image = [matched(f, g, size, threshold, masks) for f, g in pairs]
                objects = sum(count for _, count in per_image)
                if objects == 0:
                    continue
                for most in (limit, 1, 10) if s == 0 else (limit,):
                    outcomes = [o for outcome, _ in per_image for o in outcome[:most]]
                    scores = [d["score"] for f, _ in pairs for d in f[:most]]
                    sampled, last = curve(outcomes, scores, objects)
                    if most == limit:
                        precision[t, :, k, s], recall[t, k, s] = sampled, last
                    else:
                        few[most][t, k] = last
    return precision, recall, few[1], few[10]


def mean(values):
    values = values[values > -1]
    return float(np.mean(values)) if values.size else -1.0


def summary(judged, limit):
    precision, recall, one, ten = judged
    figures = {"AP": precision[..., 0], "AP50": precision[:1, ..., 0], "AP75": precision[5:6, ..., 0],
               "APs": precision[..., 1], "APm": precision[..., 2], "APl": precision[..., 3],
               "AR@1": one, "AR@10": ten, f"AR@{limit}": recall[..., 0],
               f"ARs@{limit}": recall[..., 1], f"ARm@{limit}": recall[..., 2], f"ARl@{limit}": recall[..., 3]}
    return {name: mean(values) for name, values in figures.items()}


def expected(case):
    arguments = case["ground_truth"], case["results"], case["max_dets"], case["iou_type"] == "segm"
    with_categories, without = judge(*arguments, False), judge(*arguments, True)
    compare_with_pycocotools(case, with_categories, without)
    precision, recall, one, ten = with_categories
    return {"summary": summary(with_categories, case["max_dets"]),
            "class_agnostic_summary": summary(without, case["max_dets"]),
            "categories": [{"ap": [[mean(precision[t, :, k, s]) for t in range(10)] for s in range(4)],
                            "recall": recall[:, k].T.tolist(), "recall_at_1": one[:, k].tolist(),
                            "recall_at_10": ten[:, k].tolist()} for k in range(precision.shape[2])]}


def compare_with_pycocotools(case, *ours):
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError:
        return
    truth = copy.deepcopy(case["ground_truth"])
    for thing in truth["annotations"]:
        thing.setdefault("iscrowd", 0)  # the tool cannot do without
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        found = coco.loadRes(copy.deepcopy(case["results"]))
        for use_categories, (precision, recall, one, ten) in zip((1, 0), ours):
            tool = COCOeval(coco, found, case["iou_type"])
            tool.params.maxDets = [1, 10, case["max_dets"]]
            tool.params.useCats = use_categories
            tool.evaluate()
            tool.accumulate()
            np.testing.assert_array_equal(tool.eval["precision"][..., 2], precision, case["name"])
            np.testing.assert_array_equal(tool.eval["recall"][..., 2], recall, case["name"])
            np.testing.assert_array_equal(tool.eval["recall"][:, :, 0, 0], one, case["name"])
            np.testing.assert_array_equal(tool.eval["recall"][:, :, 0, 1], ten, case["name"])


# --- the cases -------------------------------------------------------------------------------------------------------

def truth_of(objects, images=2, categories=2, side=200):
    """objects: (image, category, box or mask, more keys)."""
    listed = []
    for n, (image, category, where, more) in enumerate(objects):
        one = {"id": n + 1, "image_id": image, "category_id": category}
        if isinstance(where, list):
            one |= {"bbox": where, "area": where[2] * where[3]}
        else:
            one |= {"bbox": [0, 0, 1, 1], "area": int(where.sum()), "segmentation": run_lists(where)}
        listed.append(one | more)
    return {"images": [{"id": i + 1, "file_name": f"{i + 1}.jpg", "width": side, "height": side} for i in range(images)],
            "categories": [{"id": k + 1, "name": f"c{k + 1}"} for k in range(categories)], "annotations": listed}


def run_lists(mask):
    return {"size": list(mask.shape), "counts": runs_of(text_of(mask))}


def results_of(rows):
    """rows: (image, category, box or mask, score)."""
    kind = lambda where: {"bbox": where} if isinstance(where, list) else \
        {"segmentation": {"size": list(where.shape), "counts": text_of(where)}}
    return [{"image_id": i, "category_id": c, **kind(where), "score": s} for i, c, where, s in rows]


def rectangle(x, y, w, h, height=24, width=30):
    mask = np.zeros((height, width), bool)
    mask[y:y + h, x:x + w] = True
    return mask


CROWD = {"iscrowd": 1}


def box_cases():
    a, b = [10, 10, 40, 40], [100, 100, 50, 50]
    yield "crowd_takes_any_number", truth_of([(1, 1, a, {}), (1, 1, [90, 90, 100, 100], CROWD)]), [
        (1, 1, [100, 100, 20, 20], .9), (1, 1, [130, 130, 20, 20], .8), (1, 1, [150, 150, 30, 30], .7), (1, 1, a, .6)], {}
    yield "crowd_overlap_is_over_the_detection", truth_of([(1, 1, a, {}), (1, 1, [100, 0, 100, 200], CROWD)]), [
        (1, 1, [70, 50, 70, 20], .9), (1, 1, [60, 80, 80, 20], .8), (1, 1, [61, 110, 80, 20], .7), (1, 1, a, .6)], {}
    yield "object_before_crowd", truth_of([(1, 1, [0, 0, 100, 100], CROWD), (1, 1, a, {})]), [
        (1, 1, [10, 10, 40, 50], .9), (1, 1, a, .8)], {}
    yield "image_of_crowds_alone", truth_of([(1, 1, a, CROWD), (2, 2, b, {})]), [(1, 1, a, .9), (2, 2, b, .8)], {}
    yield "ignore_is_not_looked_at", truth_of([(1, 1, a, {"ignore": 1}), (2, 1, b, {"iscrowd": 0})]), [
        (1, 1, a, .9), (2, 1, a, .8)], {}
    yield "equal_scores", truth_of([(1, 1, a, {}), (2, 1, b, {}), (2, 2, a, {})]), [
        (2, 1, a, .5), (1, 1, b, .5), (2, 1, b, .5), (1, 1, a, .5), (2, 2, b, .5), (2, 2, a, .5)], {}
    yield "equal_overlaps", truth_of([(1, 1, a, {}), (1, 1, a, {}), (2, 1, a, {})]), [
        (1, 1, a, .9), (1, 1, a, .9), (1, 1, a, .9), (2, 1, a, .1)], {}
    yield "no_area", truth_of([(1, 1, [10, 10, 0, 40], {}), (1, 1, a, {"area": 0}), (2, 2, b, {"area": -3})]), [
        (1, 1, [10, 10, 40, 0], .9), (1, 1, [10, 10, 0, 0], .8), (1, 1, a, .7), (2, 2, b, .6),
        (2, 2, [150, 150, -50, 50], .5), (2, 2, [150, 150, -50, -50], .4)], {}
    yield "categories_are_labelled_everywhere", truth_of([(1, 1, a, {}), (2, 2, b, {})]) | {"extra": 1}, [
        (2, 1, b, .9), (1, 1, a, .8), (1, 2, a, .9), (2, 2, b, .8)], {}
    yield "a_category_is_not_listed", truth_of([(1, 1, a, {}), (1, 7, b, {}), (9, 1, b, {})]), [
        (1, 7, b, .9), (1, 1, a, .8)], {}
    yield "sizes", truth_of([(1, 1, [0, 0, 32, 32], {}), (1, 1, [50, 50, 96, 96], {}), (2, 1, [0, 0, 31, 31], {}),
                             (2, 1, [50, 50, 97, 97], {}), (2, 1, [150, 0, 40, 40], {})]), [
        (1, 1, [0, 0, 32, 32], .9), (1, 1, [50, 50, 96, 96], .8), (2, 1, [0, 0, 31, 31], .7), (2, 1, [50, 50, 97, 97], .6),
        (2, 1, [100, 0, 20, 20], .95), (2, 1, [100, 0, 60, 60], .94), (1, 1, [0, 60, 120, 120], .93)], {}
    yield "first_one_and_ten", truth_of([(1, 1, [30 * i, 0, 20, 20], {}) for i in range(6)] + [(2, 1, a, {})]), [
        (1, 1, [30 * i, 0, 20, 20], .9 - i / 100) for i in range(6)] + [(2, 1, [10, 10, 4, 4], .8 - i / 100) for i in range(10)] + [
        (2, 1, a, .1)], {}
    many = [(1, 1, [2 * i % 150, i, 20, 20], .9 - i / 200) for i in range(14)]
    yield "limit_of_an_image_and_category", truth_of([(1, 1, a, {}), (1, 2, a, {}), (2, 1, a, {})]), many + [
        (1, 1, a, .05), (1, 2, a, .04), (2, 1, a, .03)], {"max_dets": 12}
    yield "best_come_last", truth_of([(1, 1, a, {}), (2, 1, b, {})]), [
        (1, 1, [i, 150, 20, 20], i / 100) for i in range(105)] + [(1, 1, a, 2), (2, 1, b, -1)], {}
    zero = truth_of([(1, 1, a, {}), (1, 1, b, {})])
    zero["annotations"][0]["id"] = 0
    yield "object_id_zero", zero, [(1, 1, a, .9), (1, 1, b, .8)], {}


def mask_cases():
    one, two = rectangle(2, 2, 8, 8), rectangle(15, 10, 10, 10)
    striped = one.copy()
    striped[::2] = False
    everything = np.ones_like(one)
    yield "masks", truth_of([(1, 1, one, {}), (1, 1, two, {}), (2, 2, striped, {})]), [
        (1, 1, rectangle(2, 2, 8, 6), .9), (1, 1, rectangle(16, 10, 10, 10), .8), (2, 2, one, .7), (2, 2, striped, .6)], {}
    yield "mask_of_a_crowd", truth_of([(1, 1, one, {}), (1, 1, two, CROWD), (2, 1, everything, CROWD)]), [
        (1, 1, rectangle(15, 10, 3, 3), .9), (1, 1, rectangle(13, 10, 4, 6), .8), (1, 1, rectangle(12, 12, 5, 4), .7),
        (1, 1, one, .6), (2, 1, two, .5), (2, 1, one, .4)], {}
    yield "mask_without_pixels", truth_of([(1, 1, one, {}), (2, 2, one & two, {})]), [
        (1, 1, one & two, .9), (1, 1, one, .8), (2, 2, one & two, .7), (2, 2, one, .6)], {}
    other = np.ones((30, 24), bool)
    yield "mask_of_another_size", truth_of([(1, 1, one, {})]), [(1, 1, other, .9), (1, 1, one, .8)], {}


def random_case(seed, masks):
    source = np.random.default_rng(seed)
    def where():
        if not masks:
            return [float(v) for v in source.integers(0, [120, 120, 110, 110])]
        blob = rectangle(*(int(v) for v in source.integers(0, [20, 14, 12, 12])))
        return blob & (source.random(blob.shape) < 0.9)
    def near(place):
        if not masks:
            return [v + float(source.integers(-3, 4)) for v in place]
        return np.roll(place, source.integers(-1, 2, 2), (0, 1))
    objects = [(int(source.integers(1, 5)), int(source.integers(1, 4)), where(), CROWD if source.random() < 0.25 else {})
               for _ in range(16)]
    rows = [(i, c, near(w) if source.random() < .8 else where(), float(source.integers(1, 9)) / 8)
            for i, c, w, _ in objects for _ in range(int(source.integers(0, 4)))]
    return truth_of(objects, images=4, categories=3), rows, {"max_dets": 12} if seed % 2 else {}


def main():
    cases = [(name, "bbox", *rest) for name, *rest in box_cases()] + [(name, "segm", *rest) for name, *rest in mask_cases()]
    cases += [(f"random_{seed}", "segm" if seed > 4 else "bbox", *random_case(seed, seed > 4)) for seed in range(1, 7)]
    lines = []
    for name, kind, truth, rows, more in cases:
        case = {"name": name, "iou_type": kind, "max_dets": 100, "ground_truth": truth, "results": results_of(rows)} | more
        case["expected"] = expected(case)
        lines.append("  " + json.dumps(case))
    target = pathlib.Path(__file__).parents[2] / "tests/golden/evaluation/coco_cases.json"
    head = {"made_by": "scripts/golden/make_coco_golden.py", "numpy": np.__version__}
    target.write_text("{%s,\n \"cases\": [\n%s\n]}\n" % (json.dumps(head)[1:-1], ",\n".join(lines)))


if __name__ == "__main__":
    sys.exit(main())
