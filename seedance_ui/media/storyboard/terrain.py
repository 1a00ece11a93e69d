"""Open landscapes: mountains, dunes, hills and the sea. Each painter returns sheets from far to near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seedance_ui.media.storyboard import noise, sky
from seedance_ui.media.storyboard.planes import FloatArray
from seedance_ui.media.storyboard.sky import View

_COARSE = 3
"""Colours of a slope are soft: they are painted at a third of the size; only its edge is sharp."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One flat of a stage set: a picture, what of it is there, and how far away it hangs."""

    rgb: FloatArray
    """Height × width × 3, sRGB 0 to 1; or 3 values for a silhouette of one colour."""
    alpha: FloatArray | None
    """Height × width; None where it covers everything."""
    depth: float
    """1 is near, 0 as far as the sky."""


def cover(profile: FloatArray, height: int, softness: float = 1.0) -> FloatArray:
    """Return the alpha of everything below a line; `profile` holds its height from the top for each column."""
    y = np.arange(height, dtype=np.float32)[:, None]
    alpha: FloatArray = (y - profile.astype(np.float32)[None, :]) / np.float32(softness) + np.float32(0.5)
    return np.clip(alpha, 0, 1, out=alpha)


def body(view: View, profile: FloatArray, near: float, mist: float, halo: FloatArray) -> FloatArray:
    """Return the colours of a slope: darker towards the camera, paler in the valley, lit near the lamp.

    Args:
        view: The picture.
        profile: The slope's upper edge, from the top, for each column.
        near: 0 is the far haze, 1 the dark of the foreground.
        mist: How pale the foot is.
        halo: The lamp's light, height × width.
    """
    light = view.light
    below = np.arange(0, view.height, _COARSE, dtype=np.float32)[:, None] - profile.astype(np.float32)[None, ::_COARSE]
    soft_halo = halo[::_COARSE, ::_COARSE]
    base = noise.mix(light.haze, light.near, near)
    pale = noise.mix(light.haze, light.horizon, 0.35)
    foot = np.clip(below / np.float32(view.unit * 34), 0, 1) * np.float32(mist)
    rim = np.exp(-np.maximum(below, 0) / np.float32(view.unit * 0.9)) * np.float32(0.5 - 0.25 * near)
    shine = np.clip(soft_halo * (np.float32(0.62 - 0.5 * near) + rim), 0, 0.8)
    coarse = noise.mix(noise.mix(base, pale, foot), light.lamp, shine)
    size = (coarse.shape[1] * _COARSE, coarse.shape[0] * _COARSE)
    return noise.enlarge(coarse, size)[: view.height, : view.width]


def silhouette(view: View, share: float = 0.05) -> FloatArray:
    """Return the one colour of what stands before the camera; `share` of the haze lies on it."""
    return noise.mix(view.light.near, view.light.haze, share)


def full_glow(view: View) -> FloatArray:
    """Return the lamp's light at the picture's size."""
    coarse = sky.glow(view, 8)
    return noise.enlarge(coarse, (coarse.shape[1] * 8, coarse.shape[0] * 8))[: view.height, : view.width]


def over(base: FloatArray, rgb: FloatArray, alpha: FloatArray) -> FloatArray:
    """Lay a picture with its alpha on an opaque one."""
    return noise.mix(base, rgb, alpha)


def mountains(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint ranges of mountains that fade into the distance."""
    back = sky.paint(view, rng)
    halo = full_glow(view)
    waves = view.width / view.height
    for level, (rise, near) in enumerate(((0.30, 0.12), (0.21, 0.34))):
        edge = _range(view, rng, waves * (1.1 + 0.7 * level), rise, 0.02 + 0.07 * level)
        colour = _rock(view, rng, edge, body(view, edge, near, 0.75, halo), near)
        back = over(back, colour, cover(edge, view.height, 1.5))
    sheets = [Sheet(back, None, 0.30)]
    for level, (rise, drop, near, mist, depth) in enumerate(
        ((0.15, 0.15, 0.62, 0.55, 0.6), (0.11, 0.3, 0.96, 0.1, 1.0))
    ):
        edge = _range(view, rng, waves * (2.0 + 0.5 * level), rise, drop)
        colour = body(view, edge, near, mist, halo) if depth < 1 else silhouette(view)
        sheets.append(Sheet(colour, cover(edge, view.height, 1.2), depth))
    return sheets


def _range(view: View, rng: noise.Random, waves: float, rise: float, drop: float) -> FloatArray:
    """Return the edge of a mountain range: sharp tops, wide valleys."""
    raw = noise.line(rng, view.width, waves, 7, 0.48)
    sharp = 1 - np.abs(noise.line(rng, view.width, waves * 0.9, 6, 0.42))
    height = 0.45 * raw + 1.1 * sharp - 0.55
    result: FloatArray = view.horizon + view.height * (drop - rise * height)
    return result


def _rock(view: View, rng: noise.Random, edge: FloatArray, colour: FloatArray, near: float) -> FloatArray:
    """Give a far range its faces: snow and light on the side of the lamp, shade on the other."""
    grain = noise.field(rng, (view.width // 2, view.height // 2), (26, 9), 4)
    grain = noise.enlarge(grain, (view.width, view.height))
    slope = np.convolve(np.gradient(edge), np.hanning(31) / 15, "same").astype(np.float32)
    side = np.where(np.arange(view.width) < view.lamp_x, -1.0, 1.0).astype(np.float32)
    y = np.arange(view.height, dtype=np.float32)[:, None]
    below = np.clip((y - edge[None, :]) / (view.unit * 22), 0, 1)
    x = np.arange(view.width, dtype=np.float32)[None, :] - side[None, :] * below * view.unit * 13
    tilt = slope * side
    facing = -tilt[np.clip(x, 0, view.width - 1).astype(np.int32)] * 0.55 + (grain - 0.5) * 1.9
    lit = noise.smooth(0.05, 0.5, facing) * (1 - below) ** 1.5 * (0.34 - 0.3 * near)
    return noise.mix(colour, noise.mix(view.light.lamp, view.light.horizon, 0.3), lit)


def desert(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint dunes with a lit and a shaded face."""
    back = sky.paint(view, rng)
    halo = full_glow(view)
    far = view.horizon + view.height * (-0.012 - 0.025 * noise.line(rng, view.width, 3, 5))
    back = over(back, body(view, far, 0.14, 0.6, halo), cover(far, view.height, 1.5))
    dunes = ((0.05, 0.05, 0.26, 1.7), (0.07, 0.14, 0.5, 1.2))
    for rise, drop, near, waves in dunes[:1]:
        edge = view.horizon + view.height * (drop - rise * noise.line(rng, view.width, waves, 2, 0.3))
        back = over(back, _dune(view, rng, edge, near, halo), cover(edge, view.height, 1.3))
    sheets = [Sheet(back, None, 0.35)]
    for (rise, drop, near, waves), depth in (((0.08, 0.15, 0.5, 1.1), 0.65), ((0.10, 0.31, 0.84, 0.8), 1.0)):
        edge = view.horizon + view.height * (drop - rise * noise.line(rng, view.width, waves, 2, 0.28))
        sheets.append(Sheet(_dune(view, rng, edge, near, halo), cover(edge, view.height, 1.3), depth))
    return sheets


def _dune(view: View, rng: noise.Random, edge: FloatArray, near: float, halo: FloatArray) -> FloatArray:
    light = view.light
    y = np.arange(view.height, dtype=np.float32)[:, None]
    below = y - edge[None, :]
    bend = noise.line(rng, view.width * 2, 2.4, 3, 0.4)
    lean = 1.5 if view.lamp_x < view.width / 2 else -1.5
    x = np.arange(view.width, dtype=np.float32)[None, :] - lean * below
    face = bend[np.clip(x + view.width / 2, 0, view.width * 2 - 1).astype(np.int32)]
    face = face + 0.05 * np.sin(below / (view.unit * 3.1) + face * 5)
    lit = noise.smooth(-0.16, 0.22, face.astype(np.float32))
    sun = noise.mix(noise.mix(light.haze, light.horizon, 0.55), light.near, near * 0.55)
    shade = noise.mix(noise.mix(light.haze, light.middle, 0.3), light.near, 0.3 + near * 0.62)
    colour = noise.mix(shade, sun, lit * (1 - 0.55 * near * np.clip(below / (view.unit * 40), 0, 1)))
    ripple = np.sin(below / (view.unit * 0.55) + 3 * face + np.sin(x / (view.unit * 9))) * lit * 0.02
    colour = colour + ripple[..., None].astype(np.float32)
    crest = np.exp(-np.maximum(below, 0) / (view.unit * 0.5)) * (0.25 + 0.6 * halo)
    return noise.mix(colour, light.lamp, np.clip(crest * (1 - 0.6 * near) + halo * 0.3 * (1 - near), 0, 0.75))


def meadow(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint rolling hills, a lone tree, and grass before the camera."""
    back = sky.paint(view, rng)
    halo = full_glow(view)
    for level, (rise, drop, near) in enumerate(((0.06, 0.0, 0.14), (0.06, 0.07, 0.34))):
        edge = view.horizon + view.height * (drop - rise * noise.line(rng, view.width, 1.6 + level, 3, 0.35))
        back = over(back, body(view, edge, near, 0.6, halo), cover(edge, view.height, 1.4))
    middle = view.horizon + view.height * (0.16 - 0.06 * noise.line(rng, view.width, 1.3, 2, 0.3))
    front = view.horizon + view.height * (0.27 - 0.03 * noise.line(rng, view.width, 1.1, 2, 0.3))
    blades = np.abs(noise.line(rng, view.width, view.width / 9, 3, 0.7)) * view.unit * 3.2
    blades *= 0.5 + 0.5 * np.abs(noise.line(rng, view.width, 6, 3))
    edge = (front - blades).astype(np.float32)
    return [
        Sheet(back, None, 0.35),
        Sheet(body(view, middle, 0.62, 0.5, halo), cover(middle, view.height, 1.3), 0.65),
        Sheet(silhouette(view), cover(edge, view.height, 1.2), 1.0),
    ]


def sea(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint open water under the lamp, a headland, and rocks before the camera."""
    back = sky.paint(view, rng)
    halo = full_glow(view)
    isle = view.horizon - view.height * 0.05 * np.clip(noise.line(rng, view.width, 1.3, 6, 0.45) + 0.05, 0, 1)
    back = over(back, body(view, isle, 0.3, 0.5, halo), cover(isle, view.height, 1.4))
    water = _water(view, rng, back)
    edge = np.full(view.width, view.horizon, np.float32)
    back = over(back, water, cover(edge, view.height, 1.2))
    side = 1 if view.lamp_x < view.width / 2 else -1
    x = np.linspace(-1, 1, view.width, dtype=np.float32) * side
    land = view.height * (
        0.30 * noise.smooth(-0.05, 1.1, x) + 0.05 * noise.line(rng, view.width, 6, 6) * noise.smooth(0, 0.6, x)
    )
    headland = view.horizon + view.height * 0.10 - land
    rocks = view.horizon + view.height * (
        0.36 - 0.09 * np.abs(noise.line(rng, view.width, 3.2, 6, 0.5)) - 0.05 * noise.smooth(0.1, 1, -x)
    )
    reflection = cover(headland, view.height, 1.2) * (1 - cover(edge + view.height * 0.1, view.height, view.unit * 2.4))
    return [
        Sheet(back, None, 0.3),
        Sheet(body(view, headland, 0.7, 0.35, halo), reflection, 0.55),
        Sheet(silhouette(view, 0.03), cover(rocks, view.height, 1.2), 1.0),
    ]


def _water(view: View, rng: noise.Random, above: FloatArray) -> FloatArray:
    """Return the water's colours: the sky upside down, broken by waves, with the lamp's path in it."""
    light = view.light
    top = int(view.horizon)
    rows = view.height - top
    v = np.linspace(0, 1, rows, dtype=np.float32)
    mirror = above[np.clip(top - 2 - (v * top * 0.9).astype(int), 0, top - 1)]
    mirror = noise.mix(
        mirror, noise.mix(light.near, light.zenith, 0.55), (0.28 + 0.5 * v)[:, None] * np.ones(view.width)
    )
    swell = noise.field(rng, (512, 512), (24, 170), 3)
    line = (np.log1p(v * 22) / np.log(23) * 511).astype(np.int32)
    x = np.arange(view.width, dtype=np.float32)
    spread = 256 + (x[None, :] - view.lamp_x) / view.width * 380 / (0.35 + 1.3 * v[:, None])
    waves = swell[line[:, None], np.mod(spread, 511).astype(np.int32)]
    crest = noise.smooth(0.5, 0.72, waves)
    mirror = mirror * (0.86 + 0.26 * (waves - 0.4))[..., None]
    path = np.exp(-(((x[None, :] - view.lamp_x) / (view.unit * (5 + 26 * v[:, None]))) ** 2))
    sparkle = crest * path * (1.0 - 0.55 * v[:, None]) + 0.30 * path * (1 - v[:, None]) ** 2
    mirror = noise.mix(
        mirror, light.lamp, np.clip(sparkle + 0.07 * crest * (1 - v[:, None]), 0, 0.95).astype(np.float32)
    )
    picture = np.array(above)
    picture[top:] = mirror
    return picture
