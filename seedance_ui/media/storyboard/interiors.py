"""Places without a horizon: a room, a stage, the deep sea, space."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from seedance_ui.media.storyboard import noise
from seedance_ui.media.storyboard.planes import FloatArray
from seedance_ui.media.storyboard.sky import View
from seedance_ui.media.storyboard.terrain import Sheet, cover

_COARSE = 4


def _grid(view: View) -> tuple[FloatArray, FloatArray]:
    """Return x and y of the coarse picture, 0 to 1 down and as wide as the picture is across."""
    height, width = -(-view.height // _COARSE), -(-view.width // _COARSE)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x / height, y / height


def _full(view: View, coarse: FloatArray) -> FloatArray:
    size = (coarse.shape[1] * _COARSE, coarse.shape[0] * _COARSE)
    return noise.enlarge(np.ascontiguousarray(coarse, np.float32), size)[: view.height, : view.width]


def room(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint a wall with the light of a window on it, and a table's edge."""
    light = view.light
    x, y = _grid(view)
    wide = view.width / view.height
    wall = noise.mix(
        noise.mix(light.zenith, light.haze, 0.5),
        light.near,
        noise.smooth(0.0, 1.25, np.hypot(x - wide * 0.45, y - 0.35)),
    )
    wall = wall + ((noise.field(rng, (x.shape[1], x.shape[0]), (5 * wide, 5), 5) - 0.5) * 0.035)[..., None]
    pane = _window(view, rng, x.shape)
    wall = wall + pane[..., None] * noise.mix(light.lamp, light.horizon, 0.35) * 0.62
    spill = np.exp(-(((x - view.lamp_x / view.height) / 0.55) ** 2) - ((y - 0.4) / 0.42) ** 2)
    wall = wall + spill[..., None] * light.horizon * 0.2
    back = np.clip(_full(view, wall), 0, 1)
    table = np.full(view.width, view.height * 0.80, np.float32)
    fall = np.clip((np.arange(view.height, dtype=np.float32)[:, None] - table[None, :]) / (view.height * 0.25), 0, 1)
    shine = np.exp(-(((np.arange(view.width) - view.lamp_x) / (view.width * 0.28)) ** 2)).astype(np.float32)
    wood = noise.mix(noise.mix(light.near, light.horizon, 0.16), light.near, fall)
    wood = noise.mix(wood, light.lamp, (0.22 * shine[None, :] * (1 - fall) ** 2).astype(np.float32))
    leaves = _leaves(view, rng)
    return [
        Sheet(back, None, 0.35),
        Sheet(wood, cover(table, view.height, 2.0), 0.75),
        Sheet(light.near * np.float32(0.6), leaves, 1.0),
    ]


def _window(view: View, rng: noise.Random, shape: tuple[int, ...]) -> FloatArray:
    """Return the slanted light of a window with bars, broken by leaves, height × width."""
    height, width = shape[0], shape[1]
    image = Image.new("L", (width, height))
    draw = ImageDraw.Draw(image)
    left, top, slant = view.lamp_x / _COARSE - height * 0.24, height * 0.13, height * 0.15
    pane_w, pane_h, bar = height * 0.15, height * 0.2, height * 0.022
    for column in range(3):
        for row in range(3):
            x = left + column * (pane_w + bar) + row * slant * 0.35
            y = top + row * (pane_h + bar) + column * height * 0.035
            draw.polygon(
                [
                    (x, y),
                    (x + pane_w, y + height * 0.03),
                    (x + pane_w + slant * 0.33, y + pane_h + height * 0.03),
                    (x + slant * 0.33, y + pane_h),
                ],
                fill=255,
            )
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(height * 0.008)), np.float32) / 255
    leaf = noise.smooth(0.46, 0.58, noise.field(rng, (width, height), (7 * width / height, 7), 3))
    return soft * (0.35 + 0.65 * leaf)


def _leaves(view: View, rng: noise.Random) -> FloatArray:
    """Return dark, blurred leaves at one edge, close to the camera, height × width."""
    height, width = -(-view.height // _COARSE), -(-view.width // _COARSE)
    image = Image.new("L", (width, height))
    draw = ImageDraw.Draw(image)
    side = 0 if view.lamp_x > view.width / 2 else width
    for _ in range(16):
        angle = float(rng.normal(-1.2 if side == 0 else -1.95, 0.5))
        reach = height * float(0.15 + 0.28 * rng.random())
        foot = (side + float(rng.normal(0, 0.05)) * height, height * float(0.9 + 0.2 * rng.random()))
        tip = (foot[0] + np.cos(angle) * reach, foot[1] + np.sin(angle) * reach)
        across = (-np.sin(angle) * reach * 0.09, np.cos(angle) * reach * 0.09)
        middle = ((foot[0] + tip[0]) / 2, (foot[1] + tip[1]) / 2)
        draw.polygon(
            [foot, (middle[0] + across[0], middle[1] + across[1]), tip, (middle[0] - across[0], middle[1] - across[1])],
            fill=235,
        )
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(height * 0.008)), np.float32) / 255
    return np.clip(_full(view, soft), 0, 1)


def stage(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint a dark studio: a beam from above, haze in it, a pool of light on the floor."""
    light = view.light
    x, y = _grid(view)
    centre = view.lamp_x / view.height
    wall = noise.mix(
        noise.mix(light.middle, light.haze, 0.4) * 0.5,
        light.near,
        noise.smooth(0.05, 1.0, np.hypot((x - centre) * 0.8, y - 0.45)),
    )
    smoke = noise.field(rng, (x.shape[1], x.shape[0]), (3 * view.width / view.height, 3), 5)
    for shift, tone, power in ((0.0, light.lamp, 0.6), (-0.5, light.horizon, 0.3), (0.5, light.middle, 0.5)):
        spread = 0.05 + 0.26 * np.clip(y + 0.15, 0, 1.2)
        lean = (x - centre - shift * (1 - 0.75 * y)) / spread
        beam = np.exp(-(lean**2) * 1.4) * np.exp(-np.abs(y - 0.05) * 1.25) * (0.55 + 0.9 * (smoke - 0.3))
        wall = wall + np.clip(beam, 0, 1)[..., None] * tone * power
    floor = 0.77
    ground = noise.smooth(floor - 0.01, floor + 0.01, y)
    pool = np.exp(-(((x - centre) / 0.5) ** 2) - ((y - floor - 0.1) / 0.075) ** 2)
    stone = noise.mix(light.near, light.haze, np.clip(0.16 * (1 - (y - floor) * 2), 0, 1))
    stone = stone + pool[..., None] * noise.mix(light.lamp, light.horizon, 0.5) * 0.5
    wall = noise.mix(wall, stone, ground * 0.9)
    figure, height = np.full(view.width, view.height * 0.965, np.float32), view.height
    edge = figure - np.abs(noise.line(rng, view.width, view.width / (view.unit * 8), 2)) * view.unit * 1.5
    return [
        Sheet(np.clip(_full(view, wall), 0, 1), None, 0.5),
        Sheet(light.near * np.float32(0.6), cover(edge, height, view.unit), 1.0),
    ]


def deep(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint the water from below its surface, with rays, and reefs that fade into blue."""
    light = view.light
    x, y = _grid(view)
    fall = np.clip(y / 0.95, 0, 1)
    water = noise.mix(
        noise.mix(light.zenith, light.middle, noise.smooth(0, 0.55, fall)), light.horizon, noise.smooth(0.35, 1, fall)
    )
    centre = view.lamp_x / view.height
    angle = np.arctan2(x - centre, y + 0.35)
    beams = noise.line(rng, 800, 30, 3, 0.6)[np.clip((angle + 1.3) / 2.6 * 799, 0, 799).astype(np.int32)]
    rays = noise.smooth(-0.1, 0.9, beams) * np.exp(-y * 2.1) * np.exp(-(angle**2) * 1.6)
    source = np.exp(-(((x - centre) / 0.75) ** 2) - ((y + 0.05) / 0.36) ** 2)
    water = water + (0.5 * rays + 0.55 * source)[..., None] * light.lamp
    back = np.clip(_full(view, water), 0, 1)
    sheets = []
    for level, (rise, drop, near, depth) in enumerate(
        ((0.14, 0.72, 0.25, 0.0), (0.16, 0.84, 0.6, 0.65), (0.16, 0.98, 0.95, 1.0))
    ):
        shape = np.abs(noise.line(rng, view.width, 2.2 + level, 6, 0.55))
        edge = (view.height * (drop - rise * shape)).astype(np.float32)
        below = np.clip(
            (np.arange(view.height, dtype=np.float32)[:, None] - edge[None, :]) / (view.height * 0.25), 0, 1
        )
        colour = noise.mix(noise.mix(light.haze, light.near, near), light.horizon, 0.35 * below * (1 - near))
        if depth == 0.0:
            back = noise.mix(back, colour, cover(edge, view.height, 2.5))
        else:
            sheets.append(Sheet(colour if depth < 1 else light.near, cover(edge, view.height, 1.5), depth))
    return [Sheet(back, None, 0.35), *sheets]


def space(view: View, rng: noise.Random) -> list[Sheet]:
    """Paint stars, a nebula, and the lit edge of a planet."""
    light = view.light
    x, y = _grid(view)
    wide = view.width / view.height
    size = (x.shape[1], x.shape[0])
    one, two = noise.field(rng, size, (2 * wide, 2), 6), noise.field(rng, size, (3 * wide, 3), 6)
    band = np.exp(-(((y - 0.25 - 0.32 * (x / wide)) / 0.3) ** 2))
    cloud = noise.mix(
        light.zenith * 0.6, np.array([0.22, 0.10, 0.36], np.float32), noise.smooth(0.36, 0.85, one) * band
    )
    cloud = noise.mix(cloud, np.array([0.06, 0.30, 0.38], np.float32), noise.smooth(0.42, 0.9, two) * band * 0.8)
    cloud = (
        cloud
        + (noise.smooth(0.6, 0.9, one * two * 2.6) * band)[..., None] * np.array([0.5, 0.35, 0.3], np.float32) * 0.35
    )
    back = np.clip(_full(view, cloud), 0, 1).copy()
    _scatter(back, rng, int(view.width * view.height / 1300))
    return [Sheet(back, None, 0.25), _planet(view, rng)]


def _scatter(picture: FloatArray, rng: noise.Random, count: int) -> None:
    height, width = picture.shape[:2]
    xs, ys = rng.integers(1, width - 1, count), rng.integers(1, height - 1, count)
    power = (rng.random(count) ** 6 + 0.08)[:, None].astype(np.float32)
    tone = np.array([1.0, 0.95, 0.9], np.float32) - rng.random((count, 1), dtype=np.float32) * np.array(
        [0.3, 0.1, -0.1], np.float32
    )
    for dx, dy, share in ((0, 0, 1.0), (1, 0, 0.4), (-1, 0, 0.4), (0, 1, 0.4), (0, -1, 0.4)):
        np.add.at(picture, (ys + dy, xs + dx), power * tone * np.float32(share))
    np.clip(picture, 0, 1, out=picture)


def _planet(view: View, rng: noise.Random) -> Sheet:
    """Return a planet that rises into the picture from below, its edge lit from one side."""
    light = view.light
    radius = max(view.width, view.height) * 0.85
    centre_x = view.width * float(0.4 + 0.3 * rng.random())
    centre_y = view.height * 0.72 + radius
    y, x = np.mgrid[0 : view.height, 0 : view.width].astype(np.float32)
    inward = radius - np.hypot(x - centre_x, y - centre_y)
    band = noise.field(rng, (view.width // 2, view.height // 2), (4, 16), 4)
    land = noise.enlarge(band, (view.width, view.height))
    side = np.clip(0.5 + (view.lamp_x - x) / view.width * 0.9, 0, 1)
    ground = noise.mix(
        light.near,
        noise.mix(light.horizon, light.haze, 0.4),
        np.clip(land * 0.9 * np.exp(-inward / (view.unit * 16)) * side, 0, 1),
    )
    rim = np.exp(-np.abs(inward) / (view.unit * 1.1)) * (0.25 + 0.75 * side)
    air = np.array([0.55, 0.9, 1.0], np.float32)
    colour = noise.mix(ground, air, np.clip(rim, 0, 0.95))
    halo = np.exp(np.minimum(inward, 0) / (view.unit * 2.6)) * 0.7 * (0.3 + 0.7 * side)
    alpha = np.where(inward > 0, np.clip(inward / 1.5 + 0.5, 0, 1), halo).astype(np.float32)
    colour = np.where((inward > 0)[..., None], colour, air).astype(np.float32)
    return Sheet(colour, np.maximum(alpha, halo * (inward > 0)).astype(np.float32), 0.9)
