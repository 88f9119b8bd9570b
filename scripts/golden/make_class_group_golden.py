#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/io/class_groups/: groups of categories and weights as the original's split_bin.py and lvis_analyse.py
make them (detector-spec 9.3, 14.6), from a small annotation file.

Needs numpy and torch (written with 1.24 and 1.13).
With the program acsl as argument, lets it write every variant and checks that torch.load and pickle.load read the same.
"""
import json
import pathlib
import pickle
import subprocess
import sys
import tempfile

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).parents[2] / "tests/golden/io/class_groups"
COUNTS = [3, 5000, 12, 60, 7, 100, 299, 300, 450, 99, 1000, 2500, 9999, 10]
VARIANTS = [  # limits, keys of valsplit.pkl, arguments of acsl
    ([300], ["(0, 300)", "[300, ~)"], []),
    ([100], ["[10, 100)", "[1000, ~)"], ["--groups", "2"]),
    ([100, 1000], ["[0, 100)", "[100, 1000)", "[1000, ~)"], ["--groups", "3"]),
    ([10, 100, 1000], ["(0, 10)", "[10, 100)", "[100, 1000)", "[1000, ~)"], ["--groups", "4"]),
    ([100, 500, 1000, 5000], None, ["--groups", "5"]),
    ([50, 100, 500, 1000, 5000], None, ["--groups", "6"]),
    ([10, 50, 100, 500, 1000, 5000], None, ["--groups", "7"]),
    ([5, 10, 50, 100, 500, 1000, 5000], None, ["--groups", "8"]),
    ([2, 20000], None, ["--cuts", "2,20000"]),  # groups without categories
]


def keys_of(limits):
    edges = [str(x) for x in limits]
    inner = ["[%s, %s)" % pair for pair in zip(edges, edges[1:])]
    return ["(0, %s)" % edges[0]] + inner + ["[%s, ~)" % edges[-1]]


def group_files(categories, limits, keys):
    """The loop of the original: a running index in each group, in the order of the categories."""
    groups = len(limits) + 2
    label2binlabel = np.zeros((groups, len(categories) + 1), np.int64)
    label2binlabel[0, 1:] = 1
    members = [[] for _ in range(groups - 1)]
    for category in categories:
        group = sum(category["instance_count"] >= limit for limit in limits)
        members[group].append(category["id"])
        label2binlabel[group + 1, category["id"]] = len(members[group])
    lengths = [2] + [len(m) + 1 for m in members]
    pred_slice = np.zeros((groups, 2), np.int64)
    start = 0
    for g, length in enumerate(lengths):
        pred_slice[g] = start, length
        start += length
    valsplit = {key: np.array(m, np.int64) for key, m in zip(keys, members)}
    valsplit["normal"] = np.arange(1, len(categories) + 1)
    valsplit["background"] = np.zeros(1, np.int64)
    valsplit["all"] = np.arange(len(categories) + 1)
    return label2binlabel, pred_slice, valsplit


def weights(categories):
    count = np.array([c["instance_count"] for c in categories], np.float64)
    one = np.ones(1)
    balanced = lambda n: (1 - 0.999) / (1 - np.power(0.999, n))
    with_background = balanced(np.concatenate([[3 * count.sum()], count]))
    bins = []
    for low, high in [(0, 10), (10, 100), (100, 1000), (1000, np.inf)]:
        inverse = 1 / count[(count >= low) & (count < high)]
        bins.append(np.concatenate([one, np.clip(inverse / inverse.mean(), 0.1, 5)]))
    return {
        "get_mask": np.concatenate([[0], count < 100]).astype(np.int64),
        "get_cate_weight": np.clip(np.concatenate([one, 1 / count / (1 / count).mean()]), 0.1, 5),
        "get_cate_weight_bf": with_background / with_background.mean(),
        "get_cate_weight_bours": np.clip(np.concatenate([one, balanced(count) / balanced(count).mean()]), 0.1, 5),
        "get_bin_weight": bins,
    }


def check(program, categories):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for i, (limits, keys, arguments) in enumerate(VARIANTS):
            out = folder / str(i)
            subprocess.run([program, "split_bin", FOLDER / "train.json", "--out", out] + arguments, check=True,
                           stdout=subprocess.DEVNULL)
            label2binlabel, pred_slice, valsplit = group_files(categories, limits, keys or keys_of(limits))
            for file, expected in [("label2binlabel.pt", label2binlabel), ("pred_slice_with0.pt", pred_slice)]:
                tensor = torch.load(out / file)
                assert tensor.dtype == torch.int64 and np.array_equal(tensor.numpy(), expected), (limits, file)
            read = pickle.loads((out / "valsplit.pkl").read_bytes())
            assert list(read) == list(valsplit), (list(read), list(valsplit))
            for key, labels in valsplit.items():
                assert read[key].dtype == np.int64 and np.array_equal(read[key], labels), (limits, key)
        for function, expected in weights(categories).items():
            out = folder / function
            subprocess.run([program, "lvis_analyse", function, FOLDER / "train.json", "--out", out], check=True,
                           stdout=subprocess.DEVNULL)
            if function == "get_bin_weight":
                read = pickle.loads(out.read_bytes())
                assert len(read) == len(expected)
            else:
                read, expected = [torch.load(out).numpy()], [expected]
            for ours, theirs in zip(read, expected):
                assert ours.dtype == theirs.dtype and np.allclose(ours, theirs, rtol=1e-14, atol=0), function
    print("the same")


def main():
    categories = [{"id": i + 1, "name": "c%d" % (i + 1), "instance_count": n} for i, n in enumerate(COUNTS)]
    if len(sys.argv) > 1:
        return check(sys.argv[1], categories)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "train.json").write_text(
        json.dumps({"categories": categories, "images": [], "annotations": []}) + "\n")
    variants = []
    for limits, keys, arguments in VARIANTS:
        label2binlabel, pred_slice, valsplit = group_files(categories, limits, keys or keys_of(limits))
        variants.append({"limits": limits, "arguments": arguments, "label2binlabel": label2binlabel.tolist(),
                         "pred_slice_with0": pred_slice.tolist(),
                         "valsplit": [[key, labels.tolist()] for key, labels in valsplit.items()]})
        if limits == [10, 100, 1000]:
            torch.save(torch.from_numpy(label2binlabel), FOLDER / "label2binlabel.pt")
            torch.save(torch.from_numpy(pred_slice), FOLDER / "pred_slice_with0.pt")
            (FOLDER / "valsplit.pkl").write_bytes(pickle.dumps(valsplit, protocol=2))
    lists = {name: [w.tolist() for w in value] if isinstance(value, list) else value.tolist()
             for name, value in weights(categories).items()}
    (FOLDER / "expected.json").write_text(json.dumps({"variants": variants, "weights": lists}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
