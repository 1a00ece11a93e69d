"""Things that stand up against the light: trees and houses, drawn as silhouettes."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from seedance_ui.media.storyboard import noise, sky
from seedance_ui.media.storyboard.planes import FloatArray
from seedance_ui.media.storyboard.sky import View
from seedance_ui.media.storyboard.terrain import Sheet, body, cover, full_glow, over, silhouette

_SMOOTHING = 2
"""Silhouettes are drawn at twice the size, so that their edges are soft."""


_SIGN_COLOURS = ((56, 226, 232), (255, 82, 160), (255, 170, 72), (140, 110, 255))


def _silhouette(view: View) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    mask = Image.new("L", (view.width * _SMOOTHING, view.height * _SMOOTHING))
    return mask, ImageDraw.Draw(mask)


def _alpha(view: View, mask: Image.Image) -> FloatArray:
    small = mask.resize((view.width, view.height), Image.Resampling.BOX)
    alpha: FloatArray = np.asarray(small, np.float32) / np.float32(255)
    return alpha


def forest(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint rows of conifers in mist, with the lamp's rays between them."""
    back = sky.paint(view, rng)
    halo = full_glow(view)
    for tall, drop, near, count in ((0.17, 0.02, 0.14, 46), (0.25, 0.07, 0.32, 34)):
        alpha, edge = _trees(view, rng, tall, drop, count)
        back = over(back, body(view, edge, near, 0.85, halo), alpha)
    back = np.clip(back + _rays(view, rng)[..., None] * view.light.lamp * 0.34, 0, 1)
    sheets = [Sheet(back, None, 0.35)]
    for tall, drop, near, mist, count, depth in ((0.38, 0.17, 0.62, 0.6, 19, 0.65), (0.85, 0.36, 0.97, 0.0, 9, 1.0)):
        alpha, edge = _trees(view, rng, tall, drop, count, clearing=depth == 1.0)
        sheets.append(Sheet(body(view, edge, near, mist, halo) if depth < 1 else silhouette(view), alpha, depth))
    return sheets


def _trees(
    view: View, rng: noise.Random, tall: float, drop: float, count: int, clearing: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return the alpha of a row of conifers on uneven ground, and the line from which their mist is measured."""
    mask, draw = _silhouette(view)
    ground = view.horizon + view.height * (drop - 0.035 * noise.line(rng, view.width, 2, 3))
    count = max(4, round(count * view.width / view.height / 1.6))
    for place in np.linspace(-0.02, 1.02, count) + rng.normal(0, 0.35 / count, count):
        if clearing and 0.2 < place < 0.8 and rng.random() < 0.85:
            continue
        x = float(np.clip(place, -0.02, 1.02)) * view.width
        foot = float(ground[int(np.clip(x, 0, view.width - 1))])
        height = min(view.height, view.width * 0.9) * tall * float(0.62 + 0.5 * rng.random())
        _conifer(draw, rng, x, foot + view.unit * 2, height)
    soil = cover(ground.astype(np.float32), view.height, 1.2)
    alpha = np.maximum(_alpha(view, mask), soil)
    return alpha, (ground - view.height * tall * 0.62).astype(np.float32)


def _conifer(draw: ImageDraw.ImageDraw, rng: noise.Random, x: float, foot: float, height: float) -> None:
    half = height * float(0.13 + 0.05 * rng.random())
    steps = int(np.clip(height / 9, 10, 44))
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for points, sign in ((left, -1), (right, 1)):
        for t in np.sort(np.clip(np.linspace(0.03, 1, steps) + rng.normal(0, 0.22 / steps, steps), 0.01, 1)):
            reach = half * (float(t) ** 0.9) * float(0.62 + 0.42 * rng.random())
            y = foot - height * (1 - float(t) * 0.94)
            points.append((x + sign * reach * 0.5, y - height / steps * 0.3))
            points.append((x + sign * reach, y + height / steps * 0.5))
    outline = [(x, foot - height * 1.05), *right, (x + half * 0.08, foot), (x - half * 0.08, foot), *reversed(left)]
    draw.polygon([(px * _SMOOTHING, py * _SMOOTHING) for px, py in outline], fill=255)


def _rays(view: View, rng: noise.Random) -> FloatArray:
    """Return light that falls in beams from the lamp, height × width."""
    coarse = 4
    y, x = np.mgrid[0 : view.height : coarse, 0 : view.width : coarse].astype(np.float32)
    angle = np.arctan2(y - view.lamp_y + view.unit * 8, x - view.lamp_x)
    beams = noise.smooth(0.0, 0.9, noise.line(rng, 720, 26, 3, 0.6))
    at = np.mod(angle / np.pi * 360, 719).astype(np.int32)
    distance = np.hypot(x - view.lamp_x, y - view.lamp_y) / view.height
    rays = beams[at] * np.exp(-distance * 1.7) * noise.smooth(0.02, 0.25, distance)
    image = Image.fromarray((rays * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2))
    return noise.enlarge(np.asarray(image, np.float32) / 255, (image.width * coarse, image.height * coarse))[
        : view.height, : view.width
    ]


def city(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint a skyline with lit windows and signs, mirrored in a wet street."""
    back = sky.paint(view, rng)
    halo = full_glow(view)
    for tall, near in ((0.34, 0.22), (0.27, 0.45)):
        alpha, edge, lights = _houses(view, rng, tall, 0.5 + near, drop=0.03)
        colour = body(view, edge, near + 0.15, 0.5, halo * 0.7)
        back = over(back, np.clip(colour + lights * (0.35 + 0.5 * near), 0, 1), alpha)
    alpha, edge, lights = _houses(view, rng, 0.30, 1.4, drop=0.06, gap=True)
    street = view.horizon + view.height * 0.06
    towers = np.clip(body(view, edge, 0.86, 0.22, halo * 0.5) + lights + _signs(view, rng, edge, street), 0, 1)
    picture = over(back, towers, alpha)
    wet = _mirror(view, rng, picture, street)
    floor = np.full(view.width, street, np.float32)
    front = np.full(view.width, view.horizon + view.height * 0.46, np.float32)
    kerb = cover(front - np.abs(noise.line(rng, view.width, 5, 5)) * view.unit * 2, view.height, view.unit)
    return [
        Sheet(over(back, wet, cover(floor, view.height, 1.4)), None, 0.4),
        Sheet(towers, alpha * (1 - cover(floor, view.height, 1.4)), 0.62),
        Sheet(silhouette(view, 0.0), kerb, 1.0),
    ]


def _houses(
    view: View, rng: noise.Random, tall: float, scale: float, drop: float, gap: bool = False
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return alpha, upper edge and window light of a row of houses that stand on the street."""
    foot = view.horizon + view.height * drop
    edge = np.full(view.width, foot, np.float32)
    glow_image = Image.new("RGB", (view.width, view.height))
    draw = ImageDraw.Draw(glow_image)
    colours = _window_colours(view)
    x = -rng.random() * view.unit * 6
    while x < view.width:
        wide = view.unit * scale * float(5 + 9 * rng.random())
        rise = tall * float(0.35 + 0.75 * rng.random() ** 1.5)
        if gap:
            middle = abs((x + wide / 2) / view.width - view.lamp_x / view.width)
            rise *= 0.35 + 1.9 * min(0.55, middle)
        top = foot - view.height * rise
        left, right = int(max(0, x)), int(min(view.width, x + wide))
        edge[left:right] = np.minimum(edge[left:right], top)
        if rng.random() < 0.4:
            mast = int(np.clip(x + wide * 0.5, 0, view.width - 3))
            edge[mast : mast + max(2, int(view.unit * 0.3))] = top - view.unit * 4 * rng.random() * scale
        _light_windows(draw, rng, (left, top, right, foot), view.unit * scale, colours)
        x += wide * float(0.86 + 0.3 * rng.random())
    lights = np.asarray(glow_image, np.float32) / 255
    return cover(edge, view.height, 1.0), edge, lights


def _window_colours(view: View) -> list[tuple[int, int, int]]:
    light = view.light
    warm = noise.mix(light.lamp, np.array([1.0, 0.82, 0.5], np.float32), 0.6)
    cool = noise.mix(light.lamp, np.array([0.35, 0.9, 0.95], np.float32), 0.75)
    result = []
    for colour, power in ((warm, 0.8), (warm, 0.55), (light.horizon, 0.6), (cool, 0.7), (light.lamp, 0.5)):
        red, green, blue = (int(255 * power * float(c)) for c in colour)
        result.append((red, green, blue))
    return result


def _light_windows(
    draw: ImageDraw.ImageDraw,
    rng: noise.Random,
    house: tuple[int, float, int, float],
    unit: float,
    colours: list[tuple[int, int, int]],
) -> None:
    left, top, right, foot = house
    step_x, step_y = max(4.0, unit * 0.95), max(5.0, unit * 1.3)
    lit = 0.16 + 0.36 * rng.random()
    usual = colours[int(rng.integers(len(colours)))]
    y = top + step_y
    while y < foot - step_y:
        x = left + step_x
        while x < right - step_x:
            if rng.random() < lit:
                colour = usual if rng.random() < 0.75 else colours[int(rng.integers(len(colours)))]
                draw.rectangle((x, y, x + step_x * 0.5, y + step_y * 0.5), fill=colour)
            x += step_x
        y += step_y


def _signs(view: View, rng: noise.Random, edge: FloatArray, street: float) -> FloatArray:
    """Return vertical signs on the houses, with their glow; strong in neon light, faint in any other."""
    image = Image.new("RGB", (view.width, view.height))
    draw = ImageDraw.Draw(image)
    power = 1.0 if view.light.lamp[1] < 0.6 else 0.35
    for _ in range(16):
        x = int(rng.integers(0, view.width - round(view.unit * 2)))
        wide = view.unit * float(0.7 + 0.8 * rng.random())
        top = float(edge[x : x + round(wide) + 1].max()) + view.unit * float(1 + 2 * rng.random())
        tall = min(view.unit * float(5 + 9 * rng.random()), street - top - view.unit * 2)
        red, green, blue = _SIGN_COLOURS[int(rng.integers(len(_SIGN_COLOURS)))]
        if tall < view.unit * 3:
            continue
        fill = (int(red * power), int(green * power), int(blue * power))
        draw.rounded_rectangle((x, top, x + wide, top + tall), wide / 2, fill=fill)
    sharp = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), np.float32) / 255
    small = image.resize((view.width // 8, view.height // 8), Image.Resampling.BOX)
    soft = np.asarray(small.filter(ImageFilter.GaussianBlur(view.unit / 2.2)), np.float32) / 255
    wide_glow = noise.enlarge(soft, (view.width, view.height))
    signs: FloatArray = sharp * np.float32(0.9) + np.clip(wide_glow, 0, 1) * np.float32(1.7)
    return signs


def _mirror(view: View, rng: noise.Random, picture: FloatArray, street: float) -> FloatArray:
    """Return a wet street: what stands above it, upside down, drawn out by ripples."""
    top = int(street)
    rows = view.height - top
    v = np.arange(rows, dtype=np.float32) / rows
    ripple = noise.field(rng, (max(2, view.width // 3), rows), (40, 60), 2)
    ripple = noise.enlarge(ripple, (view.width, rows))
    source = top - 2 - v[:, None] * top * 0.85 - (ripple - 0.5) * view.unit * 9 * (0.3 + v[:, None])
    mirrored = picture[np.clip(source, 0, top - 1).astype(np.int32), np.arange(view.width)[None, :]]
    mirrored = noise.mix(mirrored, view.light.near, (0.24 + 0.55 * v[:, None]) * np.ones((1, view.width), np.float32))
    mirrored = mirrored * (0.75 + 0.6 * ripple)[..., None]
    result = np.array(picture)
    result[top:] = np.clip(mirrored, 0, 1)
    return result
