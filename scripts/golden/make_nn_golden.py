#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/nn/*.json: layers of PyTorch in float64 on small random inputs, forward and backward.

Needs PyTorch (written with 1.13). Inputs and parameters are multiples of 1/64, which float32 holds exactly. An entry has
`options`, `input`, `parameters` (by name), `output`, `output_gradient` (of a loss sum(output * output_gradient)),
`input_gradient`, `gradients` (by parameter name) and, for batch statistics, the `statistics` after the step.
"""
import json
import pathlib

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20210619)
FOLDER = pathlib.Path(__file__).parents[2] / "tests/golden/nn"


def grid(*shape):
    return torch.round(torch.randn(*shape) * 64) / 64


def fill(module):
    for name, p in list(module.named_parameters()) + list(module.named_buffers()):
        if name.endswith("num_batches_tracked"):
            continue
        values = grid(*p.shape)
        p.data.copy_(values.abs() + 0.5 if name.endswith("running_var") else values * 0.5)


def numbers(t):
    return json.loads(json.dumps(t.detach().tolist()), parse_float=lambda s: float(f"{float(s):.10g}"))


def entry(name, module, x, options, statistics=()):
    x.requires_grad_(True)
    result = {"name": name, "options": options, "input": numbers(x)}
    arrays = dict(module.named_parameters()) | dict(module.named_buffers())
    result["parameters"] = {k: numbers(v) for k, v in arrays.items() if not k.endswith("num_batches_tracked")}
    y = module(x)
    r = grid(*y.shape)
    (y * r).sum().backward()
    result |= {"output": numbers(y), "output_gradient": numbers(r), "input_gradient": numbers(x.grad),
               "gradients": {k: numbers(p.grad) for k, p in module.named_parameters()}}
    if statistics:
        result["statistics"] = {k: numbers(arrays[k]) for k in statistics}
    return result


def write(name, entries):
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(e, separators=(",", ":")) for e in entries)
    (FOLDER / f"{name}.json").write_text(
        '{"made_by": "scripts/golden/make_nn_golden.py", "pytorch": "' + torch.__version__ + '", "entries": [\n'
        + lines + "\n]}\n")


def convolutions():
    cases = [  # name, images, in, out, height, width, kernel, stride, padding, groups, bias
        ("pointwise", 2, 3, 4, 4, 5, 1, 1, 0, 1, True), ("plain", 1, 2, 3, 5, 6, 3, 1, 1, 1, False),
        ("strided", 2, 3, 2, 6, 7, 3, 2, 1, 1, True), ("stem", 1, 3, 2, 9, 8, 7, 2, 3, 1, False),
        ("grouped", 2, 4, 6, 5, 4, 3, 1, 1, 2, True), ("depthwise", 1, 4, 4, 5, 5, 3, 2, 1, 4, False),
        ("strided pointwise", 1, 4, 3, 5, 6, 1, 2, 0, 1, False), ("unpadded", 1, 2, 2, 4, 5, 3, 1, 0, 1, True)]
    entries = []
    for name, n, i, o, h, w, k, s, p, g, b in cases:
        module = nn.Conv2d(i, o, k, s, p, groups=g, bias=b)
        fill(module)
        entries.append(entry(name, module, grid(n, i, h, w), dict(
            in_channels=i, out_channels=o, kernel=k, stride=s, padding=p, groups=g, bias=int(b))))
    write("convolution", entries)


def norms():
    entries = []
    for name, training in (("frozen", False), ("batch", True)):
        module = nn.BatchNorm2d(4, momentum=0.1)
        fill(module)
        module.train(training)
        entries.append(entry(name, module, grid(3, 4, 3, 5), {"channels": 4},
                             ("running_mean", "running_var") if training else ()))
    write("batch_norm", entries)
    entries = []
    for name, groups, channels in (("two groups", 2, 6), ("one group", 1, 4), ("single channels", 4, 4)):
        module = nn.GroupNorm(groups, channels)
        fill(module)
        entries.append(entry(name, module, grid(2, channels, 3, 4), {"groups": groups, "channels": channels}))
    write("group_norm", entries)


def others():
    pools = []
    for name, k, s, p, h, w in (("stem", 3, 2, 1, 7, 8), ("even", 2, 2, 0, 5, 6), ("subsample", 1, 2, 0, 5, 4)):
        pools.append(entry(name, nn.MaxPool2d(k, s, p), grid(2, 2, h, w), dict(kernel=k, stride=s, padding=p)))
    write("max_pool", pools)
    write("upsample", [entry("nearest", nn.Upsample(scale_factor=2, mode="nearest"), grid(2, 3, 3, 2), {})])
    module = nn.Linear(7, 5)
    fill(module)
    write("linear", [entry("linear", module, grid(4, 7), {"in": 7, "out": 5})])


class Block(nn.Module):
    """A residual block of the published networks, batch norm with frozen statistics, stride on the 3x3."""

    def __init__(self, kind, inner, planes, stride, groups, width):
        super().__init__()
        out = planes * (4 if kind == "bottleneck" else 1)
        if kind == "bottleneck":
            middle = planes * width // 64 * groups
            self.conv1, self.bn1 = nn.Conv2d(inner, middle, 1, bias=False), nn.BatchNorm2d(middle)
            self.conv2 = nn.Conv2d(middle, middle, 3, stride, 1, groups=groups, bias=False)
            self.bn2 = nn.BatchNorm2d(middle)
            self.conv3, self.bn3 = nn.Conv2d(middle, out, 1, bias=False), nn.BatchNorm2d(out)
        else:
            self.conv1, self.bn1 = nn.Conv2d(inner, planes, 3, stride, 1, bias=False), nn.BatchNorm2d(planes)
            self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False), nn.BatchNorm2d(planes)
        if stride != 1 or inner != out:
            self.downsample = nn.Sequential(nn.Conv2d(inner, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if hasattr(self, "conv3"):
            y = self.bn3(self.conv3(torch.relu(y)))
        return torch.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


def blocks():
    entries = []
    for name, kind, inner, planes, stride, groups, width in (
            ("identity", "basic", 4, 4, 1, 1, 64), ("downsample", "basic", 3, 4, 2, 1, 64),
            ("bottleneck", "bottleneck", 8, 2, 1, 1, 64), ("grouped", "bottleneck", 4, 2, 2, 2, 64)):
        module = Block(kind, inner, planes, stride, groups, width)
        fill(module)
        module.eval()
        entries.append(entry(name, module, grid(2, inner, 4, 6), dict(
            kind=kind, in_channels=inner, planes=planes, stride=stride, groups=groups, base_width=width,
            downsample=int(hasattr(module, "downsample")))))
    write("residual_block", entries)


if __name__ == "__main__":
    convolutions()
    norms()
    others()
    blocks()
