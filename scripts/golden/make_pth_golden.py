#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/io/*.pth with PyTorch (written with 1.13 and numpy 1.24; Debian's python3-torch).

legacy.pth and zip.pth hold the same checkpoint: a state dict with every element type and with tensors that are views of
a shared storage, `meta` and `optimizer` as the original's training loop writes them. protocol4.pth is the legacy layout
with pickles of protocol 4, module.pth a module's own state dict, whose OrderedDict has attributes.
With a file name as argument, checks that torch.load reads the same checkpoint from that file instead.
"""
import pathlib
import sys
from collections import OrderedDict

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "io"


def ramp(*extents):
    """Element i is (i - 3) / 4."""
    return (torch.arange(int(np.prod(extents)), dtype=torch.float32).reshape(extents) - 3) / 4


def state_dict():
    table = ramp(6, 8)
    states = OrderedDict()
    states["backbone.conv1.weight"] = ramp(4, 3, 2, 2)
    states["backbone.bn1.num_batches_tracked"] = torch.tensor(2**40 + 1)
    states["table"] = table
    states["table.part"] = table[1:4, 2:7:2]
    states["table.transposed"] = table.t()
    states["expanded"] = ramp(1, 3).expand(4, 3)
    states["empty"] = ramp(0, 7)
    states["scalar"] = torch.tensor(2.5)
    states["parameter"] = torch.nn.Parameter(ramp(2))
    for name in ("float64", "float16", "bfloat16", "int32", "int16", "int8", "uint8"):
        values = torch.tensor([0, 1, 2, 100]) if name == "uint8" else torch.tensor([0, -1, 2, 100])
        states["types." + name] = values.to(getattr(torch, name))
    states["types.bool"] = torch.tensor([True, False, True])
    states["special"] = torch.tensor([np.inf, -np.inf, -0.0, 1.1754944e-38, 3.4028235e38, 1e-45])
    return states


def checkpoint():
    meta = dict(mmdet_version="1.0rc0", config="model = dict(\n    type='FasterRCNN')\n", CLASSES=("person", "größe"),
                epoch=12, iter=60000, lr=np.float32(0.5), counts=np.arange(3), ratio=0.25, nothing=None, yes=True)
    momentum = {i: {"momentum_buffer": ramp(2)} for i in (0, 1)}
    group = dict(lr=0.02, momentum=0.9, params=[0, 1])
    return {"meta": meta, "state_dict": state_dict(), "optimizer": {"state": momentum, "param_groups": [group]}}


def write():
    FOLDER.mkdir(parents=True, exist_ok=True)
    legacy = dict(_use_new_zipfile_serialization=False)
    torch.save(checkpoint(), FOLDER / "legacy.pth", **legacy)
    torch.save(checkpoint(), FOLDER / "zip.pth")
    torch.save(checkpoint(), FOLDER / "protocol4.pth", pickle_protocol=4, **legacy)
    module = torch.nn.BatchNorm2d(3)
    torch.save(module.state_dict(), FOLDER / "module.pth", **legacy)


def check(path):
    file = torch.load(path)
    assert type(file["state_dict"]) is OrderedDict
    assert list(file["state_dict"]) == list(state_dict())
    for name, values in state_dict().items():
        ours = file["state_dict"][name]
        assert ours.dtype == values.dtype and ours.shape == values.shape and not ours.requires_grad, name
        assert ours.view(-1).tolist() == values.reshape(-1).tolist(), name
    assert file["meta"]["epoch"] == 12 and file["meta"]["CLASSES"] == ["person", "größe"]
    assert file["meta"]["config"] == checkpoint()["meta"]["config"] and file["meta"]["nothing"] is None
    print("the same")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        check(sys.argv[1])
    else:
        write()
