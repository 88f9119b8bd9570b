#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of `acsl eval` from files to numbers, at sizes around that of LVIS v0.5's validation set.

    scripts/bench_evaluation.py build/release/bin/acsl [--scales 0.125 0.25 0.5 1 2 4] [--folder DIR]

Scale 1: 5,000 images, 1,230 categories whose sizes fall off as in LVIS, 50,763 objects, 1.5 million boxes (230 MB). The
files are made up (the same ones each time) and kept in the folder. Prints a row per scale: results, size of the file,
the best time of three, the largest resident memory. With --peer PYTHON, which has the packages lvis (0.5.3), pycocotools
and numpy: the public LVIS tool beside it (one run), and whether the figures are the same.
"""
import argparse
import json
import pathlib
import random
import tempfile

from measured_run import measure

CATEGORIES = 1230
RESULTS_PER_IMAGE = 300


def box(random_source):
    x, y = random_source.uniform(0, 340), random_source.uniform(0, 340)
    return [round(v, 2) for v in (x, y, random_source.uniform(4, 300), random_source.uniform(4, 300))]


def make_files(folder, scale):
    annotations, results = folder / f"annotations_{scale}.json", folder / f"results_{scale}.json"
    if annotations.exists() and results.exists():
        return annotations, results
    source = random.Random(0)
    images, objects = int(5000 * scale), int(50763 * scale)
    weights = [1 / (k + 1) ** 1.1 for k in range(CATEGORIES)]
    share = objects / sum(weights)
    categories = [{"id": k + 1, "name": f"c{k}", "frequency": "r" if w * share <= 10 else "c" if w * share <= 100 else "f"}
                  for k, w in enumerate(weights)]
    classes = source.choices(range(1, CATEGORIES + 1), weights, k=objects)
    held = [[] for _ in range(images)]
    listed = []
    for k, category in enumerate(classes):
        image, where = source.randrange(images), box(source)
        held[image].append((category, where))
        x, y, w, h = where
        listed.append({"id": k + 1, "image_id": image + 1, "category_id": category, "bbox": where, "area": w * h * 0.7,
                       "segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]]})
    records = []
    for i in range(images):
        present = sorted({category for category, _ in held[i]})
        absent = sorted({source.randint(1, CATEGORIES) for _ in range(12)} - set(present))
        records.append({"id": i + 1, "width": 640, "height": 640, "file_name": f"{i + 1:012d}.jpg",
                        "neg_category_ids": absent, "not_exhaustive_category_ids": present[:1]})
    annotations.write_text(json.dumps({"images": records, "annotations": listed, "categories": categories}))
    unfinished = results.with_suffix(".part")
    with open(unfinished, "w") as file:
        separator = "["
        for i in range(images):
            guesses = source.choices(range(1, CATEGORIES + 1), weights, k=RESULTS_PER_IMAGE)
            for j in range(RESULTS_PER_IMAGE):
                if j < len(held[i]):  # near an object
                    category, where = held[i][j]
                    where, score = [v + source.gauss(0, 4) for v in where], source.uniform(0.5, 1)
                else:
                    category, where, score = guesses[j], box(source), source.random() ** 3
                file.write(separator + json.dumps({"image_id": i + 1, "bbox": where, "score": score,
                                                   "category_id": category}))
                separator = ", "
        file.write("]")
    unfinished.rename(results)
    return annotations, results


def peer_columns(python, annotations, results, ours, seconds, memory):
    """Time and memory of the public tool with their ratios, and whether its figures are ours but for 1e-15."""
    theirs = ours.with_name("peer.json")
    peer_seconds, peer_memory = measure([python, pathlib.Path(__file__).with_name("lvis_tool.py"), annotations, results, theirs],
                                        runs=1)
    summary, expected = json.loads(ours.read_text())["summary"], json.loads(theirs.read_text())
    same = all(abs(summary[name] - value) < 1e-15 for name, value in expected.items())
    return (f" {peer_seconds:.1f} s ({peer_seconds / seconds:.0f}x) | {peer_memory / 2**30:.1f} GiB "
            f"({peer_memory / memory:.0f}x) | {'the same' if same else 'OTHERS'} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("acsl", type=pathlib.Path)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.125, 0.25, 0.5, 1, 2, 4])
    parser.add_argument("--peer", metavar="PYTHON", help="a Python that has the public LVIS tool")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "acsl_evaluation")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    peer_head = [" LVIS tool | memory | figures |", " --- | --- | --- |"] if arguments.peer else ["", ""]
    print("| scale | results | file | time | time a million results | memory |" + peer_head[0])
    print("| --- | --- | --- | --- | --- | --- |" + peer_head[1])
    figures = arguments.folder / "figures.json"
    for scale in arguments.scales:
        annotations, results = make_files(arguments.folder, scale)
        seconds, memory = measure([arguments.acsl, "eval", annotations, results, "--json", figures])
        count = int(5000 * scale) * RESULTS_PER_IMAGE
        peer = peer_columns(arguments.peer, annotations, results, figures, seconds, memory) if arguments.peer else ""
        print(f"| {scale:g} | {count:,} | {results.stat().st_size / 1e6:.0f} MB | {seconds:.2f} s "
              f"| {seconds / count * 1e6:.2f} s | {memory / 2**20:.0f} MiB |{peer}", flush=True)


if __name__ == "__main__":
    main()
