"""What floats in the air of a landscape, and the shade at the edges of a frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from seedance_ui.media.storyboard import noise
from seedance_ui.media.storyboard.planes import Canvas, FloatArray, yuv_of
from seedance_ui.media.storyboard.words import Light

_PHASES = 4
"""Sprites are drawn at this many positions between two pixels in each direction: slow ones must not jump."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one sort of particle looks and moves; lengths in percent of the shorter side, speeds in those a second."""

    count: int
    radius: tuple[float, float]
    fall: tuple[float, float]
    drift: tuple[float, float]
    sway: float
    power: float
    """Opacity, 0 to 1."""
    softness: float
    """Of the edge, as a share of the radius."""
    colours: tuple[tuple[int, int, int], ...] = ()
    """sRGB; the lamp's own where empty."""
    pulse: float = 0.0
    """Times a second that it glows up."""
    streak: float = 1.0
    """Length to width."""


_KINDS: dict[str, _Kind] = {
    "dust": _Kind(22, (0.10, 0.26), (-1.6, 0.4), (-1.2, 1.6), 0.8, 0.30, 1.2),
    "snow": _Kind(110, (0.12, 0.45), (5.0, 12.0), (-1.5, 2.5), 1.4, 0.75, 0.8, ((245, 248, 252),)),
    "rain": _Kind(120, (0.05, 0.07), (105.0, 150.0), (-10.0, -7.0), 0.0, 0.2, 0.9, ((214, 226, 238),), streak=58.0),
    "embers": _Kind(
        56, (0.10, 0.28), (-15.0, -5.0), (-2.0, 4.0), 2.0, 0.95, 0.8, ((255, 150, 60), (255, 200, 120)), 1.3
    ),
    "bubbles": _Kind(46, (0.10, 0.40), (-9.0, -3.0), (-0.6, 0.6), 1.2, 0.42, 0.7, ((214, 250, 246),)),
    "fireflies": _Kind(
        26, (0.14, 0.34), (-1.5, 1.0), (-2.0, 2.0), 2.2, 0.9, 1.0, ((255, 226, 140), (220, 255, 170)), 0.35
    ),
    "bokeh": _Kind(
        13, (1.6, 4.6), (-0.7, 0.3), (-1.0, 1.0), 0.8, 0.17, 0.14, ((99, 212, 200), (255, 110, 180), (255, 190, 110))
    ),
}


class Air:
    """Particles of one kind; where each is depends only on the frame's number."""

    def __init__(self, kind: str, light: Light, size: tuple[int, int], rng: noise.Random) -> None:
        self._size = size
        self._kind = _KINDS.get(kind)
        if self._kind is None:
            return
        unit = min(size[0], size[1] * 1.6) / 100
        lamp = tuple(round(255 * float(c)) for c in noise.mix(light.lamp, np.ones(3, np.float32), 0.3))
        colours = self._kind.colours or ((lamp[0], lamp[1], lamp[2]),)
        self._colours = [yuv_of(*colour) for colour in colours]
        radii = np.linspace(*self._kind.radius, 3) * unit
        self._sprites = [_sprites(max(0.8, float(radius)), self._kind) for radius in radii]
        count = round(self._kind.count * max(1.0, size[0] * size[1] / (unit * 100) ** 2 * 1.6))
        self._at = rng.random((count, 2)) * size
        self._speed = (
            np.stack([rng.uniform(*self._kind.drift, count), rng.uniform(*self._kind.fall, count)], 1) * unit / 24
        )
        self._phase = rng.random((count, 2)) * 2 * np.pi
        self._sway = self._kind.sway * unit

    def draw(self, canvas: Canvas, frame: int) -> None:
        """Draw the particles as they are at a frame."""
        if self._kind is None:
            return
        for index, (start, speed, phase) in enumerate(zip(self._at, self._speed, self._phase, strict=True)):
            if self._kind.pulse and np.sin(phase[1] + frame / 24 * 2 * np.pi * self._kind.pulse) < -0.25:
                continue
            sprites = self._sprites[index % 3]
            margin = sprites[0][0].width
            x = start[0] + speed[0] * frame + self._sway * np.sin(frame / 31 + phase[0])
            y = start[1] + speed[1] * frame + self._sway * np.cos(frame / 37 + phase[1]) * 0.5
            x = x % (self._size[0] + margin) - margin
            y = y % (self._size[1] + margin) - margin
            _stamp(canvas, sprites, self._colours[index % len(self._colours)], float(x), float(y))


def _sprites(radius: float, kind: _Kind) -> list[tuple[Image.Image, Image.Image]]:
    """Return masks at full and half size, one pair for each position between pixels."""
    reach = int(np.ceil(radius * (1 + kind.softness))) + 2
    width = reach * 2 + 2
    height = round(reach * 2 * max(1.0, kind.streak / 4)) // 2 * 2 + 2
    result = []
    for down in range(_PHASES):
        for right in range(_PHASES):
            y, x = np.mgrid[0:height, 0:width].astype(np.float32)
            dx, dy = x - reach - right * 2 / _PHASES, y - height / 2 - down * 2 / _PHASES
            if kind.streak > 1:
                dx, dy = dx + dy * 0.08, dy / (kind.streak / 2)
            distance = np.hypot(dx, dy)
            edge = radius * kind.softness + 0.5
            alpha = noise.smooth(0, 1, (radius + edge * 0.5 - distance) / np.float32(edge)) * kind.power
            mask = Image.fromarray((alpha * 255).astype(np.uint8))
            result.append((mask, mask.resize((width // 2, height // 2), Image.Resampling.BOX)))
    return result


def _stamp(
    canvas: Canvas, sprites: list[tuple[Image.Image, Image.Image]], colour: tuple[int, int, int], x: float, y: float
) -> None:
    left, top = int(np.floor(x / 2)) * 2, int(np.floor(y / 2)) * 2
    right_phase = min(_PHASES - 1, int((x - left) / 2 * _PHASES))
    down_phase = min(_PHASES - 1, int((y - top) / 2 * _PHASES))
    mask, half = sprites[down_phase * _PHASES + right_phase]
    canvas.tint(colour, mask, half, (left, top))


class Shade:
    """The darker edges of a frame, and the dark ground under its words."""

    def __init__(self, size: tuple[int, int], strength: float = 1.0) -> None:
        width, height = size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        x, y = x / (width - 1), y / (height - 1)
        radius = np.hypot((x - 0.5) * 1.05, (y - 0.5) * 1.05)
        light: FloatArray = 1 - 0.34 * noise.smooth(0.40, 0.82, radius)
        left = 1 - 0.55 * noise.smooth(0.35, 1.0, x) if width > height else np.ones_like(x)
        light *= 1 - 0.62 * strength * noise.smooth(0.42, 1.0, y) * left
        light *= 1 - 0.30 * noise.smooth(0.0, 0.2, 0.2 - y)
        self._luma = np.round(light * 256).astype(np.uint16)
        self._chroma = np.ascontiguousarray(self._luma[::2, ::2])

    def draw(self, canvas: Canvas) -> None:
        """Darken a frame."""
        canvas.shade(self._luma, self._chroma)
