"""Smooth random fields, and small shapes of numbers that painters need."""

from __future__ import annotations

import numpy as np
from PIL import Image

from seedance_ui.media.storyboard.planes import FloatArray

Random = np.random.Generator


def field(rng: Random, size: tuple[int, int], cells: tuple[float, float], octaves: int = 4) -> FloatArray:
    """Return fractal noise, about 0 to 1, as height × width.

    Args:
        rng: Where the chance comes from.
        size: Width × height in pixels.
        cells: How many waves of the lowest octave fit across and down.
        octaves: Each has twice the detail and half the weight of the one before.
    """
    width, height = size
    total = np.zeros((height, width), np.float32)
    weight = 0.5
    for octave in range(octaves):
        across = min(width, max(2, round(cells[0] * 2**octave)))
        down = min(height, max(2, round(cells[1] * 2**octave)))
        grid = Image.fromarray(rng.random((down + 2, across + 2), dtype=np.float32))
        inner = (0.5, 0.5, across + 1.5, down + 1.5)
        total += weight * np.asarray(grid.resize(size, Image.Resampling.BICUBIC, box=inner))
        weight /= 2
    result: FloatArray = total / np.float32(1 - 2 * weight)
    return result


def line(rng: Random, width: int, waves: float, octaves: int, roughness: float = 0.5) -> FloatArray:
    """Return fractal noise along a line of `width` values, about -1 to 1."""
    total = np.zeros(width, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        count = max(2, round(waves * 2**octave))
        points = rng.random(count + 4, dtype=np.float32) * 2 - 1
        total += weight * _spline(points, np.linspace(1, count + 1, width, dtype=np.float32))
        norm += weight
        weight *= roughness
    result: FloatArray = total / np.float32(norm * 0.8)
    return result


def _spline(points: FloatArray, at: FloatArray) -> FloatArray:
    """Return a Catmull-Rom curve through evenly spaced points."""
    index = at.astype(np.int32)
    t = at - index
    a, b, c, d = (points[np.clip(index + k, 0, len(points) - 1)] for k in (-1, 0, 1, 2))
    result: FloatArray = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return result


def smooth(low: float, high: float, value: FloatArray) -> FloatArray:
    """Return 0 below `low`, 1 above `high`, and an S between."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    result: FloatArray = t * t * (3 - 2 * t)
    return result


def enlarge(small: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Return a field (height × width, or × 3) scaled to width × height pixels."""
    if small.ndim == 2:
        return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BILINEAR))
    large = np.empty((size[1], size[0], small.shape[2]), np.float32)
    for channel in range(small.shape[2]):
        large[..., channel] = enlarge(np.ascontiguousarray(small[..., channel], np.float32), size)
    return large


def mix(a: FloatArray, b: FloatArray, share: FloatArray | float) -> FloatArray:
    """Return colours between two colours; `share` 0 is `a`, and may be a field."""
    weight = np.asarray(share, np.float32)
    weight = weight[..., None] if weight.ndim else weight
    result: FloatArray = np.multiply(b - a, weight, dtype=np.float32)
    result += a
    return result
