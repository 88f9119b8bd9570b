#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Holds a file of `acsl dump` against plain PyTorch (written with 1.13), which knows nothing of this library.

    scripts/check_dump.py random CONFIG.toml CHECKPOINT.safetensors --classes 1230
    acsl dump CONFIG.toml CHECKPOINT.safetensors photo.jpg --out dump.safetensors [--train --seed 7]
    scripts/check_dump.py check dump.safetensors CHECKPOINT.safetensors

`random` writes lively random weights under the names of the original's checkpoints. `check` takes the image, and of a
training dump the sampled anchors, regions and the mask, computes the rest in float64, in training with autograd, and
prints the relative error (L2) of every array. What was sampled is held against the rules of assignment. Knows bottleneck
networks with frozen statistics, a linear classifier, softmax and adaptive class suppression. Ends with 1 when an
inference array differs by more than 1e-3, a loss by 1e-4, a gradient by 1e-3, or a detection has no counterpart. Where a
unit of a ReLU is so close to 0 that float32 may decide otherwise than float64, which changes all gradients below it, it
says so and accepts 1e-2.
"""
import argparse
import fnmatch
import json
import struct
import sys
import tomllib

import numpy as np
import torch
import torch.nn.functional as F

from torch_detector import (BLOCKS, Network, anchors, by_anchor, decode, detections_of, encode, iou, proposals_of)


# ---- files -----------------------------------------------------------------------------------------------------------

def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    about = header.pop("__metadata__", {})
    arrays = {}
    for name, place in header.items():
        begin, end = (8 + size + x for x in place["data_offsets"])
        arrays[name] = torch.from_numpy(np.frombuffer(data[begin:end], "<f4").reshape(place["shape"]).copy())
    return arrays, about


def write_safetensors(path, arrays):
    header, offset = {}, 0
    for name, values in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + 4 * values.numel()]}
        offset += 4 * values.numel()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in arrays.values():
            file.write(values.numpy().astype("<f4").tobytes())


# ---- random weights --------------------------------------------------------------------------------------------------

def random_weights(config, classes):
    model = {"depth": 50, "width": 64, "groups": 1, "base_width": 64, "pyramid_channels": 256} | config.get("model", {})
    head = {"channels": 1024, "roi_output": 7, "class_agnostic": False, "iou_thresholds": [0.5]} | config.get("box_head", {})
    proposals = {"channels": 256, "anchor_scales": [8], "anchor_ratios": [0.5, 1, 2]} | config.get("proposals", {})
    arrays = {}

    def weight(name, *shape, gain=2.0):
        fan_in = int(np.prod(shape[1:]))
        arrays[name] = torch.randn(*shape) * (gain / fan_in) ** 0.5

    def norm(name, channels, gain=1.0):
        arrays[name + ".weight"] = gain * (0.75 + 0.5 * torch.rand(channels))
        arrays[name + ".bias"] = 0.1 * torch.randn(channels)
        arrays[name + ".running_mean"] = 0.1 * torch.randn(channels)
        arrays[name + ".running_var"] = 0.75 + 0.5 * torch.rand(channels)

    def layer(name, out, *rest, gain=1.0):
        weight(name + ".weight", out, *rest, gain=gain)
        arrays[name + ".bias"] = 0.05 * torch.randn(out)

    width = model["width"]
    weight("backbone.conv1.weight", width, 3, 7, 7)
    norm("backbone.bn1", width)
    channels = width
    for k, blocks in enumerate(BLOCKS[model["depth"]]):
        planes = width << k
        inner = planes * model["base_width"] // 64 * model["groups"]
        for b in range(blocks):
            p = f"backbone.layer{k + 1}.{b}."
            weight(p + "conv1.weight", inner, channels, 1, 1)
            norm(p + "bn1", inner)
            weight(p + "conv2.weight", inner, inner // model["groups"], 3, 3)
            norm(p + "bn2", inner)
            weight(p + "conv3.weight", 4 * planes, inner, 1, 1)
            norm(p + "bn3", 4 * planes, gain=0.3 * min(1, 3 / blocks) ** 0.5)  # deep ones grow no more than others
            if b == 0:
                weight(p + "downsample.0.weight", 4 * planes, channels, 1, 1, gain=1.0)
                norm(p + "downsample.1", 4 * planes)
            channels = 4 * planes
    pyramid = model["pyramid_channels"]
    for k in range(4):
        layer(f"neck.lateral_convs.{k}.conv", pyramid, 4 * (width << k), 1, 1)
    for k in range(4):
        layer(f"neck.fpn_convs.{k}.conv", pyramid, pyramid, 3, 3)
    anchors = len(proposals["anchor_scales"]) * len(proposals["anchor_ratios"])
    layer("rpn_head.rpn_conv", proposals["channels"], pyramid, 3, 3)
    layer("rpn_head.rpn_cls", anchors, proposals["channels"], 1, 1, gain=0.1)  # sigmoids of float32 above 16 are all 1
    layer("rpn_head.rpn_reg", 4 * anchors, proposals["channels"], 1, 1, gain=0.05)
    stages = len(head["iou_thresholds"])
    for i in range(stages):
        p = "bbox_head." + (f"{i}." if stages > 1 else "")
        boxes = 4 if head["class_agnostic"] else 4 * (classes + 1)
        layer(p + "fc_cls", classes + 1, head["channels"])
        layer(p + "fc_reg", boxes, head["channels"], gain=0.3)
        layer(p + "shared_fcs.0", head["channels"], pyramid * head["roi_output"] ** 2)
        layer(p + "shared_fcs.1", head["channels"], head["channels"])
    return arrays


# ---- comparison ------------------------------------------------------------------------------------------------------

class Checks:
    def __init__(self, dump):
        self.dump, self.failed, self.worst, self.count = dump, 0, {}, 0

    def verdict(self, name, error, most, note=""):
        good = error <= most
        self.failed += not good
        self.count += 1
        kind = name.split(".")[0]
        self.worst[kind] = max(self.worst.get(kind, 0), error)
        if not good or not name.startswith("grad."):
            print(f"{name:32s} {error:9.1e} {'' if good else '!'} {note}")

    def array(self, name, wanted, most=1e-3):
        found = self.dump[name].double()
        if found.shape != wanted.shape:
            return self.verdict(name, np.inf, most, f"{tuple(found.shape)}, expected {tuple(wanted.shape)}")
        size = wanted.norm().item()
        difference = (found - wanted).norm().item()
        self.verdict(name, difference / size if size > 0 else difference, most)

    def truth(self, name, holds, note=""):
        self.verdict(name, 0.0 if bool(holds) else np.inf, 0, note)

    def matched(self, name, wanted, box_most, score_most):
        """Rows x1, y1, x2, y2, score (, label), one to one; of rows without a partner, those at the cut do not count."""
        found, wanted = self.dump[name].double().numpy(), wanted.numpy()
        free, lonely, worst = np.ones(len(wanted), bool), 0, 0.0
        cut = score_most + min([*found[:, 4], *wanted[:, 4]], default=0)
        for row in found:
            distance = np.abs(wanted[:, :4] - row[:4]).max(1, initial=0)
            fits = free & (np.abs(wanted[:, 4] - row[4]) <= score_most) & (distance <= box_most)
            if len(row) == 6:
                fits &= wanted[:, 5] == row[5]
            if fits.any():
                best = np.argmin(np.where(fits, distance, np.inf))
                free[best] = False
                worst = max(worst, distance[best])
            else:
                lonely += row[4] > cut
        lonely += int((wanted[free, 4] > cut).sum())
        self.verdict(name, worst, box_most, f"px; {len(found)} rows, {lonely} without a counterpart")
        if lonely > (0 if name.startswith("detections") else len(found) // 100):
            self.failed += 1
            print(f"{name}: rows differ")


def check_features(checks, net, dump):
    image = dump["image"].double()
    stages = net.backbone(image)
    levels = net.neck(stages)
    cls, reg = net.rpn(levels)
    for i, c in enumerate(stages):
        checks.array(f"backbone.c{i + 2}", c.detach())
    for i, p in enumerate(levels):
        checks.array(f"neck.p{i + 2}", p.detach())
    for i in range(len(levels)):
        checks.array(f"rpn.cls.{i}", cls[i].detach())
        checks.array(f"rpn.reg.{i}", reg[i].detach())
    return levels, cls, reg


def check_inference(checks, net, dump, images):
    levels, cls, reg = check_features(checks, net, dump)
    if len(images) == 1:
        checks.matched("proposals", proposals_of(net.config, cls, reg, images[0], 0, "test"), 0.1, 1e-4)
        checks.array("stage0.rois", torch.cat([torch.zeros(len(dump["proposals"]), 1), dump["proposals"][:, :4]], 1).double())
    logits = 0
    for i in range(net.stages):
        rois = dump[f"stage{i}.rois"]
        features = net.roi_features(levels, rois)
        checks.array(f"stage{i}.roi_features", features)
        z, deltas = net.head(i, features)
        checks.array(f"stage{i}.cls_score", z)
        checks.array(f"stage{i}.bbox_pred", deltas)
        logits = logits + z / net.stages
        if i + 1 < net.stages:
            column = torch.zeros(len(rois), dtype=torch.long) if deltas.shape[1] == 4 else z.argmax(1)
            own = deltas.reshape(len(rois), -1, 4)[torch.arange(len(rois)), column]
            per_image = [images[int(b)] for b in rois[:, 0]]
            refined = torch.stack([decode(r[1:].double(), d, net.stds(i), im) for r, d, im in zip(rois, own, per_image)])
            checks.array(f"stage{i + 1}.rois", torch.cat([rois[:, :1].double(), refined], 1))
    for n, image in enumerate(images):
        rows = torch.nonzero(rois[:, 0] == n)[:, 0]
        wanted = detections_of(net.config, rois[rows], logits[rows], deltas[rows], net.stds(net.stages - 1), image)
        checks.matched("detections" if len(images) == 1 else f"detections.{n}", wanted, 0.1, 1e-3)


def check_anchor_samples(checks, net, dump, all_anchors, images):
    p = net.config["proposals"]
    for n, image in enumerate(images):
        labels, truths = dump[f"rpn.labels.{n}"], dump[f"gt_boxes.{n}"].double()
        inside = ((all_anchors[:, 0] >= 0) & (all_anchors[:, 1] >= 0) & (all_anchors[:, 2] < image["width"])
                  & (all_anchors[:, 3] < image["height"]))
        overlap = iou(truths, all_anchors)
        overlap[:, ~inside] = -1
        best = overlap.max(0).values
        most = overlap.max(1, keepdim=True).values
        claimed = ((overlap >= most - 1e-6) & (most >= p["minimum_positive_iou"])).any(0)
        positive, negative = labels == 1, labels == 0
        right = ((best[positive] >= p["positive_iou"] - 1e-6) | claimed[positive]).all() and inside[positive | negative].all()
        right = right and (best[negative] < p["negative_iou"] + 1e-6).all()
        count = int(positive.sum()) <= p["samples"] * p["positive_fraction"] and int((labels >= 0).sum()) <= p["samples"]
        checks.truth(f"rpn.labels.{n}", right and count, f"{int(positive.sum())} positive, {int(negative.sum())} negative")
        if positive.any():
            every = encode(all_anchors[positive][:, None], truths[None], 1.0)
            error = (every - dump[f"rpn.bbox_targets.{n}"][positive][:, None]).abs().amax(2).min(1).values
            checks.verdict(f"rpn.bbox_targets.{n}", error.max().item(), 1e-3)


def check_region_samples(checks, net, dump, i, rois, labels, targets):
    h = net.config["box_head"]
    threshold = h["iou_thresholds"][i]
    right, worst = True, 0.0
    for n in range(len([name for name in dump if name.startswith("gt_boxes.")])):
        of = rois[:, 0] == n
        boxes, own, truths, classes = rois[of, 1:].double(), labels[of], dump[f"gt_boxes.{n}"].double(), dump[f"gt_labels.{n}"]
        overlap = iou(boxes, truths)
        right = right and (overlap[own == 0].amax(1) < threshold + 1e-6).all()
        for row in torch.nonzero(own > 0)[:, 0]:
            fitting = (classes == own[row]) & (overlap[row] >= threshold - 1e-6)
            right = right and fitting.any()
            if fitting.any():
                wanted = encode(boxes[row][None], truths[fitting], net.stds(i))
                worst = max(worst, (wanted - targets[of][row]).abs().amax(1).min().item())
    right = right and (targets[labels == 0] == 0).all()
    checks.truth(f"stage{i}.labels", right, f"{int((labels > 0).sum())} positive of {len(labels)}")
    checks.verdict(f"stage{i}.bbox_targets", worst, 1e-3)


def check_mask(checks, net, name, mask, logits, labels, letters):
    scores = torch.sigmoid(logits.detach())
    rows = labels > 0
    wanted = (scores[rows] >= net.config["loss"]["threshold"]) | F.one_hot(labels[rows], logits.shape[1]).bool()
    close = (scores[rows] - net.config["loss"]["threshold"]).abs() < 1e-4
    right = ((mask[rows] == 1) == wanted)[~close].all() and (mask[~rows, 0] == 1).all()
    background = int((~rows).sum())
    counts = mask[~rows].sum(0)
    for letter, share in zip("rcf", net.config["loss"]["background_fractions"]):
        columns = [c + 1 for c, own in enumerate(letters) if own == letter]
        right = right and (counts[columns] == int(background * share)).all()
    checks.truth(name, right, f"{int(mask.sum())} elements train")


def trainable(net):
    """Names that learn: all but statistics and the stem and first layers, of those that the patterns leave."""
    config = net.config
    frozen = config["model"]["frozen_stages"]
    still = [f"backbone.layer{k}." for k in range(1, frozen + 1)] + (["backbone.conv1.", "backbone.bn1."] if frozen >= 0 else [])
    chosen = {1: ["bbox_head.fc_cls.*"], 2: ["bbox_head.*"], 3: ["bbox_head.*.fc_cls.*"], 4: ["bbox_head.*"]}
    patterns = chosen.get(config["training"].get("selectp", 0), config["training"]["train_only"] or ["*"])
    return {name for name in net.weights if "running_" not in name and not name.startswith(tuple(still))
            and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)}


def check_training(checks, net, dump, images, letters):
    trained = {name[5:] for name in dump if name.startswith("grad.")}
    checks.truth("gradients", trained == trainable(net), f"{len(trained)} arrays")
    for name in trained:
        net.weights[name].requires_grad_(True)
    config = net.config
    levels, cls, reg = check_features(checks, net, dump)
    boxes = torch.cat(anchors(config, cls))
    check_anchor_samples(checks, net, dump, boxes, images)
    divisor = sum(max(int((dump[f"rpn.labels.{n}"] == k).sum()), 1) for n in range(len(images)) for k in (0, 1))
    losses = {"loss_rpn_cls": 0.0, "loss_rpn_bbox": 0.0}
    for n in range(len(images)):
        labels, targets = dump[f"rpn.labels.{n}"].double(), dump[f"rpn.bbox_targets.{n}"].double()
        z = torch.cat([by_anchor(x[n], 1) for x in cls])[:, 0]
        d = torch.cat([by_anchor(x[n], 4) for x in reg])
        used, positive = labels >= 0, labels == 1
        losses["loss_rpn_cls"] += F.binary_cross_entropy_with_logits(z[used], labels[used], reduction="sum") / divisor
        losses["loss_rpn_bbox"] += F.smooth_l1_loss(d[positive], targets[positive], reduction="sum",
                                                    beta=config["proposals"]["smooth_l1_beta"]) / divisor
    if len(images) == 1:
        checks.matched("proposals", proposals_of(config, [x.detach() for x in cls], [x.detach() for x in reg], images[0], 0,
                                                 "train"), 0.1, 1e-4)
    for i in range(net.stages):
        rois, targets = dump[f"stage{i}.rois"], dump[f"stage{i}.bbox_targets"].double()
        labels = dump[f"stage{i}.labels"].long()
        check_region_samples(checks, net, dump, i, rois, labels, targets)
        features = net.roi_features(levels, rois)
        checks.array(f"stage{i}.roi_features", features.detach())
        z, d = net.head(i, features)
        checks.array(f"stage{i}.cls_score", z.detach())
        checks.array(f"stage{i}.bbox_pred", d.detach())
        prefix, share = (f"s{i}." if net.stages > 1 else ""), config["box_head"]["stage_weights"][i]
        if config["loss"]["name"] == "adaptive_class_suppression":
            mask = dump[f"stage{i}.weight_mask"].double()
            if letters:
                check_mask(checks, net, f"stage{i}.weight_mask", mask, z, labels, letters)
            each = F.binary_cross_entropy_with_logits(z, F.one_hot(labels, z.shape[1]).double(), reduction="none")
            classification = (mask * each).sum() / len(z)
        else:
            classification = F.cross_entropy(z, labels)
        rows = torch.nonzero(labels > 0)[:, 0]
        own = d.reshape(len(z), -1, 4)[rows, labels[rows] if d.shape[1] > 4 else 0]
        regression = F.smooth_l1_loss(own, targets[rows], reduction="sum", beta=config["box_head"]["smooth_l1_beta"]) / len(z)
        losses[prefix + "loss_cls"] = share * classification
        losses[prefix + "acc"] = (z.argmax(1) == labels).double().mean() * 100
        losses[prefix + "loss_bbox"] = share * config["box_head"]["regression_weight"] * regression
    losses["loss"] = sum(value for name, value in losses.items() if "loss" in name)
    for name, value in losses.items():
        checks.array("loss." + name, value.detach().reshape(1), 1e-4)
    losses["loss"].backward()
    most = 1e-2 if net.undecided else 1e-3
    print(f"{net.undecided} units of ReLUs so close to 0 that float32 may decide otherwise: gradients within {most}")
    for name in sorted(trained):
        gradient = net.weights[name].grad
        checks.array("grad." + name, torch.zeros_like(net.weights[name]) if gradient is None else gradient, most)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("random")
    one.add_argument("config")
    one.add_argument("out")
    one.add_argument("--classes", type=int, required=True)
    one.add_argument("--seed", type=int, default=0)
    one = commands.add_parser("check")
    one.add_argument("dump")
    one.add_argument("checkpoint")
    one.add_argument("--annotations", help="training annotations: the groups of classes of the mask")
    given = parser.parse_args()
    if given.command == "random":
        torch.manual_seed(given.seed)
        with open(given.config, "rb") as file:
            write_safetensors(given.out, random_weights(tomllib.load(file), given.classes))
        return 0
    dump, about = read_safetensors(given.dump)
    weights, _ = read_safetensors(given.checkpoint)
    letters = ""
    if given.annotations:
        with open(given.annotations) as file:
            letters = "".join(c["frequency"] for c in json.load(file)["categories"])
    config, images = tomllib.loads(about["configuration"]), json.loads(about["images"])
    net, checks = Network(weights, config), Checks(dump)
    if about["mode"] == "train":
        check_training(checks, net, dump, images, letters)
    else:
        with torch.no_grad():
            check_inference(checks, net, dump, images)
    print("largest:", ", ".join(f"{kind} {worst:.1e}" for kind, worst in checks.worst.items()))
    print(f"{checks.count} comparisons, {checks.failed} beyond what is accepted")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
