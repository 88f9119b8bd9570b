#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of reading and of checking an annotation file of the size of LVIS v0.5's training set.

    scripts/bench_loading.py build/release/bin/acsl [--scales 0.25 1] [--threads N] [--folder DIR]

Scale 1: 57,263 images, 1,230 categories whose sizes fall off as in LVIS, 693,958 objects with polygons, 0.44 GB. The
file is made up (the same one each time) and kept in the folder. Prints a row per scale and command: the best time of
three and its largest resident memory beyond that of a program that reads nothing, and how many times the size of the boxes
and ids (56 bytes an object) that is. Statistics are measured with the cache of annotations as well. Fails when reading
takes more than 3 s or more than 3 times that size at scale 1.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import tempfile

from measured_run import measure

CATEGORIES, IMAGES, OBJECTS = 1230, 57263, 693958
BOX_AND_IDS = 4 * 8 + 3 * 8


def polygons(source, count):
    """Texts of outlines as LVIS has them: 8 to 110 numbers with two decimals."""
    return ["[[" + ", ".join(f"{source.uniform(0, 640):.2f}" for _ in range(2 * source.randint(4, 55))) + "]]"
            for _ in range(count)]


def make_file(folder, scale):
    path = folder / f"train_{scale:g}.json"
    if path.exists():
        return path
    source = random.Random(0)
    images, objects = int(IMAGES * scale), int(OBJECTS * scale)
    weights = [1 / (k + 1) ** 1.1 for k in range(CATEGORIES)]
    classes = source.choices(range(1, CATEGORIES + 1), weights, k=objects)
    held = [[] for _ in range(images)]
    for category in classes:
        held[source.randrange(images)].append(category)
    image_counts, object_counts = [0] * CATEGORIES, [0] * CATEGORIES
    for inside in held:
        for category in inside:
            object_counts[category - 1] += 1
        for category in set(inside):
            image_counts[category - 1] += 1
    outlines = polygons(source, 2000)
    unfinished = path.with_suffix(".part")
    with open(unfinished, "w") as file:
        file.write('{"info": {}, "licenses": [], "categories": ')
        json.dump([{"id": k + 1, "name": f"c{k}", "frequency": "r" if n <= 10 else "c" if n <= 100 else "f",
                    "image_count": n, "instance_count": object_counts[k], "synset": "x.n.01", "def": "a thing",
                    "synonyms": ["a"]} for k, n in enumerate(image_counts)], file)
        file.write(', "images": ')
        json.dump([{"id": i + 1, "width": 640, "height": 480, "file_name": f"COCO_train2014_{i + 1:012d}.jpg",
                    "neg_category_ids": sorted({source.randint(1, CATEGORIES) for _ in range(12)} - set(held[i])),
                    "not_exhaustive_category_ids": sorted(set(held[i]))[:1], "license": 1,
                    "coco_url": f"http://images.cocodataset.org/train2017/{i + 1:012d}.jpg",
                    "flickr_url": "http://farm7.staticflickr.com/6116/6255196340_da26cf2c9e_z.jpg",
                    "date_captured": "2013-11-14 17:02:52"} for i in range(images)], file)
        file.write(', "annotations": ')
        separator, number = "[", 0
        for i, inside in enumerate(held):
            for category in inside:
                number += 1
                x, y = source.uniform(0, 500), source.uniform(0, 380)
                w, h = source.uniform(4, 140), source.uniform(4, 100)
                file.write(f'{separator}{{"id": {number}, "image_id": {i + 1}, "category_id": {category}, '
                           f'"bbox": [{x:.2f}, {y:.2f}, {w:.2f}, {h:.2f}], "area": {w * h * 0.7:.2f}, '
                           f'"segmentation": {outlines[number % len(outlines)]}}}')
                separator = ", "
        file.write("]}")
    unfinished.rename(path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("acsl", type=pathlib.Path)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.25, 1])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "acsl_loading")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    idle = measure([arguments.acsl, "--version"])[1]
    print("| scale | objects | file | command | time | memory | times boxes and ids |\n"
          "| --- | --- | --- | --- | --- | --- | --- |")
    broken = []
    for scale in arguments.scales:
        path, objects = make_file(arguments.folder, scale), int(OBJECTS * scale)
        for command in ("stats", "stats, filling the cache", "stats, from the cache", "check"):
            cache = {"ACSL_ANNOTATION_CACHE": str(arguments.folder / "cache") if "cache" in command else ""}  # "": none
            words = [arguments.acsl, "data", command.split(",")[0], path, "--threads", str(arguments.threads)]
            if "filling" in command:
                shutil.rmtree(arguments.folder / "cache", ignore_errors=True)
            seconds, memory = measure(words, runs=1 if "filling" in command else 3, environment=cache)
            share = (memory - idle) / (objects * BOX_AND_IDS)
            print(f"| {scale:g} | {objects:,} | {path.stat().st_size / 1e6:.0f} MB | data {command} | {seconds:.2f} s "
                  f"| {(memory - idle) / 2**20:.0f} MiB | {share:.2f} |", flush=True)
            if command == "stats" and scale == 1 and (seconds > 3 or share > 3):
                broken.append(f"reading takes {seconds:.2f} s and {share:.2f} times the size of boxes and ids")
    if broken:
        raise SystemExit("beyond the limits: " + "; ".join(broken))


if __name__ == "__main__":
    main()
