"""The sky of a landscape: colours, lamp, clouds, stars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seedance_ui.media.storyboard import noise
from seedance_ui.media.storyboard.planes import FloatArray
from seedance_ui.media.storyboard.words import Light

_COARSE = 4
"""Soft things are painted at a quarter of the size and enlarged."""


@dataclass(frozen=True, slots=True)
class View:
    """The picture that is being painted. Pixels of the picture."""

    width: int
    height: int
    horizon: float
    """From the top."""
    lamp_x: float
    lamp_y: float
    light: Light

    @property
    def unit(self) -> float:
        """What sizes are measured in: 1 % of the shorter side, but never far below a wide picture's."""
        return min(self.width, self.height * 1.6) / 100


def glow(view: View, coarse: int = _COARSE) -> FloatArray:
    """Return how much of the lamp's light falls on each point, 0 to 1, as height × width / `coarse`."""
    y, x = np.mgrid[0 : view.height : coarse, 0 : view.width : coarse].astype(np.float32)
    distance = np.hypot((x - view.lamp_x) * 0.75, y - view.lamp_y) / (view.unit * 100 * view.light.glow)
    halo = 0.55 * np.exp(-((distance / 0.045) ** 2)) + 0.4 * np.exp(-distance / 0.09) + 0.35 * np.exp(-distance / 0.34)
    result: FloatArray = np.clip(halo, 0, 1).astype(np.float32)
    return result


def paint(view: View, rng: noise.Random) -> FloatArray:
    """Return the sky as height × width × 3 sRGB; below the horizon it goes on as haze."""
    light = view.light
    height, width = -(-view.height // _COARSE), -(-view.width // _COARSE)
    fall = np.clip(np.arange(height, dtype=np.float32) * _COARSE / view.horizon, 0, 1)
    column = noise.mix(light.zenith, light.middle, noise.smooth(0.0, 0.75, fall))
    column = noise.mix(column, light.horizon, noise.smooth(0.35, 1.0, fall) ** 1.4)
    picture = np.repeat(column[:, None, :], width, axis=1)
    halo = glow(view)[:height, :width]
    picture = picture + (1 - picture) * halo[..., None] * light.lamp * 0.85
    if light.clouds > 0:
        picture = _add_clouds(picture, view, halo, rng)
    picture = noise.enlarge(picture.astype(np.float32), (width * _COARSE, height * _COARSE))
    picture = picture[: view.height, : view.width]
    if light.stars > 0:
        _add_stars(picture, view, rng)
    _add_disc(picture, view)
    return picture


def _add_clouds(picture: FloatArray, view: View, halo: FloatArray, rng: noise.Random) -> FloatArray:
    height, width = halo.shape
    wide = width / height
    body = noise.field(rng, (width, height), (1.6 * wide, 7.0), 5)
    body = 0.75 * body + 0.25 * noise.field(rng, (width, height), (1.2 * wide, 2.0), 3)
    level = np.linspace(0, view.height / view.horizon, height, dtype=np.float32)[:, None]
    band = noise.smooth(0.08, 0.5, level) * (1 - noise.smooth(0.86, 1.02, level))
    cover = noise.smooth(0.52, 0.74, body) * band * view.light.clouds
    under = np.roll(body, -2, axis=0) - body
    lit = np.clip(0.35 + 2.2 * halo + 6 * under, 0, 1)
    shade = noise.mix(view.light.middle, view.light.haze, 0.6) * np.float32(0.92)
    colour = noise.mix(shade, noise.mix(view.light.horizon, view.light.lamp, 0.45), lit)
    return noise.mix(picture, colour, cover * 0.8)


def _add_stars(picture: FloatArray, view: View, rng: noise.Random) -> None:
    area = view.width * view.horizon
    count = int(area / 2600 * view.light.stars)
    xs = rng.integers(1, view.width - 1, count)
    ys = (rng.random(count) ** 1.4 * view.horizon * 0.95).astype(int).clip(1, view.height - 2)
    power = (rng.random(count) ** 5 * 0.9 + 0.12) * (1 - ys / view.horizon) * min(1.0, view.light.stars + 0.2)
    star = np.array([0.86, 0.92, 1.0], np.float32)
    for dx, dy, share in ((0, 0, 1.0), (1, 0, 0.35), (-1, 0, 0.35), (0, 1, 0.35), (0, -1, 0.35)):
        np.add.at(picture, (ys + dy, xs + dx), (power * share)[:, None].astype(np.float32) * star)


def _add_disc(picture: FloatArray, view: View) -> None:
    """Draw the sun or the moon itself, with an edge that is soft over two pixels."""
    radius = view.unit * (2.6 if view.light.stars > 0.5 else 3.4)
    left, right = int(view.lamp_x - radius - 3), int(view.lamp_x + radius + 4)
    top, bottom = int(view.lamp_y - radius - 3), int(view.lamp_y + radius + 4)
    left, top = max(0, left), max(0, top)
    right, bottom = min(view.width, right), min(view.height, bottom)
    if left >= right or top >= bottom:
        return
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    inside = np.clip((radius - np.hypot(x - view.lamp_x, y - view.lamp_y)) / 2 + 0.5, 0, 1).astype(np.float32)
    white = noise.mix(view.light.lamp, np.ones(3, np.float32), 0.55)
    picture[top:bottom, left:right] = noise.mix(picture[top:bottom, left:right], white, inside * 0.96)
