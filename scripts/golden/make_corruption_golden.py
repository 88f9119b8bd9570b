#!/usr/bin/env python3
# SPDX-FileCopyrightText: the acsl authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/data/corruptions.safetensors: a small picture (`image`, uint8, B, G, R) and, of every corruption
but frost and every severity, every second row of what the published definition makes of it (`fog.3`).

The definitions (arXiv:1903.12261, for images of any size arXiv:1907.07484) are written down here on the libraries that
they name: NumPy, SciPy, scikit-image, OpenCV and Pillow; random numbers are those of core/random_key.hpp, of the key
random_key{7}.with(42). Written with NumPy 1.24.2, SciPy 1.10.1, scikit-image 0.19.3, OpenCV 4.6.0, Pillow 9.4.0.
"""
import io
import json
import math
import pathlib
import struct
import sys

import cv2
import numpy as np
from PIL import Image
from scipy import ndimage, stats
from skimage.color import hsv2rgb, rgb2hsv
from skimage.filters import gaussian

HEIGHT, WIDTH = 47, 43
NAMES = ["gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "snow",
         "frost", "fog", "brightness", "contrast", "elastic_transform", "pixelate", "jpeg_compression", "speckle_noise",
         "gaussian_blur", "spatter", "saturate"]


def philox(counter, key):
    words = [np.asarray(w, np.uint64) for w in counter]
    low, high = key
    for _ in range(10):
        a, b = np.uint64(0xD2511F53) * words[0], np.uint64(0xCD9E8D57) * words[2]
        mask, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
        words = [(b >> shift) ^ words[1] ^ np.uint64(low), b & mask, (a >> shift) ^ words[3] ^ np.uint64(high), a & mask]
        low, high = (low + 0x9E3779B9) & 0xFFFFFFFF, (high + 0xBB67AE85) & 0xFFFFFFFF
    return words


class RandomKey:
    def __init__(self, low, high=0):
        self.key = (low, high)

    def extended(self, value):
        words = philox([value & 0xFFFFFFFF, value >> 32, 0x6B657965, 0x61637364], self.key)
        return RandomKey(int(words[0]), int(words[1]))

    def bits(self, shape):
        numbers = np.arange(math.prod(shape), dtype=np.uint64).reshape(shape)
        return self.bits_of(numbers)

    def bits_of(self, numbers):
        zero = np.zeros_like(numbers)
        words = philox([numbers & np.uint64(0xFFFFFFFF), numbers >> np.uint64(32), zero, zero], self.key)
        return words[1] << np.uint64(32) | words[0]

    def uniform_of(self, numbers):
        return (self.bits_of(numbers) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def uniform(self, shape, low=0.0, high=1.0):
        numbers = np.arange(math.prod(shape), dtype=np.uint64).reshape(shape)
        return low + (high - low) * self.uniform_of(numbers)

    def normal(self, shape):
        numbers = np.arange(math.prod(shape), dtype=np.uint64).reshape(shape)
        radius = np.sqrt(-2 * np.log(1 - self.uniform_of(2 * numbers)))
        return radius * np.cos(2 * np.pi * self.uniform_of(2 * numbers + np.uint64(1)))


def zoomed_centre(field, factor):
    """The middle of two axes, enlarged; the third axis stays."""
    rows, columns = (int(np.ceil(side / float(factor))) for side in field.shape[:2])
    top, left = (field.shape[0] - rows) // 2, (field.shape[1] - columns) // 2
    return ndimage.zoom(field[top:top + rows, left:left + columns], (factor, factor, 1), order=1)


def moved(field, radius, sigma, angle):
    """One-sided Gaussian weights along a line; the border pixel is repeated."""
    steps = 2 * radius + 1
    weights = np.exp(-np.arange(steps)**2 / (2.0 * sigma**2))
    weights /= weights.sum()
    total = np.zeros(field.shape)
    rows, columns = np.arange(field.shape[0]), np.arange(field.shape[1])
    for i, weight in enumerate(weights):
        dy = -math.ceil(i * math.sin(math.radians(angle)) - 0.5)
        dx = -math.ceil(i * math.cos(math.radians(angle)) - 0.5)
        total += weight * field[np.clip(rows - dy, 0, len(rows) - 1)][:, np.clip(columns - dx, 0, len(columns) - 1)]
    return total


def cloud(side, decay, key):
    field = np.zeros((side, side))
    step, wobble = side, 100.0

    def fill(rows, columns, neighbours):
        y, x = np.meshgrid(np.arange(side)[rows], np.arange(side)[columns], indexing="ij")
        noise = -wobble + 2 * wobble * key.uniform_of((y * side + x).astype(np.uint64))
        field[rows, columns] = neighbours / 4 + wobble * noise

    while step >= 2:
        even, odd = slice(0, side, step), slice(step // 2, side, step)
        corners = field[even, even].copy()
        pairs = corners + np.roll(corners, -1, 0)
        fill(odd, odd, pairs + np.roll(pairs, -1, 1))
        centres = field[odd, odd].copy()
        fill(even, odd, centres + np.roll(centres, 1, 0) + corners + np.roll(corners, -1, 1))
        fill(odd, even, centres + np.roll(centres, 1, 1) + corners + np.roll(corners, -1, 0))
        step //= 2
        wobble /= decay
    field -= field.min()
    return field / field.max()


# Each takes R, G, B in [0, 1] (float64), a severity from 0 on and a key, and returns values that are cut to [0, 1].
# Noise is drawn in the order of memory, B, G, R.
def gaussian_noise(v, s, key):
    return v + [.08, .12, .18, .26, .38][s] * key.normal(v.shape)[..., ::-1]


def shot_noise(v, s, key):
    most = [60, 25, 12, 5, 3][s]
    return stats.poisson.ppf(key.uniform(v.shape)[..., ::-1], v * most).clip(0) / most


def impulse_noise(v, s, key):
    amount, drawn = [.03, .06, .09, .17, .27][s], key.uniform(v.shape)[..., ::-1]
    return np.where(drawn < amount / 2, 1, np.where(drawn < amount, 0, v))


def speckle_noise(v, s, key):
    return v + v * [.15, .2, .35, .45, .6][s] * key.normal(v.shape)[..., ::-1]


def gaussian_blur(v, s, _):
    return gaussian(v, sigma=[1, 2, 3, 4, 6][s], channel_axis=2)


def glass_blur(v, s, key):
    sigma, reach, rounds = [(.7, 1, 2), (.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)][s]
    x = np.uint8(np.floor(gaussian(v, sigma=sigma, channel_axis=2) * 255 + 1 / 1024))
    height, width = x.shape[:2]
    for r in range(rounds):
        drawn = key.extended(r).bits((height * width,))
        for row in range(height - reach, reach, -1):
            for column in range(width - reach, reach, -1):
                word = int(drawn[row * width + column])
                dx, dy = ((w * 2 * reach >> 32) - reach for w in (word & 0xFFFFFFFF, word >> 32))
                x[row, column] = x[row + dy, column + dx]
    return gaussian(x / 255., sigma=sigma, channel_axis=2)


def defocus_blur(v, s, _):
    radius, softness = [(3, .1), (4, .5), (6, .5), (8, .5), (10, .5)][s]
    reach, size = (8, 3) if radius <= 8 else (radius, 5)
    y, x = np.mgrid[-reach:reach + 1, -reach:reach + 1]
    disk = (x**2 + y**2 <= radius**2).astype(np.float32)
    disk = cv2.GaussianBlur(disk / disk.sum(), ksize=(size, size), sigmaX=softness)
    return np.stack([cv2.filter2D(np.ascontiguousarray(v[..., c]), -1, disk) for c in range(3)], 2)


def motion_blur(v, s, key):
    radius, sigma = [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)][s]
    return moved(v, radius, sigma, key.uniform((1,), -45, 45)[0])


def zoom_blur(v, s, _):
    factors = [np.arange(1, 1.11, .01), np.arange(1, 1.16, .01), np.arange(1, 1.21, .02), np.arange(1, 1.26, .02),
               np.arange(1, 1.31, .03)][s]
    layers = [zoomed_centre(v, factor)[:v.shape[0], :v.shape[1]] for factor in factors]
    return (v + sum(layers)) / (len(factors) + 1)


def snow(v, s, key):
    mean, deviation, zoom, threshold, radius, sigma, kept = [
        (.1, .3, 3, .5, 10, 4, .8), (.2, .3, 2, .5, 12, 4, .7), (.55, .3, 4, .9, 12, 8, .7), (.55, .3, 4.5, .85, 12, 8, .65),
        (.55, .3, 2.5, .85, 12, 12, .55)][s]
    flakes = zoomed_centre((mean + deviation * key.extended(0).normal(v.shape[:2]))[..., None], zoom)[..., 0]
    flakes = np.where(flakes < threshold, 0, flakes).clip(0, 1)
    flakes = moved(flakes, radius, sigma, key.extended(1).uniform((1,), -135, -45)[0])
    flakes = (np.round(flakes * 255).astype(np.uint8) / 255.)[:v.shape[0], :v.shape[1], None]
    grey = cv2.cvtColor(v.astype(np.float32), cv2.COLOR_RGB2GRAY)[..., None]
    return kept * v + (1 - kept) * np.maximum(v, grey * 1.5 + .5) + flakes + np.rot90(flakes, k=2)


def fog(v, s, key):
    thickness, decay = [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)][s]
    side = 2**(max(v.shape) - 1).bit_length()
    layer = cloud(side, decay, key)[:v.shape[0], :v.shape[1], None]
    return (v + thickness * layer) * v.max() / (v.max() + thickness)


def brightness(v, s, _):
    colours = rgb2hsv(v)
    colours[..., 2] = (colours[..., 2] + [.1, .2, .3, .4, .5][s]).clip(0, 1)
    return hsv2rgb(colours)


def saturate(v, s, _):
    factor, added = [(.3, 0), (.1, 0), (2, 0), (5, .1), (20, .2)][s]
    colours = rgb2hsv(v)
    colours[..., 1] = (colours[..., 1] * factor + added).clip(0, 1)
    return hsv2rgb(colours)


def contrast(v, s, _):
    means = v.mean(axis=(0, 1), keepdims=True)
    return (v - means) * [.4, .3, .2, .1, .05][s] + means


def elastic_transform(v, s, key):
    height, width = v.shape[:2]
    most, strength = height * .005, [12.5, 16.25, 21.25, 25, 30][s]

    def field(number):
        drawn = key.extended(number).uniform((height, width), -most, most)
        return (gaussian(drawn, np.array([height, width]) * .01, mode="reflect", truncate=3) * strength).astype(np.float32)

    y, x = np.mgrid[:height, :width]
    right, down = field(0), field(1)
    return np.stack([ndimage.map_coordinates(v[..., c].astype(np.float32), [y + down, x + right], order=1, mode="reflect")
                     for c in range(3)], 2)


def spatter(v, s, key):
    mean, deviation, sigma, threshold, strength, mud = [
        (.65, .3, 4, .69, .6, 0), (.65, .3, 3, .68, .6, 0), (.65, .3, 2, .68, .5, 0), (.65, .3, 1, .65, 1.5, 1),
        (.67, .4, 1, .65, 1.5, 1)][s]
    drops = gaussian(mean + deviation * key.normal(v.shape[:2]), sigma=sigma)
    drops[drops < threshold] = 0
    assert drops.any(), "no drop: take another key"
    if mud:
        m = gaussian((drops > threshold).astype(np.float32), sigma=strength)
        m[m < .8] = 0
        return v * (1 - m[..., None]) + m[..., None] * np.array([63, 42, 20]) / 255
    drops = (drops * 255).astype(np.uint8)
    relief = np.minimum(cv2.distanceTransform(255 - cv2.Canny(drops, 50, 150), cv2.DIST_L2, 5), 20)
    relief = cv2.equalizeHist(cv2.blur(relief, (3, 3)).astype(np.uint8))
    relief = cv2.filter2D(relief, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
    light = drops * cv2.blur(relief, (3, 3)).astype(np.float32)
    return v + strength * (light / light.max())[..., None] * np.array([175, 238, 238]) / 255


# Pillow's own: 8 bits to 8 bits.
def pixelate(x, s):
    factor, height, width = [.6, .5, .4, .3, .25][s], x.shape[0], x.shape[1]
    small = Image.fromarray(x).resize((int(width * factor), int(height * factor)), Image.BOX)
    return np.array(small.resize((width, height), Image.NEAREST))


def jpeg_compression(x, s):
    file = io.BytesIO()
    Image.fromarray(x).save(file, "JPEG", quality=[25, 18, 15, 10, 7][s])
    return np.array(Image.open(file))


def picture():
    """Smooth areas, edges, a grey and a saturated block, and texture; R, G, B."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    v = np.stack([40 + 3 * x, 30 + 4 * y, 200 - 2 * (x + y) // 2], 2)
    v[5:20, 6:22] = [230, 40, 20]
    v[26:40, 4:18] = [90, 90, 90]
    v[24:44, 24:40] += (60 * np.sin(y * x / 7.0)).astype(int)[24:44, 24:40, None] * np.array([1, -1, 1])
    v[8:16, 28:38] = [255, 255, 255]
    v[10:14, 30:36] = 0
    return v.clip(0, 255).astype(np.uint8)


def main():
    x = picture()
    arrays = {"image": x[..., ::-1]}
    key = RandomKey(7).extended(42)
    for number, name in enumerate(NAMES):
        if name == "frost":  # drawn, where the original has photographs
            continue
        for severity in range(1, 6):
            own = key.extended(0x100000000 + 12).extended(number).extended(severity)
            if name in ("pixelate", "jpeg_compression"):
                result = globals()[name](x, severity - 1)
            else:
                value = globals()[name](x / 255., severity - 1, own).clip(0, 1) * 255
                result = np.uint8(np.floor(value + 1 / 1024))  # what rounding errors take from a whole number stays
            arrays[f"{name}.{severity}"] = result[::2, :, ::-1]
    header, data = {}, b""
    for name, values in arrays.items():
        piece = np.ascontiguousarray(values).tobytes()
        header[name] = {"dtype": "U8", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    target = pathlib.Path(__file__).parents[2] / "tests/golden/data/corruptions.safetensors"
    target.write_bytes(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    sys.exit(main())
