"""Ranges of mountains, and balloons over them."""

from __future__ import annotations

import math

import numpy as np

from example_media.canvas import Canvas, box, poly, stroke, to_ground


def peaks(c: Canvas) -> None:
    """Draw ranges of mountains before sunrise, the highest just lit."""
    c.fill(c.ramp([(0, "#151b45"), (0.35, "#4a4f8c"), (0.58, "#c08aa6"), (0.7, "#f3bd9a")]))
    c.stars(380, 0.5)
    c.glow(0.66 * c.aspect, 0.66, 0.5, "#ffd2a6", 0.6)
    summit = [
        (0.4, 0.72),
        (0.5, 0.55),
        (0.545, 0.5),
        (0.585, 0.4),
        (0.62, 0.345),
        (0.65, 0.29),
        (0.675, 0.335),
        (0.71, 0.36),
        (0.75, 0.46),
        (0.81, 0.52),
        (0.9, 0.7),
    ]
    xs = np.linspace(0.4, 0.9, 200)
    ys = np.interp(xs, [x for x, _ in summit], [y for _, y in summit]) + np.cumsum(c.rng.normal(0, 0.0016, 200))
    mountain = c.mask(to_ground([(float(x * c.aspect), float(y)) for x, y in zip(xs, ys, strict=True)], 0.9))
    c.cover(c.ramp([(0.3, "#7c76ab"), (0.7, "#a88bb0")]), mountain)
    lit = np.clip((c.x / c.aspect - 0.648) * 26 + (c.noise(16, 16, 3) - 0.5) * 3.2, 0, 1) * np.clip(
        (0.58 - c.y) * 6, 0, 1
    )
    folds = np.clip(np.abs(c.noise(22, 9, 4) - 0.5) * 7, 0, 1)
    c.cover("#5b588f", mountain * (1 - folds) * (1 - lit) * 0.6)
    c.cover("#ffc9a4", mountain * lit * 0.85)
    for base, height, tone in (
        (0.62, 0.2, "#9a88b8"),
        (0.72, 0.2, "#6a6aa4"),
        (0.82, 0.22, "#3f4580"),
        (0.93, 0.2, "#1b2150"),
    ):
        c.paint(tone, to_ground(c.ridge(base, height, 0.6)))
        c.haze(base + 0.06, 0.035, "#d9b3c4", 0.42)


def balloons(c: Canvas) -> None:
    """Draw hot-air balloons over a valley in the first sun."""
    c.fill(c.ramp([(0, "#6f9cc4"), (0.35, "#b7cbd6"), (0.6, "#fbd9b4"), (0.75, "#f9c596")]))
    c.glow(0.2 * c.aspect, 0.56, 0.5, "#fff0cc", 0.85)
    c.glow(0.2 * c.aspect, 0.56, 0.05, "#fffdf2", 1.0)
    for base, height, tone in (
        (0.63, 0.16, "#c9a9a8"),
        (0.71, 0.18, "#a3868f"),
        (0.8, 0.2, "#75647a"),
        (0.92, 0.2, "#473f58"),
    ):
        c.paint(tone, to_ground(c.ridge(base, height, 0.55)))
        c.haze(base + 0.05, 0.03, "#fbe0c4", 0.62)
    for x, y, size, colours in (
        (0.93, 0.46, 0.035, ("#b8605a", "#e8c79c")),
        (0.41, 0.4, 0.045, ("#4f7f92", "#f1e2c6")),
        (0.53, 0.23, 0.07, ("#d99a3e", "#f6ead2")),
        (0.8, 0.2, 0.1, ("#3f6f80", "#f2d9ac")),
        (0.655, 0.42, 0.165, ("#c7492f", "#f6dfb6")),
    ):
        _balloon(c, x * c.aspect, y, size, colours)


def _balloon(c: Canvas, x: float, y: float, r: float, colours: tuple[str, str]) -> None:
    angles = np.linspace(0, 1.95, 60)
    half = np.append(r * np.sin(angles), 0.14 * r)
    ys = np.append(y - r * np.cos(angles), y + 1.32 * r)
    edge = (
        list(zip((x + half).tolist(), ys.tolist(), strict=True))
        + list(zip((x - half).tolist(), ys.tolist(), strict=True))[::-1]
    )
    cover = c.mask(poly(*edge))
    width = np.interp(c.y, ys, np.maximum(half, 1e-4))
    across = np.clip((c.x - x) / width, -1, 1)
    gore = np.floor((np.arcsin(across) / math.pi + 0.5) * 8).astype(int) % 2
    c.cover(colours[0], cover)
    c.cover(colours[1], cover * gore)
    c.cover("#2a1b2e", cover * np.clip(across * 0.5 + (c.y - y) / r * 0.22, 0, 0.62))
    c.light("#fff0cf", cover * np.exp(-(((across + 0.55) / 0.3) ** 2)) * 0.3)
    low = float(ys[-1])
    c.paint(
        "#3a2a2c",
        *[
            stroke([(x + s * r * 0.2, low - 0.03 * r), (x + s * r * 0.12, low + 0.3 * r)], max(0.0012, r * 0.012))
            for s in (-1, 1)
        ],
    )
    c.paint("#6b4630", box(x - 0.13 * r, low + 0.27 * r, x + 0.13 * r, low + 0.48 * r, 0.02 * r))
    c.glow(x, low - 0.05 * r, 0.22 * r, "#ffb85c", 0.8)
