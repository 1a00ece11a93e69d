"""Wide scenes by day and night: a lighthouse at the sea, a desert, a forest."""

from __future__ import annotations

import math

import numpy as np

from example_media.canvas import Canvas, Point, Shape, box, oval, poly, stroke, to_ground

_LIGHTHOUSE_SKY = {
    "dusk": [(0, "#2a2350"), (0.3, "#6b4a78"), (0.52, "#d97f78"), (0.64, "#f7bd84"), (0.7, "#f9cf98")],
    "night": [(0, "#070d1f"), (0.35, "#12233f"), (0.6, "#24466a"), (0.7, "#3a6585")],
}
_LIGHTHOUSE_SEA = {
    "dusk": [(0.68, "#c98a80"), (0.76, "#6d5676"), (1, "#231f3d")],
    "night": [(0.68, "#2c5472"), (0.78, "#15304a"), (1, "#060c1a")],
}


def lighthouse(c: Canvas, mood: str) -> None:
    """Draw a lighthouse on a headland at "dusk" or at "night"; the same place to the pixel."""
    horizon, lamp = 0.68, (0.69 * c.aspect, 0.262)
    night = mood == "night"
    c.fill(c.ramp(_LIGHTHOUSE_SKY[mood]))
    if night:
        c.stars(420, 0.6)
    clouds = np.clip(c.noise(3, 14, 4) * 2.6 - 1.2, 0, 1) * np.exp(-(((c.y - 0.42) / 0.2) ** 2))
    c.cover("#0d1a33" if night else "#8a5a82", 0.55 * clouds)
    c.glow(0.25 * c.aspect, horizon, 0.4, "#4d86a8" if night else "#ffc98a", 0.3 if night else 0.75)
    _sea(c, horizon, mood)
    _beam(c, lamp, 0.85 if night else 0.4)
    _headland(c, horizon, night)
    # Behind the tower, so that its gallery stays dark against the light.
    c.glow(*lamp, 0.16, "#ffe9b8", 0.75 if night else 0.5)
    _tower(c, lamp, night)
    c.glow(*lamp, 0.07, "#ffe9b8", 0.45)
    c.glow(*lamp, 0.028, "#fffdf2", 1.0)
    c.haze(0.72, 0.05, "#37566e" if night else "#e9a58f", 0.3)


def _sea(c: Canvas, horizon: float, mood: str) -> None:
    below = (c.y > horizon).astype(np.float32)
    c.cover(c.ramp(_LIGHTHOUSE_SEA[mood]), below)
    depth = np.clip((c.y - horizon) / (1 - horizon), 0.001, 1)
    waves = np.sin(c.noise(8, 60, 3) * 26 + 34 * np.sqrt(depth))
    c.cover("#05081a", below * np.clip(-waves, 0, 1) * 0.22 * depth**0.4)
    path = np.exp(-(((c.x - 0.25 * c.aspect) / (0.1 + 0.3 * depth)) ** 2)) * (1 - depth) ** 1.3
    c.light("#7fb4cf" if mood == "night" else "#ffd9a0", below * np.clip(waves, 0, 1) * path * 0.75)


def _beam(c: Canvas, lamp: Point, strength: float) -> None:
    for reach, spread, rise in ((-1.6, 0.17, -0.02), (1.2, 0.12, -0.06)):
        end = lamp[0] + reach
        cone = c.mask(poly(lamp, (end, lamp[1] + rise - spread), (end, lamp[1] + rise + spread)), blur=0.012)
        c.light("#fff0c8", strength * cone * np.exp(-np.abs(c.x - lamp[0]) / 0.75))


def _headland(c: Canvas, horizon: float, night: bool) -> None:
    a = c.aspect
    top = [
        (0.5, 1.02),
        (0.535, 0.88),
        (0.56, 0.78),
        (0.6, 0.685),
        (0.645, 0.628),
        (0.73, 0.608),
        (0.83, 0.612),
        (1.02, 0.6),
    ]
    places = np.linspace(0.5, 1.02, 160)
    heights = np.interp(places, [x for x, _ in top], [y for _, y in top])
    rough = np.cumsum(c.rng.normal(0, 0.0022, len(places)))
    rough -= np.linspace(rough[0], rough[-1], len(places))
    land = to_ground([(float(x * a), float(y)) for x, y in zip(places, heights + rough, strict=True)])
    dark, lit = ("#0a1220", "#2d4a5f") if night else ("#1f1a2c", "#7d5560")
    rock = c.ramp([(0.6, lit), (0.66, dark), (1, "#05060d" if night else "#120e1c")])
    c.paint(rock, land)
    strata = np.clip(c.noise(26, 18, 3) * 3 - 1.6, 0, 1)
    c.cover(lit, c.mask(land) * strata * 0.22 * np.clip(1.2 - (c.x / a - 0.5) * 2.4, 0, 1))
    c.haze(horizon + 0.3, 0.05, lit, 0.25)


def _tower(c: Canvas, lamp: Point, night: bool) -> None:
    x, foot, neck = lamp[0], 0.612, lamp[1] + 0.042
    light, shade = ("#b9c6cf", "#4b5d70") if night else ("#fbe6d2", "#a4768a")
    red, dark_red = ("#8e4a48", "#47303f") if night else ("#c8503f", "#7e3346")
    side = (c.x - x) / 0.045

    def slab(top: float, bottom: float) -> Shape:
        half = [0.027 + 0.016 * (y - neck) / (foot - neck) for y in (top, bottom)]
        return poly((x - half[0], top), (x + half[0], top), (x + half[1], bottom), (x - half[1], bottom))

    c.paint(c.ramp([(-0.7, light), (0.9, shade)], side), slab(neck, foot))
    for start in (0.2, 0.6):
        top = neck + start * (foot - neck)
        c.paint(c.ramp([(-0.7, red), (0.9, dark_red)], side), slab(top, top + 0.2 * (foot - neck)))
    for y in (0.42, 0.53):
        c.paint("#2b2233", box(x - 0.006, y, x + 0.006, y + 0.022, 0.005))
    c.paint(
        "#241d2c",
        box(x - 0.039, neck - 0.006, x + 0.039, neck + 0.008, 0.003),
        box(x - 0.022, lamp[1] - 0.028, x + 0.022, lamp[1] - 0.02),
    )
    c.paint("#ffefc4", box(x - 0.019, lamp[1] - 0.022, x + 0.019, neck - 0.006))
    c.paint(
        "#241d2c",
        *[box(x + dx - 0.0012, lamp[1] - 0.022, x + dx + 0.0012, neck) for dx in (-0.019, -0.007, 0.007, 0.019)],
    )
    c.paint(
        "#5a2c33",
        poly((x - 0.025, lamp[1] - 0.022), (x, lamp[1] - 0.062), (x + 0.025, lamp[1] - 0.022)),
        stroke([(x, lamp[1] - 0.08), (x, lamp[1] - 0.05)], 0.003),
    )
    house = x + 0.115
    c.paint(c.ramp([(-1, light), (1, shade)], side - 2.4), box(house - 0.045, 0.56, house + 0.045, 0.612))
    c.paint(
        "#33283a", poly((house - 0.056, 0.562), (house - 0.03, 0.528), (house + 0.03, 0.528), (house + 0.056, 0.562))
    )
    c.paint("#ffd98c", box(house - 0.012, 0.575, house + 0.008, 0.597))
    c.glow(house - 0.002, 0.586, 0.03, "#ffc870", 0.6)


def dunes(c: Canvas) -> None:
    """Draw a desert at low sun, with a line of camels on the second crest."""
    sun = (0.72 * c.aspect, 0.3)
    c.fill(c.ramp([(0, "#b98552"), (0.25, "#e0b078"), (0.5, "#f8dcae")]))
    c.glow(*sun, 0.5, "#fff0cf", 0.7)
    c.glow(*sun, 0.06, "#fffaf0", 1.0)
    rows = [
        (0.5, 0.035, "#dfa468", "#c98850"),
        (0.58, 0.06, "#d18f52", "#a8683a"),
        (0.7, 0.08, "#bd7440", "#82482a"),
        (0.86, 0.09, "#8e4f2c", "#552c1d"),
    ]
    for i, (base, height, lit, dark) in enumerate(rows):
        xs = np.linspace(-0.02, c.aspect + 0.02, 240)
        phase = 1.3 + 2.1 * i
        ys = base + height * (0.6 * np.sin(xs * (2.1 + 0.35 * i) + phase) + 0.3 * np.sin(xs * 4.7 + 2 * phase))
        crest = list(zip(xs.tolist(), ys.tolist(), strict=True))
        if i == 2:
            c.haze(0.53, 0.05, "#fbe0b4", 0.5)
            _camels(c, xs, rows[1][0] + rows[1][1] * (0.6 * np.sin(xs * 2.45 + 3.4) + 0.3 * np.sin(xs * 4.7 + 6.8)))
        land = c.mask(to_ground(crest))
        depth = np.clip((c.y - np.interp(c.x, xs, ys)) / 0.3, 0, 1)
        c.cover(c.ramp([(0, lit), (1, dark)], depth), land)
        slope = np.interp(c.x, xs, np.gradient(ys, xs))
        c.cover(dark, land * np.clip(-slope * 3.2, 0, 1) * np.exp(-depth * 5) * 0.8)
        ripples = np.sin((depth * 60 + c.noise(7, 7, 2) * 9) * (1 + i))
        c.cover(dark, land * np.clip(ripples, 0, 1) * 0.07 * (i > 0))
        c.light("#ffe2b0", c.mask(stroke(crest, 0.004), blur=0.002) * 0.5 * np.exp(-(((c.x - sun[0]) / 0.6) ** 2)))


def _camels(c: Canvas, xs: np.ndarray, ys: np.ndarray) -> None:
    shapes: list[Shape] = []
    for i in range(6):
        x = 0.33 * c.aspect + i * 0.085 + 0.01 * math.sin(i * 2.2)
        y, s = float(np.interp(x, xs, ys)) + 0.004, 0.034
        swing = 0.12 * (-1) ** i
        shapes += [oval(x, y - 1.0 * s, 0.62 * s, 0.24 * s), oval(x - 0.05 * s, y - 1.26 * s, 0.25 * s, 0.24 * s)]
        shapes += [
            stroke([(x + f * s, y - s), (x + (f + w) * s, y)], 0.11 * s)
            for f, w in ((-0.5, swing), (-0.38, -swing), (0.4, swing), (0.5, -swing))
        ]
        shapes += [
            stroke([(x + 0.5 * s, y - s), (x + 0.82 * s, y - 0.92 * s), (x + 0.95 * s, y - 1.5 * s)], 0.15 * s),
            oval(x + 1.06 * s, y - 1.54 * s, 0.2 * s, 0.1 * s),
        ]
        if i % 2 == 0:
            shapes += [
                poly((x - 0.25 * s, y - 1.3 * s), (x - 0.05 * s, y - 2.0 * s), (x + 0.2 * s, y - 1.25 * s)),
                oval(x - 0.04 * s, y - 2.05 * s, 0.12 * s),
            ]
    c.paint("#3a1f16", *shapes)


def forest(c: Canvas) -> None:
    """Draw firs in morning fog, five rows deep, with a path of light between them."""
    c.fill(c.ramp([(0, "#8fa8a6"), (0.45, "#cfdcd4"), (0.8, "#e9ede1"), (1, "#9db0a5")]))
    c.glow(0.56 * c.aspect, 0.36, 0.45, "#fff8e0", 0.6)
    tones = ["#b7c9c2", "#93aca7", "#67898a", "#3d6065", "#17343a"]
    for row, tone in enumerate(tones):
        nearness = row / 4
        height, foot = 0.3 + 0.6 * nearness**1.3, 0.72 + 0.42 * nearness**1.2
        gap = 0.045 + 0.15 * nearness
        trees: list[Shape] = []
        x = -0.05 + c.rng.random() * gap
        while x < c.aspect + 0.1:
            clear = abs(x - 0.56 * c.aspect) < 0.2 * nearness**1.5 + 0.05
            tall = height * (0.7 + 0.5 * c.rng.random())
            if not clear:
                trees += _fir(c, x, foot + 0.03 * c.rng.random(), tall)
            x += gap * (0.6 + 0.8 * c.rng.random())
        c.paint(c.ramp([(0.1, tone), (foot - 0.1, tone), (foot + 0.05, tones[max(0, row - 1)])]), *trees)
        c.haze(foot - 0.02, 0.09, "#edf1e8", 0.75 - 0.3 * nearness)
    for shift in (-0.32, -0.1, 0.12, 0.34):
        top = 0.56 * c.aspect + shift * 0.5
        ray = c.mask(
            poly((top - 0.02, -0.02), (top + 0.05, -0.02), (top + shift + 0.16, 0.95), (top + shift - 0.06, 0.95)),
            blur=0.03,
        )
        c.light("#fff6d8", ray * 0.17 * np.clip(1 - c.y, 0, 1))


def _fir(c: Canvas, x: float, foot: float, tall: float) -> list[Shape]:
    layers = 9
    outline_left, outline_right = [], []
    for i in range(layers):
        y = foot - tall + tall * 0.94 * (i + 1) / layers
        half = tall * 0.16 * ((i + 1) / layers) ** 0.85 * (0.82 + 0.36 * c.rng.random())
        outline_left += [(x - half, y + 0.012 * tall), (x - half * 0.5, y - 0.02 * tall)]
        outline_right += [(x + half, y + 0.012 * tall), (x + half * 0.5, y - 0.02 * tall)]
    crown = poly((x, foot - tall), *outline_left, *reversed(outline_right))
    return [crown, box(x - 0.014 * tall, foot - 0.1 * tall, x + 0.014 * tall, foot + 0.01)]
