"""Scenes that come in pairs, a beginning and an end: a door, a tree, a brook with a paper boat."""

from __future__ import annotations

import math

import numpy as np

from example_media.canvas import Canvas, Point, Shape, box, oval, poly, stroke, to_ground


def door(c: Canvas, is_open: bool) -> None:
    """Draw a door in a dim room, closed, or open on a garden whose light falls on the floor."""
    left, right, top, foot = 0.36, 0.64, 0.2, 0.74
    c.fill(c.ramp([(0, "#2b3440"), (0.5, "#46525a"), (0.74, "#3a444c")]))
    c.cover("#10151c", np.clip(np.abs(c.x - 0.5) * 1.5 - 0.25, 0, 1) * 0.8)
    c.cover("#5d6a6e", np.clip(c.noise(9, 9, 4) * 2.4 - 1.3, 0, 1) * 0.16)
    floor = [(0, "#20242a"), (0.74, "#4a3a30"), (1, "#1d1613")]
    c.paint(c.ramp(floor), box(-0.1, foot, 1.1, 1.1))
    seams = [stroke([(0.5 + d * 0.07, foot), (0.5 + d * 0.36, 1.02)], 0.0025) for d in range(-8, 9)]
    c.paint("#120d0b", *seams, alpha=0.55 * (c.y > foot))
    c.paint("#2c3238", box(-0.1, foot - 0.03, 1.1, foot), alpha=0.8)
    frame = box(left - 0.03, top - 0.03, right + 0.03, foot)
    c.paint(c.ramp([(left, "#7a6650"), (right, "#4f4032")], c.x), frame)
    if is_open:
        _garden(c, left, right, top, foot)
        _leaf(
            c,
            [(right, top), (right + 0.13, top - 0.06), (right + 0.13, foot + 0.1), (right, foot)],
            "#2f5a52",
            "#18332f",
        )
        _daylight(c, left, right, top, foot)
    else:
        _leaf(c, [(left, top), (right, top), (right, foot), (left, foot)], "#3b6a60", "#234841")
        c.light("#ffdf9e", c.mask(box(left, foot - 0.004, right, foot + 0.002), blur=0.004) * 0.95)
        c.light(
            "#ffdf9e",
            c.mask(
                poly((left, foot), (right, foot), (right + 0.05, foot + 0.09), (left - 0.05, foot + 0.09)), blur=0.02
            )
            * 0.35,
        )


def _leaf(c: Canvas, corners: list[Point], light: str, dark: str) -> None:
    def at(u: float, v: float) -> Point:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
        return (ax + u * (bx - ax), (1 - v) * (ay + u * (by - ay)) + v * (dy + u * (cy - dy)))

    c.paint(c.ramp([(0.2, light), (0.8, dark)]), poly(*corners))
    for u0, v0, u1, v1 in (
        (0.12, 0.06, 0.46, 0.42),
        (0.54, 0.06, 0.88, 0.42),
        (0.12, 0.5, 0.46, 0.93),
        (0.54, 0.5, 0.88, 0.93),
    ):
        panel = [at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)]
        c.paint(dark, poly(*panel), alpha=0.75)
        c.paint("#0b1a18", stroke([panel[3], panel[0], panel[1]], 0.004), alpha=0.7)
        c.paint("#8fbcae", stroke([panel[1], panel[2], panel[3]], 0.003), alpha=0.35)
    # Hinged on the right: an open leaf is listed from its hinge outwards.
    knob = at(0.07 if corners[0][0] < 0.5 else 0.93, 0.5)
    c.paint("#d8b162", oval(*knob, 0.011))
    c.light("#fff2c8", c.mask(oval(knob[0] - 0.003, knob[1] - 0.003, 0.004), blur=0.001))


def _garden(c: Canvas, left: float, right: float, top: float, foot: float) -> None:
    opening = c.mask(box(left, top, right, foot))
    c.cover(c.ramp([(top, "#8cc6e6"), (0.45, "#e6f1dc"), (0.56, "#fff0bf")]), opening)
    for base, tone in ((0.53, "#a9cfa0"), (0.58, "#7db36b"), (0.64, "#579247")):
        hill = [(x, base + 0.025 * math.sin(x * 17 + base * 60)) for x in np.linspace(left - 0.02, right + 0.02, 40)]
        c.cover(tone, c.mask(to_ground(hill)) * opening)
    path = c.mask(poly((0.505, 0.6), (0.515, 0.6), (0.57, foot), (0.43, foot)))
    c.cover("#f5e3b8", path * opening)
    tree = [
        oval(0.415 + dx, 0.45 + dy, r)
        for dx, dy, r in ((0, 0, 0.055), (-0.03, 0.03, 0.045), (0.035, 0.03, 0.045), (0, 0.045, 0.05))
    ]
    c.cover("#4f8a4c", c.mask(*tree) * opening)
    c.cover("#5b4632", c.mask(box(0.41, 0.49, 0.42, 0.6)) * opening)
    flowers = [
        oval(x, y, 0.0045)
        for x, y in zip(left + c.rng.random(46) * (right - left), 0.645 + 0.09 * c.rng.random(46), strict=True)
    ]
    c.cover("#f28aa5", c.mask(*flowers[::2]) * opening)
    c.cover("#fff6d8", c.mask(*flowers[1::2]) * opening)


def _daylight(c: Canvas, left: float, right: float, top: float, foot: float) -> None:
    spill = c.mask(poly((left, foot), (right, foot), (right + 0.12, 1.05), (left - 0.26, 1.05)), blur=0.012)
    c.light("#ffe9b0", spill * np.clip(1.25 - (c.y - foot) * 2.6, 0, 1) * 0.72)
    c.glow(0.5, 0.45, 0.34, "#fff3cf", 0.42)
    beam = c.mask(poly((left, top), (right, top), (right + 0.1, 1.02), (left - 0.24, 1.02)), blur=0.05)
    c.light("#fff3cf", beam * 0.14)
    dust = [
        oval(x, y, 0.001 + 0.0022 * s)
        for x, y, s in zip(0.2 + 0.55 * c.rng.random(90), 0.3 + 0.6 * c.rng.random(90), c.rng.random(90), strict=True)
    ]
    c.light("#fff7dc", c.mask(*dust, blur=0.001) * 0.5 * beam)


def meadow(c: Canvas, grown: bool) -> None:
    """Draw a round hill with a seedling in spring, or with the old tree that it becomes, in autumn."""
    x, crest = 0.5 * c.aspect, 0.74
    sky = (
        [(0, "#4a6f9c"), (0.4, "#e3b183"), (0.74, "#ffe3a8")]
        if grown
        else [(0, "#86bfd9"), (0.45, "#cfe8e2"), (0.74, "#fbf3d4")]
    )
    c.fill(c.ramp(sky))
    clouds = np.clip(c.noise(3, 8, 4) * 2.6 - 1.2, 0, 1) * np.clip(1 - c.y * 1.4, 0, 1)
    c.cover("#ffd2a8" if grown else "#ffffff", clouds * 0.65)
    c.glow(0.78 * c.aspect, 0.6, 0.45, "#fff0c4", 0.8)
    far, near = (
        (("#c79a6a", "#a67a4a"), ("#8a6b35", "#4a3a1c")) if grown else (("#b9d3ae", "#94bf90"), ("#7fb356", "#33632c"))
    )
    for tone, base in zip(far, (0.7, 0.76), strict=True):
        c.paint(tone, to_ground(c.ridge(base, 0.12, 0.45)))
        c.haze(base + 0.03, 0.04, "#fff0cf", 0.5)
    hill = [
        (u * c.aspect, 1.0 - (1.0 - crest) * math.exp(-(((u - 0.5) / 0.3) ** 2))) for u in np.linspace(-0.02, 1.02, 120)
    ]
    c.paint(c.ramp([(crest, near[0]), (1, near[1])]), to_ground(hill))
    blades = []
    for u, d in zip(c.rng.random(900), c.rng.random(900), strict=True):
        y = 1.0 - (1.0 - crest) * math.exp(-(((u - 0.5) / 0.3) ** 2)) + 0.24 * d**1.6
        blades.append(
            stroke([(u * c.aspect, y + 0.004), (u * c.aspect + 0.006 * (d - 0.3), y - 0.012 - 0.018 * d)], 0.0018)
        )
    c.paint(near[0], *blades[::2], alpha=0.75)
    c.paint(near[1], *blades[1::2], alpha=0.35)
    if grown:
        _tree(c, x, crest + 0.01)
    else:
        _seedling(c, x, crest)


def _seedling(c: Canvas, x: float, y: float) -> None:
    c.paint("#4b3524", oval(x, y + 0.006, 0.06, 0.016))
    c.glow(x, y - 0.09, 0.14, "#fffbe0", 0.45)
    stem = [(x + 0.008 * math.sin(t * 3), y + 0.004 - 0.115 * t) for t in np.linspace(0, 1, 16)]
    c.paint("#4e8a35", stroke(stem, 0.008))
    tip = stem[-1]
    for side, length, tilt in ((-1, 0.085, 0.03), (1, 0.075, 0.045)):
        upper = [
            (tip[0] + side * length * t, tip[1] - tilt * t - 0.026 * math.sin(math.pi * t))
            for t in np.linspace(0, 1, 20)
        ]
        lower = [
            (tip[0] + side * length * t, tip[1] - tilt * t + 0.016 * math.sin(math.pi * t))
            for t in np.linspace(1, 0, 20)
        ]
        c.paint("#7cc44a", poly(*upper, *lower))
        c.paint("#4e9136", poly(*lower, (tip[0], tip[1])), alpha=0.8)
        c.paint(
            "#c9ec9a", stroke([(tip[0], tip[1]), (tip[0] + side * length * 0.9, tip[1] - tilt * 0.9)], 0.002), alpha=0.7
        )


def _tree(c: Canvas, x: float, y: float) -> None:
    limbs: list[Shape] = []
    tips: list[Point] = []

    def grow(px: float, py: float, angle: float, length: float, width: float, depth: int) -> None:
        qx, qy = px + length * math.sin(angle), py - length * math.cos(angle)
        limbs.append(stroke([(px, py), (qx, qy)], width))
        limbs.append(oval(qx, qy, width * 0.45))
        if depth <= 3:
            tips.append((qx, qy))
        if depth == 0:
            return
        for side in (-1, 1):
            grow(
                qx,
                qy,
                angle + side * (0.3 + 0.35 * c.rng.random()),
                length * (0.7 + 0.14 * c.rng.random()),
                width * 0.66,
                depth - 1,
            )

    grow(x, y, 0.02, 0.17, 0.042, 6)
    limbs.append(poly((x - 0.045, y + 0.012), (x - 0.016, y - 0.06), (x + 0.018, y - 0.06), (x + 0.05, y + 0.012)))
    c.cover("#2a1a10", c.mask(oval(x - 0.05, y + 0.03, 0.16, 0.016), blur=0.01) * 0.5)
    for tone, shift, size in (("#8e3f1d", 0.012, 0.042), ("#c4622a", 0.0, 0.036)):
        c.paint(
            tone,
            *[
                oval(
                    px + c.rng.normal(0, 0.012), py + shift + c.rng.normal(0, 0.01), size * (0.6 + 0.6 * c.rng.random())
                )
                for px, py in tips
            ],
        )
    c.paint(c.ramp([(0.2, "#4a2c1c"), (0.75, "#2c1a12")]), *limbs)
    for tone, dx, dy, size in (("#dd8434", 0.008, -0.012, 0.021), ("#f4b652", 0.02, -0.02, 0.013)):
        c.paint(
            tone,
            *[
                oval(
                    px + dx + c.rng.normal(0, 0.016),
                    py + dy + c.rng.normal(0, 0.012),
                    size * (0.5 + 0.7 * c.rng.random()),
                )
                for px, py in tips
            ],
            alpha=0.92,
        )
    leaves = [
        oval(x + c.rng.normal(0, 0.3), y - 0.02 + 0.2 * c.rng.random() ** 2 - 0.1 * c.rng.random(), 0.004, 0.0025)
        for _ in range(70)
    ]
    c.paint("#f0a848", *leaves)


def brook(c: Canvas, far: bool) -> None:
    """Draw a brook that winds to the sunrise, with a paper boat close by or far away."""
    horizon = 0.36
    c.fill(c.ramp([(0, "#6d8fb5"), (0.2, "#d9b9b0"), (horizon, "#ffdfae")]))
    clouds = np.clip(c.noise(2, 12, 4) * 2.8 - 1.35, 0, 1) * np.clip(1.1 - c.y * 3, 0, 1)
    c.cover("#fbd9c4", clouds * 0.6)
    sun = (0.5 * c.aspect + 0.03, horizon - 0.035)
    c.glow(*sun, 0.3, "#fff0c8", 0.85)
    c.glow(*sun, 0.035, "#fffdf2", 1.0)
    for base, tone in ((0.325, "#b79aa6"), (0.35, "#8d8494")):
        c.paint(tone, to_ground(c.ridge(base, 0.07, 0.5)))
    c.haze(horizon, 0.03, "#ffe6bd", 0.7)
    c.paint(c.ramp([(horizon, "#c5b67c"), (0.55, "#6f8a4c"), (1, "#263f2a")]), box(-0.1, horizon, c.aspect + 0.1, 1.1))
    left, right = [], []
    for t in np.linspace(0, 1, 90):
        y, half = horizon + 0.004 + (1.03 - horizon) * t**1.7, 0.006 + 0.27 * t**1.55
        middle = 0.5 * c.aspect + 0.03 + 0.075 * math.sin(4.6 * t + 0.2) * t**0.7
        left.append((middle - half, y))
        right.append((middle + half, y))
    _water(c, [*left, *right[::-1]], horizon)
    _reeds(c, left, right)
    middle_of = {"far": (0.5 * c.aspect + 0.052, 0.445, 0.034), "near": (0.5 * c.aspect - 0.01, 0.8, 0.17)}
    _paper_boat(c, *middle_of["far" if far else "near"])


def _water(c: Canvas, bank: list[Point], horizon: float) -> None:
    water = c.mask(poly(*bank), blur=0.001)
    c.cover(c.ramp([(horizon, "#ffe9bd"), (0.5, "#d8b9a4"), (0.72, "#6f90a4"), (1, "#2c5066")]), water)
    depth = np.clip((c.y - horizon) / (1 - horizon), 0.001, 1)
    waves = np.sin(c.noise(5, 46, 3) * 24 + 30 * np.sqrt(depth))
    c.cover("#1c3b50", water * np.clip(-waves, 0, 1) * 0.25 * depth)
    c.light(
        "#fff0cf",
        water
        * np.clip(waves, 0, 1) ** 2
        * 0.45
        * np.exp(-(((c.x - 0.5 * c.aspect - 0.03) / (0.04 + 0.12 * depth)) ** 2)),
    )


def _reeds(c: Canvas, left: list[Point], right: list[Point]) -> None:
    for bank, side in ((left, -1), (right, 1)):
        for i in range(14, 88, 1):
            size = (i / 90) ** 1.6
            blades = []
            for _ in range(4):
                x, y = bank[i][0] + side * size * 0.1 * c.rng.random(), bank[i][1] + 0.01 * size
                lean, tall = c.rng.normal(0.02 * -side, 0.05) * size, (0.05 + 0.13 * c.rng.random()) * size
                blades.append(poly((x - 0.004 * size, y), (x + 0.004 * size, y), (x + lean, y - tall)))
            tone = c.ramp(
                [(horizon_y, colour) for horizon_y, colour in ((0.36, "#a99f62"), (0.6, "#5f7a3f"), (1, "#1c3322"))]
            )
            c.paint(tone, *blades)


def _paper_boat(c: Canvas, x: float, y: float, s: float) -> None:
    c.cover("#20394a", c.mask(oval(x, y + 0.22 * s, 0.95 * s, 0.12 * s), blur=0.04 * s + 0.001) * 0.55)
    c.light(
        "#fff3da",
        c.mask(poly((x - 0.55 * s, y + 0.2 * s), (x + 0.55 * s, y + 0.2 * s), (x, y + 0.75 * s)), blur=0.05 * s) * 0.25,
    )
    c.paint("#d9cfc4", poly((x, y - 0.72 * s), (x + 0.34 * s, y + 0.02 * s), (x - 0.34 * s, y + 0.02 * s)))
    c.paint("#fffaf0", poly((x, y - 0.72 * s), (x + 0.04 * s, y + 0.02 * s), (x - 0.34 * s, y + 0.02 * s)))
    c.paint(
        "#f3e8da",
        poly(
            (x - s, y - 0.2 * s),
            (x, y + 0.04 * s),
            (x + s, y - 0.2 * s),
            (x + 0.58 * s, y + 0.24 * s),
            (x - 0.58 * s, y + 0.24 * s),
        ),
    )
    c.paint(
        "#cdbfb6",
        poly((x, y + 0.04 * s), (x + s, y - 0.2 * s), (x + 0.58 * s, y + 0.24 * s), (x + 0.12 * s, y + 0.24 * s)),
    )
    c.paint(
        "#fffdf6", poly((x - s, y - 0.2 * s), (x - 0.34 * s, y - 0.045 * s), (x - 0.58 * s, y + 0.24 * s)), alpha=0.8
    )
    c.light("#ffd9a0", c.mask(stroke([(x - s, y - 0.2 * s), (x, y + 0.04 * s), (x + s, y - 0.2 * s)], 0.02 * s)) * 0.5)
