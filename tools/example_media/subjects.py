"""Single things on a plain ground, as a reference wants them: a robot, a flask, a kite, a walker; a cup of tea."""

from __future__ import annotations

import math

import numpy as np

from example_media.canvas import Array, Canvas, Point, Stops, box, oval, poly, stroke


def _studio(c: Canvas, light: str, dark: str, floor: float) -> None:
    """Fill the picture with a seamless backdrop, lit from the upper left."""
    c.fill(c.ramp([(0, light), (1, dark)], np.clip(np.hypot(c.x - 0.38 * c.aspect, c.y - 0.3) / 0.95, 0, 1)))
    c.cover(dark, np.exp(-(((c.y - floor) / 0.12) ** 2)) * 0.25)


def _shadow(c: Canvas, x: float, y: float, rx: float, ry: float, tone: str) -> None:
    c.cover(tone, c.mask(oval(x + 0.25 * rx, y, 1.35 * rx, ry), blur=0.03) * 0.5)
    c.cover(tone, c.mask(oval(x, y, rx, 0.6 * ry), blur=0.01) * 0.65)


def _round(c: Canvas, x: float, half: float, stops: Stops) -> Array:
    """Return the shading of something round that stands upright: -1 is its left edge, 1 its right."""
    return c.ramp(stops, (c.x - x) / half)


def robot(c: Canvas) -> None:
    """Draw a small round robot of cream and orange enamel, from the front."""
    _studio(c, "#dfe6e2", "#9fb1b2", 0.86)
    _shadow(c, 0.5, 0.885, 0.2, 0.05, "#3b4a4e")
    cream: Stops = [(-1, "#fff6e2"), (-0.3, "#f7e6c6"), (0.6, "#d2b48d"), (1, "#a98b6c")]
    orange: Stops = [(-1, "#f59a54"), (-0.2, "#e9793a"), (1, "#9c4420")]
    for x in (0.43, 0.57):
        c.paint(_round(c, x, 0.035, [(-1, "#6e7b80"), (1, "#30393d")]), box(x - 0.028, 0.74, x + 0.028, 0.85, 0.01))
        c.paint(_round(c, x, 0.07, orange), box(x - 0.062, 0.83, x + 0.062, 0.89, 0.03))
    for side in (-1, 1):
        arm = [(0.5 + side * 0.19, 0.56), (0.5 + side * 0.255, 0.64), (0.5 + side * 0.25, 0.72)]
        c.paint("#4b565b", stroke(arm, 0.032), oval(*arm[1], 0.016))
        c.paint(_round(c, arm[2][0], 0.045, orange), oval(arm[2][0], 0.735, 0.042))
    c.paint(_round(c, 0.5, 0.21, cream), box(0.3, 0.5, 0.7, 0.79, 0.12))
    c.paint(_round(c, 0.5, 0.21, orange), box(0.3, 0.635, 0.7, 0.665))
    c.paint("#5a4636", oval(0.5, 0.57, 0.044), alpha=0.5)
    c.paint("#ffd672", oval(0.5, 0.57, 0.034))
    c.glow(0.5, 0.57, 0.05, "#fff0b4", 0.6)
    c.paint("#4b565b", box(0.455, 0.46, 0.545, 0.52, 0.01))
    c.paint(_round(c, 0.5, 0.26, cream), box(0.265, 0.2, 0.735, 0.48, 0.13))
    c.paint(_round(c, 0.5, 0.2, [(-1, "#22343c"), (1, "#0d161c")]), box(0.315, 0.255, 0.685, 0.425, 0.08))
    c.light("#9fd4de", c.mask(poly((0.36, 0.26), (0.45, 0.26), (0.39, 0.42), (0.33, 0.4)), blur=0.006) * 0.16)
    for x in (0.42, 0.58):
        c.glow(x, 0.335, 0.06, "#5fe6ea", 0.75)
        c.paint("#d8fdfa", oval(x, 0.335, 0.026, 0.034))
    smile = [(0.5 + 0.03 * math.cos(t), 0.375 + 0.018 * math.sin(t)) for t in np.linspace(0.2, math.pi - 0.2, 14)]
    c.paint("#8ff2f0", stroke(smile, 0.006))
    for side in (-1, 1):
        c.paint(
            _round(c, 0.5 + side * 0.245, 0.03, orange),
            box(0.5 + side * 0.245 - 0.024, 0.29, 0.5 + side * 0.245 + 0.024, 0.39, 0.02),
        )
    c.paint("#4b565b", stroke([(0.5, 0.21), (0.505, 0.12)], 0.009))
    c.glow(0.505, 0.11, 0.05, "#ffb35c", 0.7)
    c.paint("#f59a54", oval(0.505, 0.11, 0.022))
    c.light("#ffffff", c.mask(oval(0.37, 0.225, 0.06, 0.012), oval(0.36, 0.545, 0.014, 0.03), blur=0.006) * 0.7)


def flask(c: Canvas) -> None:
    """Draw an amber glass bottle with a brass cap on a stone block."""
    _studio(c, "#f3e2d0", "#c99c80", 0.84)
    c.paint(c.ramp([(0.77, "#e6d3c2"), (0.8, "#cdb29d"), (1, "#8b6a57")]), box(0.2, 0.79, 0.8, 1.1))
    c.paint("#f2e4d6", poly((0.2, 0.79), (0.27, 0.745), (0.73, 0.745), (0.8, 0.79)))
    _shadow(c, 0.52, 0.768, 0.15, 0.016, "#6b4733")
    c.light("#ffc46e", c.mask(poly((0.52, 0.768), (0.64, 0.762), (0.79, 0.785), (0.6, 0.79)), blur=0.008) * 0.75)
    body = [box(0.35, 0.36, 0.65, 0.77, 0.06), box(0.44, 0.3, 0.56, 0.42, 0.03)]
    c.paint(
        _round(
            c, 0.5, 0.15, [(-1, "#8a3f12"), (-0.75, "#d9822e"), (-0.1, "#f2b25a"), (0.5, "#c8691f"), (1, "#7a3410")]
        ),
        *body,
    )
    c.paint(
        _round(c, 0.5, 0.13, [(-1, "#a34f16"), (0.2, "#f6a93e"), (1, "#8f3f10")]),
        box(0.37, 0.5, 0.63, 0.755, 0.045),
        alpha=0.85,
    )
    c.light("#ffe2a6", c.mask(box(0.372, 0.495, 0.628, 0.503, 0.004)) * 0.8)
    c.glow(0.57, 0.66, 0.12, "#ffd98c", 0.55)
    c.light("#fff6e4", c.mask(box(0.375, 0.4, 0.393, 0.72, 0.009), blur=0.003) * 0.85)
    c.light("#fff6e4", c.mask(box(0.402, 0.42, 0.407, 0.66, 0.003), blur=0.001) * 0.6)
    c.light("#ffe8c4", c.mask(box(0.628, 0.42, 0.636, 0.73, 0.004), blur=0.002) * 0.5)
    c.paint("#fbf3e6", box(0.43, 0.545, 0.57, 0.68, 0.006), alpha=0.95)
    c.paint("#7a4a2c", oval(0.5, 0.6, 0.026), alpha=0.9)
    c.paint("#fbf3e6", oval(0.509, 0.592, 0.022))
    c.paint("#7a4a2c", box(0.455, 0.648, 0.545, 0.652), box(0.475, 0.66, 0.525, 0.663))
    c.paint(
        _round(c, 0.5, 0.075, [(-1, "#6b4a1e"), (-0.5, "#f3d58c"), (0.1, "#b98a3c"), (0.6, "#e6c070"), (1, "#5c3d16")]),
        box(0.428, 0.17, 0.572, 0.305, 0.012),
    )
    c.paint("#fff0c4", box(0.43, 0.172, 0.57, 0.178, 0.003), alpha=0.7)


def kite(c: Canvas) -> None:
    """Draw a red paper kite with a ribbon tail."""
    _studio(c, "#eef0ea", "#bccbd0", 1.2)
    top, right, foot, left, cross = (0.58, 0.12), (0.79, 0.42), (0.4, 0.74), (0.27, 0.26), (0.52, 0.33)
    c.cover("#5a6f78", c.mask(poly(*[(x + 0.05, y + 0.06) for x, y in (top, right, foot, left)]), blur=0.03) * 0.32)
    for corners, tone in (
        ((left, top, cross), "#ee5a45"),
        ((top, right, cross), "#d23b34"),
        ((right, foot, cross), "#a92a30"),
        ((foot, left, cross), "#c9383a"),
    ):
        c.paint(tone, poly(*corners))
    for corners in ((left, top, cross), (right, foot, cross)):
        inner = [
            tuple(np.average(corners, axis=0, weights=w))
            for w in ((0.55, 0.22, 0.23), (0.22, 0.55, 0.23), (0.23, 0.22, 0.55))
        ]
        c.paint("#fbe3b8", poly(*[(float(x), float(y)) for x, y in inner]), alpha=0.92)
    c.paint("#5f2320", stroke([top, foot], 0.006), stroke([left, cross, right], 0.006))
    tail: list[Point] = [(0.4 + 0.05 * math.sin(t * 7) * t - 0.02 * t, 0.74 + 0.22 * t) for t in np.linspace(0, 1, 50)]
    c.paint("#7c3a34", stroke(tail, 0.005))
    for i, tone in ((12, "#fbe3b8"), (23, "#d23b34"), (34, "#fbe3b8"), (45, "#d23b34")):
        x, y = tail[i]
        c.paint(
            tone,
            poly((x, y), (x - 0.045, y - 0.026), (x - 0.04, y + 0.024)),
            poly((x, y), (x + 0.045, y - 0.022), (x + 0.04, y + 0.028)),
        )
        c.paint("#7c2a2a", oval(x, y, 0.008))
    c.light("#ffffff", c.mask(poly(left, top, cross), blur=0.02) * 0.12)


def walker(c: Canvas) -> None:
    """Draw a figure in a yellow raincoat with a clear red umbrella, seen from behind."""
    _studio(c, "#d9dee4", "#8f9cab", 0.9)
    x, foot = 0.5, 0.92
    _shadow(c, x, foot, 0.13, 0.03, "#2c3642")
    coat: Stops = [(-1, "#ffd75e"), (-0.2, "#f2b632"), (1, "#a86f16")]
    for dx in (-0.045, 0.045):
        c.paint(
            _round(c, x + dx, 0.035, [(-1, "#3f5468"), (1, "#1b2733")]),
            box(x + dx - 0.028, 0.74, x + dx + 0.028, foot - 0.06),
        )
        c.paint(
            _round(c, x + dx, 0.04, [(-1, "#d9573f"), (1, "#7c2a22")]),
            box(x + dx - 0.034, 0.82, x + dx + 0.034, foot, 0.018),
        )
    c.paint(
        _round(c, x, 0.15, coat),
        poly((x - 0.09, 0.46), (x + 0.09, 0.46), (x + 0.15, 0.78), (x - 0.15, 0.78)),
        oval(x, 0.47, 0.092, 0.05),
    )
    c.paint("#8a5a12", stroke([(x, 0.47), (x + 0.005, 0.78)], 0.003), alpha=0.5)
    c.paint("#8a5a12", poly((x + 0.02, 0.6), (x + 0.005, 0.78), (x + 0.05, 0.78)), alpha=0.25)
    for side in (-1, 1):
        sleeve = [
            (x + side * 0.085, 0.48),
            (x + side * 0.125, 0.58),
            (x + side * (0.12 if side < 0 else 0.085), 0.66 if side < 0 else 0.53),
        ]
        c.paint(
            _round(c, x + side * 0.12, 0.04, coat),
            stroke(sleeve, 0.052),
            oval(*sleeve[1], 0.026),
            oval(*sleeve[2], 0.025),
        )
    c.paint(_round(c, x, 0.075, coat), oval(x, 0.395, 0.072, 0.085))
    c.paint("#8a5a12", stroke([(x, 0.315), (x, 0.475)], 0.003), alpha=0.35)
    _umbrella(c, x + 0.06, 0.3, 0.33)


def _umbrella(c: Canvas, x: float, hem: float, half: float) -> None:
    c.paint("#4a3a34", stroke([(x + 0.02, hem - 0.02), (x + 0.026, 0.56)], 0.009))
    rise = 0.21
    dome = [(x + half * math.cos(t), hem - rise * math.sin(t)) for t in np.linspace(0, math.pi, 60)]
    scallops = [(x - half + 2 * half * i / 48, hem - 0.03 * abs(math.sin(i / 48 * 6 * math.pi))) for i in range(49)]
    c.paint(
        _round(c, x, half, [(-1, "#f2665a"), (-0.3, "#e0453f"), (0.5, "#b02a33"), (1, "#7c1a2a")]),
        poly(*dome, *scallops),
    )
    for i in range(1, 6):
        end = (x - half + 2 * half * i / 6, hem)
        curve = [(x + (end[0] - x) * math.sin(t), hem - rise * math.cos(t)) for t in np.linspace(0, 1.5, 20)]
        c.paint("#6b1524", stroke(curve, 0.0035), alpha=0.75)
    c.paint("#4a3a34", stroke([(x, hem - rise - 0.03), (x, hem - rise + 0.01)], 0.008))
    c.light("#ffd0c0", c.mask(oval(x - 0.15, hem - 0.12, 0.05, 0.03), blur=0.025) * 0.6)


def tea(c: Canvas) -> None:
    """Draw a steaming cup of tea at a rainy window, in evening light."""
    c.fill(c.ramp([(0, "#5a3b24"), (0.5, "#8a6038"), (0.68, "#6d4526"), (1, "#2b180d")]))
    for x, y, r in c.rng.random((26, 3)):
        c.light("#ffcf8a", c.mask(oval(x * c.aspect, y * 0.55, 0.02 + 0.045 * r), blur=0.004) * (0.06 + 0.14 * r))
    c.glow(0.3 * c.aspect, 0.2, 0.6, "#ffdca0", 0.5)
    c.paint(c.ramp([(0.68, "#5b3820"), (1, "#1f1109")]), box(-0.1, 0.68, c.aspect + 0.1, 1.1))
    x = 0.56 * c.aspect
    c.cover("#140a05", c.mask(oval(x + 0.05, 0.86, 0.42, 0.06), blur=0.02) * 0.7)
    c.paint(_round(c, x, 0.36, [(-1, "#fff4e0"), (0.2, "#e6d1b4"), (1, "#9a7d5f")]), oval(x, 0.84, 0.36, 0.055))
    c.paint("#b99b7a", oval(x, 0.832, 0.2, 0.026), alpha=0.7)
    china: Stops = [(-1, "#fffaf0"), (-0.3, "#f6e8d2"), (0.5, "#cdb393"), (1, "#8e7254")]
    handle = [(x + 0.2 + 0.13 * math.sin(t), 0.6 - 0.105 * math.cos(t)) for t in np.linspace(0.1, 3.0, 30)]
    c.paint("#d6bd9c", stroke(handle, 0.034))
    bowl = [
        (x + s * 0.25 * math.cos(t) ** 0.45, 0.46 + 0.37 * math.sin(t))
        for s, ts in ((1, np.linspace(0, 1.5, 40)), (-1, np.linspace(1.5, 0, 40)))
        for t in ts
    ]
    c.paint(_round(c, x, 0.25, china), poly(*bowl))
    c.paint("#fffaf0", oval(x, 0.46, 0.25, 0.052))
    c.paint(_round(c, x, 0.23, [(-1, "#8f4012"), (-0.2, "#d0762a"), (1, "#6e2c0c")]), oval(x, 0.464, 0.228, 0.04))
    c.light("#ffdf9e", c.mask(oval(x - 0.07, 0.458, 0.08, 0.01), blur=0.005) * 0.7)
    for k, drift in enumerate((-0.07, 0.02, 0.1)):
        plume = [
            (x + drift + 0.05 * math.sin(7 * t + 1.7 * k) * (0.3 + t), 0.43 - 0.42 * t) for t in np.linspace(0, 1, 40)
        ]
        c.light("#fff3df", c.mask(stroke(plume, 0.03), blur=0.022) * np.clip((c.y + 0.02) / 0.4, 0, 1) * 0.42)
