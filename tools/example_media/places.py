"""Scenes at the water and in the rain: a city across a river, a street of neon signs."""

from __future__ import annotations

import math

import numpy as np

from example_media.canvas import Array, Canvas, Shape, box, oval, poly, stroke

NEON = ("#ff3f8e", "#35d6f2", "#ffb347", "#b46bff", "#ff5a4f", "#4ff0b0")


def city(c: Canvas, night: bool) -> None:
    """Draw a skyline behind a river, by day or by night; the same buildings to the pixel."""
    shore = 0.7
    day_sky = [(0, "#4f97cf"), (0.4, "#a8d3e6"), (0.7, "#fdeacb")]
    night_sky = [(0, "#080e25"), (0.4, "#1b2350"), (0.7, "#8a5a7c")]
    c.fill(c.ramp(night_sky if night else day_sky))
    if night:
        c.stars(160, 0.5)
    clouds = np.clip(c.noise(4, 9, 4) * 2.8 - 1.35, 0, 1) * np.clip(1.2 - c.y * 1.8, 0, 1)
    c.cover("#2b2f60" if night else "#ffffff", clouds * (0.35 if night else 0.8))
    c.glow(0.7 * c.aspect, shore, 0.5, "#d0789a" if night else "#fff3d6", 0.5 if night else 0.75)
    tones = ("#3b3868", "#272650", "#151634") if night else ("#a5cbe2", "#6a9ec4", "#356a98")
    for row, tone in enumerate(tones):
        _skyline(c, row, tone, shore, night)
    c.paint("#0d0e26" if night else "#2f5266", box(-0.1, shore - 0.012, c.aspect + 0.1, shore + 0.01))
    lamps = np.linspace(0.03, c.aspect - 0.03, 26)
    if night:
        for x in lamps:
            c.glow(float(x), shore - 0.018, 0.016, "#ffcf86", 0.9)
    mirror(c, shore + 0.008, "#0a1030" if night else "#5f93b0", 0.3 if night else 0.4)


def _skyline(c: Canvas, row: int, tone: str, shore: float, night: bool) -> None:
    walls: list[Shape] = []
    windows: list[Shape] = []
    lit: list[Shape] = []
    x = -0.05
    while x < c.aspect + 0.05:
        width = 0.045 + 0.07 * c.rng.random()
        centre = math.exp(-(((x / c.aspect - 0.62) / 0.25) ** 2))
        tall = (0.36 - 0.1 * row) * (0.4 + 0.45 * c.rng.random() + 0.95 * centre * c.rng.random())
        top, crown = shore - tall, c.rng.integers(0, 7)
        walls.append(box(x, top, x + width, shore))
        if crown == 0:
            walls.append(stroke([(x + width / 2, top - 0.06), (x + width / 2, top)], 0.003))
        elif crown == 1:
            walls.append(poly((x, top), (x + width * 0.5, top - 0.035), (x + width, top)))
        elif crown == 2:
            walls.append(box(x + width * 0.25, top - 0.025, x + width * 0.75, top))
        columns, step = max(2, int(width / 0.014)), width / max(2, int(width / 0.014))
        for i in range(columns):
            for j in range(int(tall / 0.019)):
                y = top + 0.01 + j * 0.019
                pane = box(x + (i + 0.28) * step, y, x + (i + 0.72) * step, y + 0.009)
                (lit if c.rng.random() < 0.42 else windows).append(pane)
        x += width + 0.012 * c.rng.random()
    c.paint(
        c.ramp([(0.3, tone), (shore, "#4d4376" if night else "#d3e6ee")]) * 0.6 + c.ramp([(0, tone), (1, tone)]) * 0.4,
        *walls,
    )
    # Drawn by day too, so that both have the same buildings.
    warmth = c.noise(30, 20, 1)[..., None]
    if night:
        glow = c.mask(*lit)
        c.cover(
            c.ramp([(0, "#ffd890"), (1, "#ffd890")]) * warmth + c.ramp([(0, "#ffb066"), (1, "#cfe2ff")]) * (1 - warmth),
            glow * (0.35 + 0.3 * row),
        )
    else:
        c.paint("#17507f", *windows, *lit, alpha=0.12 + 0.1 * row)
        c.light("#fff0d0", c.mask(*lit) * 0.3)


def mirror(c: Canvas, line: float, tint: str, strength: float) -> None:
    """Reflect what is above `line` in rippled water or on a wet street below it."""
    rows = np.arange(c.height_px)
    below = rows > line * c.height_px
    source = np.clip(2 * line * c.height_px - rows, 0, c.height_px - 1).astype(int)
    soft = _stretch(c.pixels)
    columns = np.arange(c.width_px)
    depth = np.clip((c.y - line) / (1 - line), 0, 1)
    shift = ((c.noise(6, 90, 2) - 0.5) * (0.012 + 0.045 * depth) * c.height_px).astype(int)
    reflected = soft[source[:, None], np.clip(columns[None, :] + shift, 0, c.width_px - 1)]
    water = c.ramp([(0, tint), (1, tint)])
    mixed = reflected * (1 - strength) + water * strength
    c.pixels[below] = (mixed * (1 - 0.35 * depth[..., None]))[below]


def _stretch(pixels: Array) -> Array:
    """Blur a picture from top to bottom only, as ripples do."""
    total = np.zeros_like(pixels)
    for offset in range(-9, 10):
        total += np.roll(pixels, offset, axis=0)
    return total / 19


def alley(c: Canvas, figure: bool) -> None:
    """Draw a street of neon signs in the rain, empty or with a figure under an umbrella."""
    middle, ground = c.aspect / 2, 0.66
    c.fill(c.ramp([(0, "#0b0a20"), (0.45, "#241945"), (0.66, "#57306b")]))
    c.glow(middle, ground - 0.05, 0.34, "#c05aa8", 0.6)
    _far_towers(c, middle, ground)
    _walls(c, middle, ground)
    for _ in range(4):
        c.haze(ground - 0.05, 0.06, "#8a4d8f", 0.2)
    mirror(c, ground, "#0a0920", 0.3)
    if figure:
        _walker(c, middle + 0.02, ground + 0.17, 0.3, "#e23b55")
    drops = [
        stroke([(x, y), (x - 0.006 * s, y + 0.045 * s)], 0.0014)
        for x, y, s in zip(
            c.rng.random(240) * (c.aspect + 0.05), c.rng.random(240), 0.4 + c.rng.random(240), strict=True
        )
    ]
    c.light("#cfd8ff", c.mask(*drops) * 0.3)


def _far_towers(c: Canvas, middle: float, ground: float) -> None:
    for tone, reach, tall in (("#6b3a80", 0.3, 0.34), ("#4a2a66", 0.26, 0.2)):
        x = middle - reach * 1.2
        panes: list[Shape] = []
        while x < middle + reach * 1.2:
            width, top = 0.03 + 0.03 * c.rng.random(), ground - tall * (0.45 + 0.55 * c.rng.random())
            c.paint(c.ramp([(top, tone), (ground, "#8a4a92")]), box(x, top, x + width, ground))
            panes += [
                box(x + i * 0.009 + 0.004, y, x + i * 0.009 + 0.008, y + 0.006)
                for i in range(int(width / 0.009) - 1)
                for y in np.arange(top + 0.01, ground - 0.02, 0.014)
                if c.rng.random() < 0.3
            ]
            x += width + 0.004
        c.paint("#ffc9d8", *panes, alpha=0.55)


def _walls(c: Canvas, middle: float, ground: float) -> None:
    tones = ("#2a1d47", "#1d1638", "#130f29", "#0a0819")
    feet = ("#763c86", "#4c2868", "#2b1948", "#150f2c")
    half = c.aspect / 2
    for row, tone in enumerate(tones):
        near = (row + 1) / 4
        for side in (-1, 1):
            edge = middle + side * half * (0.2 + 0.62 * near**1.3 * (1 if c.aspect > 1 else 0.92))
            top = 0.42 - 0.42 * near + 0.05 * c.rng.random()
            outer = middle + side * (half + 0.1)
            x0, x1 = min(edge, outer), max(edge, outer)
            c.paint(c.ramp([(top, tone), (ground - 0.2, tone), (ground, feet[row])]), box(x0, top, x1, ground))
            step = 0.012 + 0.014 * near
            panes = [
                box(x, y, x + step * 0.5, y + step * 0.6)
                for x in np.arange(x0 + step * 0.5, x1, step * 1.3)
                for y in np.arange(top + step, ground - 0.06 * near, step * 1.6)
                if c.rng.random() < 0.26
            ]
            if panes:
                c.paint("#ffcf8f", *panes, alpha=0.3 + 0.2 * near)
            _signs(c, edge, side, near, top, ground)


def _signs(c: Canvas, edge: float, side: int, near: float, top: float, ground: float) -> None:
    y = top + 0.05 + 0.05 * c.rng.random()
    for k in range(4):
        colour = NEON[int(c.rng.integers(len(NEON)))]
        upright = k % 2 == 0
        w, h = (0.016 + 0.02 * near, 0.08 + 0.08 * near) if upright else (0.05 + 0.06 * near, 0.022 + 0.018 * near)
        if y + h > ground - 0.1 * near:
            return
        x = edge - w / 2 + side * (0.01 + 0.03 * near * c.rng.random())
        plate = box(x, y, x + w, y + h, 0.25 * min(w, h))
        c.light(colour, c.mask(plate, blur=0.022 + 0.02 * near) * 1.3)
        c.paint("#120c28", plate)
        c.light(colour, c.mask(plate, blur=0.004) * 0.35)
        c.paint(colour, *_lettering(c, x, y, w, h, upright))
        c.light("#ffffff", c.mask(*_lettering(c, x, y, w, h, upright), blur=0.001) * 0.25)
        y += h + 0.02 + 0.05 * c.rng.random()


def _lettering(c: Canvas, x: float, y: float, w: float, h: float, upright: bool) -> list[Shape]:
    """Return bars that read as neon tubes and spell nothing."""
    pen = 0.1 * min(w, h)
    tubes: list[Shape] = []
    cell, count = (w, int(h / w)) if upright else (h, int(w / h))
    for i in range(max(1, count)):
        x0, y0 = (x, y + i * h / max(1, count)) if upright else (x + i * w / max(1, count), y)
        inner = (x0 + 0.22 * cell, y0 + 0.22 * cell, x0 + 0.78 * cell, y0 + 0.78 * cell)
        kind = (i * 5 + int(1000 * (w + h))) % 4
        if kind != 1:
            tubes.append(stroke([(inner[0], inner[1]), (inner[2], inner[1])], pen))
        if kind != 2:
            tubes.append(stroke([(inner[0], inner[3]), (inner[2], inner[3])], pen))
        tubes.append(stroke([((inner[0] + inner[2]) / 2, inner[1]), ((inner[0] + inner[2]) / 2, inner[3])], pen))
        if kind in (1, 3):
            tubes.append(stroke([(inner[0], (inner[1] + inner[3]) / 2), (inner[2], (inner[1] + inner[3]) / 2)], pen))
    return tubes


def _walker(c: Canvas, x: float, foot: float, tall: float, umbrella: str) -> None:
    s = tall
    c.cover("#05040f", c.mask(oval(x, foot + 0.005, 0.2 * s, 0.03 * s), blur=0.01) * 0.8)
    body = [
        poly(
            (x - 0.1 * s, foot - 0.66 * s),
            (x + 0.1 * s, foot - 0.66 * s),
            (x + 0.15 * s, foot - 0.2 * s),
            (x - 0.15 * s, foot - 0.2 * s),
        ),
        oval(x, foot - 0.66 * s, 0.1 * s, 0.06 * s),
        oval(x, foot - 0.76 * s, 0.06 * s, 0.07 * s),
        poly(
            (x - 0.08 * s, foot - 0.22 * s),
            (x - 0.015 * s, foot - 0.22 * s),
            (x - 0.03 * s, foot),
            (x - 0.085 * s, foot),
        ),
        poly(
            (x + 0.02 * s, foot - 0.22 * s),
            (x + 0.085 * s, foot - 0.22 * s),
            (x + 0.075 * s, foot - 0.02 * s),
            (x + 0.03 * s, foot - 0.02 * s),
        ),
    ]
    c.paint("#070614", *body)
    c.light(
        "#ff6fb0",
        c.mask(stroke([(x - 0.1 * s, foot - 0.66 * s), (x - 0.15 * s, foot - 0.2 * s)], 0.006), blur=0.003) * 0.8,
    )
    top = foot - 0.8 * s
    dome = [(x + 0.36 * s * math.cos(t), top - 0.24 * s * math.sin(t)) for t in np.linspace(0, math.pi, 40)]
    hem = [(x - 0.36 * s + 0.72 * s * i / 24, top - 0.035 * s * abs(math.sin(i / 24 * 4 * math.pi))) for i in range(25)]
    c.paint(c.ramp([(top - 0.24 * s, umbrella), (top, "#7c1638")]), poly(*dome, *hem))
    ribs = [stroke([(x, top - 0.24 * s), (x + d * 0.36 * s, top - 0.01 * s)], 0.0022) for d in (-0.5, 0, 0.5)]
    c.paint("#5e0f2c", *ribs, stroke([(x, top - 0.27 * s), (x, top - 0.23 * s)], 0.004), alpha=0.7)
    c.light("#ffb3cf", c.mask(poly(*dome, *hem)) * np.exp(-(((c.x - x + 0.14 * s) / (0.1 * s)) ** 2)) * 0.3)
