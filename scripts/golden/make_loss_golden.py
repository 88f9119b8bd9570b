#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/losses/vectors.json: the entries for the losses that acsl implements, out of a larger set.

usage: make_loss_golden.py FOLDER     with loss-vectors.json and loss-vectors-large.json

The set was computed in float64, every entry twice: by PyTorch's automatic differentiation of the definition and by a
NumPy closed form of value and derivative, which agree to 1e-11. The entries of ACSL's official mode agree with the
released code to 1e-10 on the same random subsets.
"""
import json
import pathlib
import sys

LOSSES = {"softmax_ce", "sigmoid_bce", "acsl", "smooth_l1", "l1"}
FIELDS = ("id", "loss", "mode", "layout", "hyperparameters", "logits", "labels", "row_weights", "extra", "normalizer",
          "pred", "target", "expected")


def main():
    folder = pathlib.Path(sys.argv[1])
    small = json.loads((folder / "loss-vectors.json").read_text())
    large = json.loads((folder / "loss-vectors-large.json").read_text())
    source = large["source"]
    vectors = [v for v in small["vectors"] if v["loss"] in LOSSES]
    for v in large["vectors"]:
        if v["loss"] not in LOSSES:
            continue
        start, count = v["source"]["columns"]
        v["logits"] = [row[start:start + count] for row in source["logits"]]
        v["labels"] = source[v["source"]["labels"]]
        background = "first" if v["source"]["labels"] == "labels_bg_first" else "none"
        v["layout"] = {"columns": count, "background": background}
        v["expected"].pop("grad_l1", None)
        vectors.append(v)
    vectors = [{k: v[k] for k in FIELDS if k in v} for v in vectors]
    target = pathlib.Path(__file__).parents[2] / "tests/golden/losses/vectors.json"
    lines = ",\n".join(json.dumps(v, separators=(",", ":")) for v in vectors)
    target.write_text('{"made_by": "scripts/golden/make_loss_golden.py", "vectors": [\n' + lines + "\n]}\n")
    print(target, len(vectors), "entries")


if __name__ == "__main__":
    main()
