"""A painted background in depth: a few sheets that the camera passes at different speeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seedance_ui.media.storyboard import interiors, skyline, terrain
from seedance_ui.media.storyboard.camera import Move
from seedance_ui.media.storyboard.noise import Random
from seedance_ui.media.storyboard.planes import (
    Box,
    Canvas,
    FloatArray,
    Planes,
    even,
    planes_from_rgb,
    planes_of_alpha,
    yuv_of,
)
from seedance_ui.media.storyboard.sky import View
from seedance_ui.media.storyboard.terrain import Sheet
from seedance_ui.media.storyboard.words import Setting

_MARGIN = 1.16
"""The painting is this much larger than the frame, so that the camera has room and the picture stays sharp."""

_PAINTERS: dict[str, Callable[[View, Random], list[Sheet]]] = {
    "mountains": terrain.mountains,
    "desert": terrain.desert,
    "meadow": terrain.meadow,
    "sea": terrain.sea,
    "forest": skyline.forest,
    "city": skyline.city,
    "room": interiors.room,
    "stage": interiors.stage,
    "deep": interiors.deep,
    "space": interiors.space,
}


@dataclass(frozen=True, slots=True)
class _Layer:
    """A sheet as planes, without its empty rows. Rows are counted in the painting."""

    picture: Planes
    colour: tuple[int, int, int] | None
    """Y, U, V of a silhouette: then only the alpha of `picture` counts."""
    top: int
    bottom: int
    solid_from: int
    """From here down to the painting's foot nothing shines through."""
    depth: float


class Scenery:
    """A painting of a place, ready to be filmed."""

    def __init__(self, setting: Setting, size: tuple[int, int], rng: Random) -> None:
        self._size = (even(size[0] * _MARGIN), even(size[1] * _MARGIN))
        self._frame = size
        view = _compose(setting, self._size, rng)
        dither = rng.random((self._size[1], self._size[0]), dtype=np.float32) * 2 - 1
        self._layers = [_flatten(sheet, dither) for sheet in _PAINTERS[setting.place](view, rng)]

    def draw(self, canvas: Canvas, move: Move, t: float) -> None:
        """Film the painting at moment `t` (0 to 1) onto the whole frame."""
        boxes = [move.at(t, layer.depth).box(*self._size) for layer in self._layers]
        until = [self._frame[1]] * len(boxes)
        for at in range(len(boxes) - 1, 0, -1):
            # What a nearer sheet hides is not drawn.
            hidden = self._row(boxes[at], self._layers[at].solid_from) // 2 * 2 + 2
            until[at - 1] = min(until[at], max(2, hidden))
        for layer, box, end in zip(self._layers, boxes, until, strict=True):
            self._put(canvas, layer, box, min(end, self._row(box, layer.bottom) // 2 * 2))

    def _row(self, box: Box, row: float) -> int:
        """Return the frame's row in which a row of the painting lies."""
        return min(self._frame[1], max(0, int((row - box[1]) * self._frame[1] / (box[3] - box[1]))))

    def _put(self, canvas: Canvas, layer: _Layer, box: Box, end: int) -> None:
        """Scale what the box shows of a layer onto the frame, from its first row to `end`."""
        scale = (box[3] - box[1]) / self._frame[1]
        first = self._row(box, layer.top) // 2 * 2 + 2 if layer.top > box[1] else 0
        if first >= end:
            return
        top = box[1] - layer.top
        part = (box[0], top + first * scale, box[2], top + end * scale)
        size = (self._frame[0], end - first)
        if layer.colour is None:
            canvas.put(layer.picture.resample(part, size), (0, first))
            return
        mask, half = layer.picture.resample_alpha(part, size)
        canvas.tint(layer.colour, mask, half, (0, first))


def _compose(setting: Setting, size: tuple[int, int], rng: Random) -> View:
    width, height = size
    horizon = height * ((0.64 if height > width else 0.6) + float(rng.normal(0, 0.012)))
    side = float(rng.choice((0.3, 0.36, 0.62, 0.68, 0.72)))
    lamp_y = horizon - height * setting.light.lamp_height * (0.8 if height > width else 1.0)
    return View(width, height, horizon, width * side, lamp_y, setting.light)


def _flatten(sheet: Sheet, dither: FloatArray) -> _Layer:
    """Turn a sheet into planes, without the empty rows above and below it."""
    height = dither.shape[0]
    if sheet.alpha is None:
        return _Layer(planes_from_rgb(sheet.rgb, None, dither), None, 0, height, 0, sheet.depth)
    filled = np.flatnonzero(sheet.alpha.max(axis=1) > 0.004)
    top = max(0, (int(filled[0]) - 6) // 2 * 2) if filled.size else 0
    bottom = min(height, (int(filled[-1]) + 8) // 2 * 2) if filled.size else 2
    open_rows = np.flatnonzero(sheet.alpha.min(axis=1) < 0.998)
    solid_from = int(open_rows[-1]) + 3 if open_rows.size else 0
    alpha = sheet.alpha[top:bottom]
    if sheet.rgb.ndim == 1:
        red, green, blue = (round(255 * float(np.clip(c, 0, 1))) for c in sheet.rgb)
        return _Layer(planes_of_alpha(alpha), yuv_of(red, green, blue), top, bottom, solid_from, sheet.depth)
    picture = planes_from_rgb(sheet.rgb[top:bottom], alpha, dither[top:bottom])
    return _Layer(picture, None, top, bottom, solid_from, sheet.depth)
