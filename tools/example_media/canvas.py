"""A small painter: soft shapes, light and haze on a float picture.

Lengths are in picture heights: y runs from 0 (top) to 1 (bottom), x from 0 to `aspect`, so that a scene
can be drawn at any size. Colours are "#rrggbb" or arrays of height × width × 3 in 0–1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Array = NDArray[np.float32]
Colour = str | Array
Point = tuple[float, float]
Stops = Sequence[tuple[float, str]]
Shape = Callable[[ImageDraw.ImageDraw, float], None]
"""Draws itself in white; the number is pixels a picture height."""

_SUPERSAMPLING = 3


def rgb(colour: str) -> Array:
    """Return "#rrggbb" as three numbers in 0–1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def poly(*points: Point) -> Shape:
    """Return a filled polygon."""
    return lambda draw, scale: draw.polygon([(x * scale, y * scale) for x, y in points], fill=255)


def oval(x: float, y: float, rx: float, ry: float | None = None) -> Shape:
    """Return a filled ellipse around (x, y)."""
    ry = rx if ry is None else ry
    return lambda draw, scale: draw.ellipse([v * scale for v in (x - rx, y - ry, x + rx, y + ry)], fill=255)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Shape:
    """Return a filled rectangle with round corners."""
    return lambda draw, scale: draw.rounded_rectangle(
        [v * scale for v in (x0, y0, x1, y1)], radius=radius * scale, fill=255
    )


def stroke(points: Sequence[Point], width: float) -> Shape:
    """Return a line through points."""

    def shape(draw: ImageDraw.ImageDraw, scale: float) -> None:
        draw.line(
            [(x * scale, y * scale) for x, y in points], fill=255, width=max(1, round(width * scale)), joint="curve"
        )

    return shape


class Canvas:
    """A picture in the making; `seed` fixes everything random in it."""

    def __init__(self, width_px: int, height_px: int, seed: int) -> None:
        self.width_px, self.height_px = width_px, height_px
        self.aspect = width_px / height_px
        self.rng = np.random.default_rng(seed)
        rows, columns = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
        self.x: Array = columns / height_px
        self.y: Array = rows / height_px
        self.pixels: Array = np.zeros((height_px, width_px, 3), np.float32)

    def ramp(self, stops: Stops, along: Array | None = None) -> Array:
        """Return a gradient of colours along y, or along any other array of positions."""
        position = self.y if along is None else along
        places = [place for place, _ in stops]
        colours = np.array([rgb(colour) for _, colour in stops])
        return np.stack([np.interp(position, places, colours[:, i]) for i in range(3)], -1).astype(np.float32)

    def mask(self, *shapes: Shape, blur: float = 0.0) -> Array:
        """Return the union of shapes as coverage in 0–1, softened by `blur` picture heights."""
        size = (self.width_px * _SUPERSAMPLING, self.height_px * _SUPERSAMPLING)
        image = Image.new("L", size)
        draw = ImageDraw.Draw(image)
        for shape in shapes:
            shape(draw, self.height_px * _SUPERSAMPLING)
        image = image.reduce(_SUPERSAMPLING)
        if blur:
            image = image.filter(ImageFilter.GaussianBlur(blur * self.height_px))
        return np.asarray(image, np.float32) / 255

    def noise(self, cells_x: int, cells_y: int, octaves: int = 3) -> Array:
        """Return smooth noise in 0–1 with about `cells_x` × `cells_y` blobs."""
        total = np.zeros((self.height_px, self.width_px), np.float32)
        weight = 0.0
        for octave in range(octaves):
            grid = self.rng.random((cells_y * 2**octave + 2, cells_x * 2**octave + 2)).astype(np.float32)
            layer = Image.fromarray(grid).resize((self.width_px, self.height_px), Image.Resampling.BICUBIC)
            total += np.asarray(layer) / 2**octave
            weight += 1 / 2**octave
        return np.clip(total / weight, 0, 1)

    def ridge(self, base: float, height: float, roughness: float = 0.5, steps: int = 8) -> list[Point]:
        """Return a mountain line across the picture by midpoint displacement, left to right."""
        line = self.rng.normal(0, height / 3, 3)
        for step in range(steps):
            middle = (line[:-1] + line[1:]) / 2 + self.rng.normal(
                0, height / 3 * roughness ** (step + 1), len(line) - 1
            )
            line = _interleave(line, middle)
        places = np.linspace(-0.02, self.aspect + 0.02, len(line))
        return [(float(x), float(base + y)) for x, y in zip(places, line, strict=True)]

    def fill(self, colour: Colour) -> None:
        """Cover everything."""
        self.pixels[:] = rgb(colour) if isinstance(colour, str) else colour

    def paint(self, colour: Colour, *shapes: Shape, alpha: float | Array = 1.0, blur: float = 0.0) -> None:
        """Lay a colour over the union of shapes."""
        self.cover(colour, self.mask(*shapes, blur=blur) * alpha)

    def cover(self, colour: Colour, coverage: Array) -> None:
        """Lay a colour over the picture, by coverage in 0–1."""
        tone = rgb(colour) if isinstance(colour, str) else colour
        self.pixels += coverage[..., None] * (tone - self.pixels)

    def light(self, colour: str, amount: Array) -> None:
        """Add light as a screen does: it brightens and never clips."""
        self.pixels[:] = 1 - (1 - self.pixels) * (1 - rgb(colour) * np.clip(amount, 0, 1)[..., None])

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 1.0) -> None:
        """Add a round glow with a soft tail."""
        distance = np.hypot(self.x - x, self.y - y) / radius
        self.light(colour, strength * (0.65 * np.exp(-(distance**2)) + 0.35 * np.exp(-distance * 1.3)))

    def haze(self, y: float, thickness: float, colour: str, strength: float) -> None:
        """Lay a band of mist around height y, uneven as mist is."""
        band = np.exp(-(((self.y - y) / thickness) ** 2))
        self.cover(colour, strength * band * (0.55 + 0.45 * self.noise(5, 3)))

    def stars(self, count: int, lowest: float) -> None:
        """Scatter stars above height `lowest`, fewer and fainter towards it."""
        dots = []
        # Stars of their own, so that a night has the same land as its day.
        for x, y, size in np.random.default_rng(count).random((count, 3)):
            dots.append(oval(x * self.aspect, y**1.4 * lowest, 0.0006 + 0.0014 * size**4))
        self.cover("#ffffff", self.mask(*dots) * np.clip(1 - self.y / lowest, 0, 1) * 0.9)

    def finish(self, grain: float = 0.012, vignette: float = 0.22) -> Image.Image:
        """Return the picture, with darker corners and fine grain."""
        distance = np.hypot((self.x / self.aspect - 0.5) * 1.25, self.y - 0.5) / 0.8
        shaded = self.pixels * (1 - vignette * np.clip(distance, 0, 1)[..., None] ** 2.5)
        shaded = shaded + self.rng.normal(0, grain, shaded.shape[:2])[..., None]
        return Image.fromarray(np.uint8(np.clip(shaded, 0, 1) * 255 + 0.5))


def _interleave(points: Array, between: Array) -> Array:
    line = np.empty(len(points) + len(between))
    line[0::2], line[1::2] = points, between
    return line


def to_ground(line: Sequence[Point], bottom: float = 1.02) -> Shape:
    """Return everything below a line from left to right."""
    return poly(*line, (line[-1][0], bottom), (line[0][0], bottom))
