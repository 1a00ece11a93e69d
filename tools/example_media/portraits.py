"""A seated woman before a hazy valley: stands for a picture that a provider's own examples name by link."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, box, oval, poly, stroke


def with_glasses(c: Canvas) -> None:
    """Draw her in round glasses."""
    _sitter(c)
    x, eyes = c.aspect / 2, 0.355
    for side in (-1, 1):
        lens = [(x + side * 0.062 + 0.05 * np.cos(t), eyes + 0.045 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)]
        c.light("#dff0ee", c.mask(oval(x + side * 0.062, eyes, 0.05, 0.045)) * 0.18)
        c.paint("#17140f", stroke(lens, 0.009))
    c.paint("#17140f", stroke([(x - 0.014, eyes - 0.004), (x + 0.014, eyes - 0.004)], 0.009))


def speaking(c: Canvas) -> None:
    """Draw her with an open mouth, and sound that leaves it."""
    _sitter(c)
    x, mouth = c.aspect / 2, 0.463
    c.paint("#5c2a22", oval(x, mouth, 0.026, 0.016))
    heights = [0.04, 0.1, 0.18, 0.09, 0.24, 0.13, 0.06, 0.16, 0.08, 0.03]
    for i, height in enumerate(heights):
        at = x + 0.3 + i * 0.045
        c.paint("#f4efdd", box(at, mouth - height / 2, at + 0.016, mouth + height / 2, 0.008), alpha=0.9)


def _sitter(c: Canvas) -> None:
    x = c.aspect / 2
    c.fill(c.ramp([(0, "#aab59b"), (0.45, "#c9c39a"), (0.6, "#8f8a5e"), (1, "#4a4128")]))
    for base, tone in ((0.42, "#8d9a86"), (0.52, "#77805f"), (0.64, "#5d5f3d")):
        line = c.ridge(base, 0.09, 0.55)
        c.paint(tone, poly(*line, (c.aspect + 0.1, 1.1), (-0.1, 1.1)))
    c.haze(0.47, 0.12, "#d5d2b0", 0.5)
    c.paint("#241a12", oval(x, 0.4, 0.185, 0.24), box(x - 0.18, 0.4, x + 0.18, 0.72, 0.08))
    c.paint(
        "#2f2a1c",
        poly((x - 0.44, 1.02), (x - 0.3, 0.72), (x - 0.1, 0.6), (x + 0.1, 0.6), (x + 0.3, 0.72), (x + 0.44, 1.02)),
    )
    skin = c.ramp([(-1, "#e9c792"), (0.2, "#dcb27a"), (1, "#a97a48")], (c.x - x) / 0.2)
    c.paint(skin, box(x - 0.06, 0.46, x + 0.06, 0.66, 0.04), oval(x, 0.68, 0.15, 0.075))
    c.paint(skin, oval(x, 0.375, 0.125, 0.165))
    c.paint(
        "#241a12",
        poly(
            (x - 0.13, 0.36),
            (x - 0.09, 0.235),
            (x, 0.205),
            (x + 0.09, 0.235),
            (x + 0.13, 0.36),
            (x + 0.085, 0.265),
            (x, 0.232),
            (x - 0.085, 0.265),
        ),
    )
    for side in (-1, 1):
        c.paint("#f3e6cd", oval(x + side * 0.055, 0.357, 0.021, 0.011))
        c.paint("#2a1c12", oval(x + side * 0.055, 0.357, 0.0105))
    c.paint("#a5733f", stroke([(x + 0.004, 0.36), (x + 0.015, 0.417), (x - 0.006, 0.425)], 0.007), blur=0.002)
    c.paint("#8d4a38", stroke([(x - 0.036, 0.463), (x, 0.469), (x + 0.038, 0.459)], 0.01), blur=0.001)
