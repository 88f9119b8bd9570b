#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""The peer of bench.models: one row with torchvision's detectors, the same sizes, settings, trainable parameters and rules
for weights and image (detectors.hpp). Prints a line of JSON: seconds of the fastest run, what the process held at most.
scripts/bench_models.py runs it."""
import argparse
import json
import math
import resource
import time
import warnings

import numpy
import torch
import torchvision
from torch import nn
from torchvision.models.detection import FasterRCNN, roi_heads
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.image_list import ImageList

CLASSES = 1231
GROUP_SIZES = {"rare": 454, "common": 461, "frequent": 315}
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def backbone(name):
    # Norms in evaluation mode: one operation each, faster than FrozenBatchNorm2d, and their weights can be trained.
    return resnet_fpn_backbone(backbone_name=name, weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=3)


def initialise(model):
    generator = torch.manual_seed(1)
    for name, p in model.named_parameters():
        with torch.no_grad():
            if "body." in name and p.dim() == 4:
                p.normal_(0, math.sqrt(2 / p[0].numel()), generator=generator)
            elif "bn3.weight" in name:
                p.fill_(0.2)
            elif "fpn." in name or "box_head." in name:
                nn.init.xavier_uniform_(p) if name.endswith("weight") else p.zero_()
            elif "rpn." in name or "box_predictor." in name:
                std = 0.1 if "cls_logits" in name else 0.03 if "cls_score" in name else 0.001 if "box_predictor" in name else 0.01
                p.normal_(0, std, generator=generator) if name.endswith("weight") else p.zero_()
                if name.endswith("cls_logits.bias"):
                    p.fill_(-2)
                if name.endswith("cls_score.bias"):
                    p[0] = 14
    return model.eval()


def faster_r50():
    return initialise(FasterRCNN(backbone("resnet50"), CLASSES, min_size=800, max_size=1333, image_mean=MEAN,
                                 image_std=DEVIATION, box_score_thresh=0.0, box_nms_thresh=0.5,
                                 box_detections_per_img=300))


def photograph():
    """[384, 640, 3], 8 bits, B, G, R."""
    y, x, c = numpy.meshgrid(numpy.arange(384), numpy.arange(640), numpy.arange(3), indexing="ij")
    waves = 60 * numpy.sin(x / 40 + c) * numpy.cos(y / (30 + 10 * c))
    return (128 + waves + 40 * numpy.random.default_rng(5).random(x.shape)).astype(numpy.uint8)


def as_tensor(image):
    return torch.from_numpy(image[..., ::-1].copy()).permute(2, 0, 1).to(torch.float32) / 255


def prepared_photograph():
    transform = torchvision.models.detection.transform.GeneralizedRCNNTransform(800, 1333, MEAN, DEVIATION)
    return transform([as_tensor(photograph())])[0].tensors


def suppression_loss(logits, labels):
    """The adaptive class suppression loss as released, without its loop over the classes of the batch."""
    with torch.no_grad():
        rows, foreground = torch.arange(len(labels)), labels > 0
        weight = (torch.sigmoid(logits) >= 0.7).float() * foreground[:, None]
        background = rows[~foreground]
        first = 1
        for size, fraction in zip(GROUP_SIZES.values(), (0.01, 0.1, 1.0)):
            chosen = background[torch.randperm(len(background))[:int(len(background) * fraction)]]
            weight[chosen, first:first + size] = 1
            first += size
        weight[rows, labels] = 1
        target = nn.functional.one_hot(labels, CLASSES).float()
    return (weight * nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")).sum() / len(labels)


def forward_row(name):
    model = initialise(backbone(name))
    image = prepared_photograph()

    def run():
        with torch.inference_mode():
            model(image)
        return {}
    return run


def inference_row():
    model, image = faster_r50(), photograph()

    def run():
        with torch.inference_mode():
            return {"detections": len(model([as_tensor(image)])[0]["boxes"])}
    return run


def training_row(suppress):
    model = faster_r50()
    # What arrives is resized, normalised and padded, as in bench.models.
    model.transform.forward = lambda images, targets: (ImageList(images[0].unsqueeze(0), [(800, 1333)]), targets)
    model.train()
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()
    if suppress:
        usual = roi_heads.fastrcnn_loss
        roi_heads.fastrcnn_loss = lambda logits, deltas, labels, targets: (
            suppression_loss(logits, torch.cat(labels)), usual(logits, deltas, labels, targets)[1])
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(learned, lr=1e-4, momentum=0.9, weight_decay=1e-4)
    image = prepared_photograph()[0]
    boxes = [[20, 30, 59, 89], [100, 500, 179, 559], [300, 100, 419, 339], [600, 400, 899, 599], [700, 50, 1299, 449],
             [1000, 600, 1063, 663], [450, 450, 549, 749], [0, 200, 239, 439]]
    target = {"boxes": torch.tensor(boxes, dtype=torch.float32),
              "labels": torch.tensor([1, 57, 203, 377, 512, 790, 1001, 1230])}

    def run():
        optimizer.zero_grad()
        loss = sum(model([image], [target]).values())
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 35)
        optimizer.step()
        return {"loss": float(loss), "trained": sum(p.numel() for p in learned)}
    return run


ROWS = {
    "r50_fpn": lambda: forward_row("resnet50"),
    "x101_64x4d_fpn": lambda: forward_row("resnext101_64x4d"),
    "inference": inference_row,
    "training_softmax": lambda: training_row(False),
    "training_acsl": lambda: training_row(True),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row", choices=ROWS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1, help="timed, after one that is not")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(options.threads)
    work = ROWS[options.row]()
    work()
    times = []
    for _ in range(options.runs):
        begin = time.perf_counter()
        told = work()
        times.append(time.perf_counter() - begin)
    print(json.dumps({"seconds": min(times), "process_MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                      "torch": torch.__version__, "torchvision": torchvision.__version__, **told}))
