# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""A two-stage detector in plain PyTorch, float64, for scripts/check_dump.py: Faster and Cascade R-CNN on bottleneck
networks with frozen statistics. Weights are a map under the names of the original's checkpoints."""
import numpy as np
import torch
import torch.nn.functional as F

EPS = 1e-5  # of a batch norm
LIMIT = abs(np.log(16 / 1000))  # of the logarithms of sizes
BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


# ---- the network -----------------------------------------------------------------------------------------------------

class Network:
    def __init__(self, weights, config):
        self.config = config
        self.weights = {name: w.double() for name, w in weights.items()}
        self.stages = len(config["box_head"]["iou_thresholds"])
        self.undecided = 0

    def relu(self, x):
        """Counts units so close to 0 that float32 may see them on the other side."""
        with torch.no_grad():
            self.undecided += int((x.abs() < 2e-6 * x.abs().mean()).sum())
        return F.relu(x)

    def norm(self, name, x):
        w = self.weights
        return F.batch_norm(x, w[name + ".running_mean"], w[name + ".running_var"], w[name + ".weight"],
                            w[name + ".bias"], False, 0, EPS)

    def layer(self, name, x, **options):
        return F.conv2d(x, self.weights[name + ".weight"], self.weights[name + ".bias"], **options)

    def backbone(self, image):
        w, groups = self.weights, self.config["model"]["groups"]
        x = self.relu(self.norm("backbone.bn1", F.conv2d(image, w["backbone.conv1.weight"], stride=2, padding=3)))
        x = F.max_pool2d(x, 3, 2, 1)
        result = []
        for k, blocks in enumerate(BLOCKS[self.config["model"]["depth"]]):
            for b in range(blocks):
                p, stride = f"backbone.layer{k + 1}.{b}.", 2 if b == 0 and k > 0 else 1
                y = self.relu(self.norm(p + "bn1", F.conv2d(x, w[p + "conv1.weight"])))
                y = F.conv2d(y, w[p + "conv2.weight"], stride=stride, padding=1, groups=groups)
                y = self.relu(self.norm(p + "bn2", y))
                y = self.norm(p + "bn3", F.conv2d(y, w[p + "conv3.weight"]))
                if b == 0:
                    x = self.norm(p + "downsample.1", F.conv2d(x, w[p + "downsample.0.weight"], stride=stride))
                x = self.relu(x + y)
            result.append(x)
        return result

    def neck(self, stages):
        laterals = [self.layer(f"neck.lateral_convs.{i}.conv", c) for i, c in enumerate(stages)]
        for i in (3, 2, 1):
            laterals[i - 1] = laterals[i - 1] + F.interpolate(laterals[i], scale_factor=2, mode="nearest")
        levels = [self.layer(f"neck.fpn_convs.{i}.conv", x, padding=1) for i, x in enumerate(laterals)]
        while len(levels) < self.config["model"]["pyramid_levels"]:
            levels.append(levels[-1][:, :, ::2, ::2])
        return levels

    def rpn(self, levels):
        hidden = [self.relu(self.layer("rpn_head.rpn_conv", x, padding=1)) for x in levels]
        return ([self.layer("rpn_head.rpn_cls", x) for x in hidden], [self.layer("rpn_head.rpn_reg", x) for x in hidden])

    def roi_features(self, levels, rois):
        h = self.config["box_head"]
        out, samples, finest = h["roi_output"], h["roi_samples"], h["finest_scale"]
        sides = torch.sqrt((rois[:, 3] - rois[:, 1] + 1) * (rois[:, 4] - rois[:, 2] + 1))  # float32, as the dump has it
        level = torch.floor(torch.log2(sides / finest + 1e-6)).clamp(0, 3)
        result = torch.zeros(len(rois), levels[0].shape[1], out, out, dtype=torch.float64)
        for k in range(4):
            rows = torch.nonzero(level == k)[:, 0]
            if len(rows):
                result = result.index_copy(0, rows, roi_align(levels[k], rois[rows].double(), 1 / (4 << k), out, samples))
        return result

    def head(self, i, features):
        p = "bbox_head." + (f"{i}." if self.stages > 1 else "")

        def full(name, x):
            return F.linear(x, self.weights[p + name + ".weight"], self.weights[p + name + ".bias"])

        x = self.relu(full("shared_fcs.1", self.relu(full("shared_fcs.0", features.flatten(1)))))
        return full("fc_cls", x), full("fc_reg", x)

    def stds(self, i):
        return torch.tensor(self.config["box_head"]["stds"][4 * i:4 * i + 4], dtype=torch.float64)


def roi_align(maps, rois, scale, out, samples):
    height, width = maps.shape[2:]
    steps = (torch.arange(out * samples, dtype=torch.float64) + 0.5) / samples

    def places(first, last, extent):
        size = (last + 1) * scale - first * scale
        v = first[:, None] * scale + steps * (size.clamp(min=0) / out)[:, None]
        inside = (v >= -1) & (v <= extent)
        v = v.clamp(min=0)
        low = v.floor().clamp(max=extent - 1)
        v = torch.where(low >= extent - 1, low, v)
        return low.long(), (low + 1).clamp(max=extent - 1).long(), v - low, inside

    y0, y1, ly, in_y = places(rois[:, 2], rois[:, 4], height)
    x0, x1, lx, in_x = places(rois[:, 1], rois[:, 3], width)
    last = maps.permute(0, 2, 3, 1)
    image = rois[:, 0].long()[:, None, None]

    def corner(y, x, wy, wx):
        return last[image, y[:, :, None], x[:, None, :]] * (wy[:, :, None] * wx[:, None, :])[..., None]

    total = (corner(y0, x0, 1 - ly, 1 - lx) + corner(y0, x1, 1 - ly, lx) + corner(y1, x0, ly, 1 - lx)
             + corner(y1, x1, ly, lx)) * (in_y[:, :, None] & in_x[:, None, :])[..., None]
    total = total.reshape(len(rois), out, samples, out, samples, -1).mean((2, 4))
    return total.permute(0, 3, 1, 2)


# ---- boxes -----------------------------------------------------------------------------------------------------------

def centres(b):
    return (b[..., 0] + b[..., 2]) / 2, (b[..., 1] + b[..., 3]) / 2, b[..., 2] - b[..., 0] + 1, b[..., 3] - b[..., 1] + 1


def encode(boxes, truths, stds):
    px, py, pw, ph = centres(boxes)
    gx, gy, gw, gh = centres(truths)
    return torch.stack([(gx - px) / pw, (gy - py) / ph, torch.log(gw / pw), torch.log(gh / ph)], -1) / stds


def decode(boxes, deltas, stds, image):
    px, py, pw, ph = centres(boxes)
    dx, dy, dw, dh = (deltas * stds).unbind(-1)
    gx, gy = px + pw * dx, py + ph * dy
    gw, gh = pw * torch.exp(dw.clamp(-LIMIT, LIMIT)), ph * torch.exp(dh.clamp(-LIMIT, LIMIT))
    x = torch.stack([gx - gw / 2 + 0.5, gx + gw / 2 - 0.5]).clamp(0, image["width"] - 1)
    y = torch.stack([gy - gh / 2 + 0.5, gy + gh / 2 - 0.5]).clamp(0, image["height"] - 1)
    return torch.stack([x[0], y[0], x[1], y[1]], -1)


def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = (high - low + 1).clamp(min=0).prod(2)

    def area(x):
        return (x[:, 2] - x[:, 0] + 1) * (x[:, 3] - x[:, 1] + 1)

    return inter / (area(a)[:, None] + area(b)[None] - inter)


def nms(boxes, scores, threshold):
    order, kept = torch.sort(scores, descending=True, stable=True).indices, []
    alive = torch.ones(len(order), dtype=torch.bool)
    for place, row in enumerate(order):
        if alive[place]:
            kept.append(int(row))
            alive &= ~(iou(boxes[row:row + 1], boxes[order])[0] > threshold)
    return sorted(kept)


def anchors(config, maps):
    p, result = config["proposals"], []
    for stride, one in zip(p["anchor_strides"], maps):
        base, c = [], 0.5 * (stride - 1)
        for ratio in p["anchor_ratios"]:
            for scale in p["anchor_scales"]:
                w, h = stride / np.sqrt(ratio) * scale, stride * np.sqrt(ratio) * scale
                base.append(np.round(np.float32([c - 0.5 * (w - 1), c - 0.5 * (h - 1), c + 0.5 * (w - 1), c + 0.5 * (h - 1)])))
        base = torch.tensor(np.array(base), dtype=torch.float64)
        y, x = torch.meshgrid(torch.arange(one.shape[2]) * stride, torch.arange(one.shape[3]) * stride, indexing="ij")
        result.append((torch.stack([x, y, x, y], -1)[:, :, None] + base).reshape(-1, 4))
    return result


def by_anchor(maps, numbers):
    """[A·numbers, H, W] as rows in (y, x, a) order."""
    return maps.permute(1, 2, 0).reshape(-1, numbers)


def proposals_of(config, cls, reg, image, n, when):
    p, found = config["proposals"], []
    for level, (boxes, z, d) in enumerate(zip(anchors(config, cls), cls, reg)):
        scores, deltas = torch.sigmoid(by_anchor(z[n], 1)[:, 0]), by_anchor(d[n], 4)
        most = p[f"{when}_before_nms"]
        if len(scores) > most:
            rows = torch.sort(scores, descending=True, stable=True).indices[:most]
            boxes, scores, deltas = boxes[rows], scores[rows], deltas[rows]
        boxes = decode(boxes, deltas, 1.0, image)
        kept = nms(boxes, scores, p["nms_threshold"])[:p[f"{when}_after_nms"]]
        found.append(torch.cat([boxes[kept], scores[kept, None]], 1))
    found = torch.cat(found)
    return found[torch.sort(found[:, 4], descending=True, stable=True).indices[:p[f"{when}_count"]]]


def detections_of(config, rois, logits, deltas, stds, image):
    t, classes = config["test"], logits.shape[1] - 1
    suppression = config["loss"]["name"] == "adaptive_class_suppression"
    sigmoid = t["activation"] == "sigmoid" or (t["activation"] == "automatic" and suppression)
    scores = torch.sigmoid(logits) if sigmoid else torch.softmax(logits, 1)
    agnostic = config["box_head"]["class_agnostic"]
    boxes = decode(rois[:, None, 1:].double(), deltas.reshape(len(rois), -1, 4), stds, image) / image["scale"]
    order = torch.sort(scores[:, 1:].flatten(), descending=True, stable=True).indices
    kept, by_class = [], {}
    for i in order.tolist():
        row, c = divmod(i, classes)
        if len(kept) == t["max_detections"] or not scores[row, c + 1] > t["score_threshold"]:
            break
        box = boxes[row, 0 if agnostic else c + 1]
        rivals = by_class.setdefault(c, [])
        if rivals and (iou(box[None], torch.stack(rivals)) > t["nms_threshold"]).any():
            continue
        rivals.append(box)
        kept.append(torch.cat([box, scores[row, c + 1:c + 2], torch.tensor([float(c)])]))
    return torch.stack(kept) if kept else torch.zeros(0, 6)
