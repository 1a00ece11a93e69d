"""Two short moving scenes: 1280 × 720 pixels, 24 frames a second, 3 seconds."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image

from example_media.canvas import Array, Canvas, Point, box, oval, poly, stroke, to_ground

FPS = 24
FRAMES = 3 * FPS
SIZE = (1280, 720)
"""Width × height: 921,600 pixels, inside the area that every provider takes."""


def paper_plane() -> Iterator[Image.Image]:
    """Yield a paper plane that glides in, flies a loop and leaves to the upper right."""
    c = Canvas(*SIZE, seed=21)
    c.fill(c.ramp([(0, "#3f86bf"), (0.45, "#9fd0e2"), (0.75, "#fdeccb")]))
    c.glow(0.25 * c.aspect, 0.72, 0.6, "#fff3d2", 0.7)
    clouds = np.clip(c.noise(4, 6, 4) * 2.8 - 1.3, 0, 1) * np.clip(1.25 - c.y * 1.3, 0, 1)
    c.cover("#ffffff", clouds * 0.8)
    for base, tone in ((0.78, "#a9c9bd"), (0.86, "#6fa08c"), (0.95, "#3d6d5c")):
        c.paint(tone, to_ground(c.ridge(base, 0.16, 0.5)))
        c.haze(base + 0.05, 0.03, "#fdf3dc", 0.5)
    backdrop = _with_grain(c)
    track = _loop(c.aspect)
    for frame in range(FRAMES):
        c.pixels[:] = backdrop
        place = 30 + frame * (len(track) - 190) // FRAMES
        _plane(c, track[place], track[place + 8])
        yield c.finish(grain=0, vignette=0)


def _loop(aspect: float) -> list[Point]:
    """Return the track, evenly spaced: a glide, one loop, a climb."""
    glide = [
        (-0.15 + 1.03 * t, 0.5 + 0.14 * math.sin(math.pi * t * 0.5)) for t in np.linspace(0, 1, 300, endpoint=False)
    ]
    loop = [
        (0.88 + 0.22 * math.sin(t), 0.42 + 0.22 * math.cos(t)) for t in np.linspace(0, 2 * math.pi, 400, endpoint=False)
    ]
    climb = [(0.88 + (aspect - 0.7) * t, 0.64 - 0.5 * t**2.1) for t in np.linspace(0, 1, 300)]
    points = np.array([*glide, *loop, *climb])
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    even = np.linspace(0, length[-1], 900)
    return list(
        zip(np.interp(even, length, points[:, 0]).tolist(), np.interp(even, length, points[:, 1]).tolist(), strict=True)
    )


def _plane(c: Canvas, at: Point, towards: Point) -> None:
    heading = math.atan2(towards[1] - at[1], towards[0] - at[0])
    s = 0.13

    def turned(*points: Point) -> list[Point]:
        cos, sin = math.cos(heading) * s, math.sin(heading) * s
        return [(at[0] + x * cos - y * sin, at[1] + x * sin + y * cos) for x, y in points]

    c.paint("#8fa6b5", poly(*turned((1.1, 0), (-0.85, 0.1), (-0.6, 0.42))))
    c.paint("#cfdbe2", poly(*turned((1.1, 0), (-0.95, 0.28), (-0.85, 0.0))))
    c.paint("#fffdf6", poly(*turned((1.1, 0), (-1.0, -0.55), (-0.85, 0.02))))
    c.paint("#e9eef0", poly(*turned((1.1, 0), (-1.0, -0.55), (-0.92, -0.28))))


def night_train() -> Iterator[Image.Image]:
    """Yield a steam train that comes from the left and reaches the middle of a viaduct at dusk."""
    c = Canvas(*SIZE, seed=5)
    c.fill(c.ramp([(0, "#1d2350"), (0.35, "#6a5590"), (0.6, "#e29a8c"), (0.75, "#fbd0a0")]))
    c.stars(160, 0.4)
    c.glow(1.35, 0.2, 0.13, "#fff3dc", 0.5)
    c.paint("#fff8ea", oval(1.35, 0.2, 0.036))
    for base, tone in ((0.62, "#a67f9c"), (0.7, "#79628c"), (0.79, "#4d4674")):
        c.paint(tone, to_ground(c.ridge(base, 0.2, 0.55)))
        c.haze(base + 0.08, 0.05, "#f3bfa8", 0.5)
    _viaduct(c, 0.6)
    c.haze(0.95, 0.1, "#e7b3a6", 0.75)
    backdrop = _with_grain(c)
    for frame in range(FRAMES):
        c.pixels[:] = backdrop
        _train(c, 0.35 + 0.85 * frame / FRAMES, 0.578, frame)
        yield c.finish(grain=0, vignette=0)


def _viaduct(c: Canvas, deck: float) -> None:
    solid = c.mask(box(-0.1, deck, c.aspect + 0.1, 1.1))
    span = 0.245
    holes = []
    for i in range(9):
        x = -0.13 + i * span
        holes += [
            oval(x + span / 2, deck + 0.15, 0.098),
            box(x + span / 2 - 0.098, deck + 0.15, x + span / 2 + 0.098, 1.2),
        ]
    stone = c.ramp([(deck, "#3a3157"), (0.75, "#2a2447"), (1, "#4a3d66")])
    c.cover(stone, solid * (1 - c.mask(*holes)))
    c.paint("#251f3f", box(-0.1, deck - 0.012, c.aspect + 0.1, deck + 0.012))
    c.light("#ffc69a", c.mask(box(-0.1, deck - 0.014, c.aspect + 0.1, deck - 0.011)) * 0.45)


def _train(c: Canvas, nose: float, rail: float, frame: int) -> None:
    """Draw the engine with its front at `nose`, five coaches behind it, wheels on `rail`."""
    chimney = nose - 0.05
    # Every puff stays where it left the chimney and grows with its age, in frames.
    for age in range(frame % 3, 60, 3):
        x, size = chimney - 0.85 * age / FRAMES, 0.012 + 0.0011 * age
        y = rail - 0.105 - 0.0017 * age - 0.01 * math.sin(0.9 * (frame - age))
        c.paint("#d9b3b8", oval(x, y, size * 1.25, size), alpha=0.5 * (1 - age / 60), blur=0.008)
    body = [
        box(nose - 0.17, rail - 0.075, nose - 0.012, rail - 0.02, 0.02),
        box(nose - 0.2, rail - 0.098, nose - 0.135, rail - 0.02, 0.004),
        box(chimney - 0.01, rail - 0.108, chimney + 0.01, rail - 0.06),
        poly((nose - 0.02, rail - 0.03), (nose + 0.014, rail - 0.008), (nose - 0.02, rail - 0.008)),
        *[oval(nose - d, rail - 0.017, 0.017) for d in (0.045, 0.09, 0.135, 0.18)],
    ]
    windows = [box(nose - 0.188, rail - 0.086, nose - 0.155, rail - 0.062)]
    for coach in range(5):
        end = nose - 0.21 - coach * 0.218
        body += [
            box(end - 0.208, rail - 0.08, end, rail - 0.016, 0.006),
            box(end - 0.214, rail - 0.026, end + 0.01, rail - 0.02),
        ]
        body += [oval(end - d, rail - 0.013, 0.013) for d in (0.03, 0.06, 0.148, 0.178)]
        windows += [
            box(end - 0.196 + i * 0.033, rail - 0.066, end - 0.174 + i * 0.033, rail - 0.044, 0.003) for i in range(6)
        ]
    c.paint("#151128", *body)
    panes = c.mask(*windows)
    c.light("#ffc46b", c.mask(*windows, blur=0.014) * 0.6)
    c.cover("#ffe0a0", panes)
    c.glow(nose, rail - 0.045, 0.03, "#fff1c8", 0.9)
    beam = c.mask(poly((nose, rail - 0.045), (nose + 0.5, rail - 0.11), (nose + 0.5, rail + 0.0)), blur=0.012)
    c.light("#fff1c8", beam * 0.3 * np.clip(1 - (c.x - nose) / 0.5, 0, 1))
    c.paint("#d8b07a", stroke([(nose - 0.16, rail - 0.048), (nose - 0.02, rail - 0.048)], 0.003), alpha=0.5)


def _with_grain(c: Canvas) -> Array:
    """Return the still part of a clip; its grain stands still too, so that it costs one frame only."""
    return c.pixels + c.rng.normal(0, 0.008, c.pixels.shape[:2]).astype(np.float32)[..., None]
