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
        self._boxes: list[Box] = []
        self._filmed = Canvas(*size)

    def draw(self, canvas: Canvas, move: Move, t: float) -> None:
        """Film the painting at moment `t` (0 to 1) onto the whole frame."""
        boxes = [move.at(t, layer.depth).box(*self._size) for layer in self._layers]
        if boxes != self._boxes:  # Where the camera stands still, one picture serves the whole shot.
            self._boxes = boxes
            self._film()
        canvas.copy(self._filmed)

    def _film(self) -> None:
        """Draw what the boxes show, without the rows that a nearer sheet hides."""
        until = self._frame[1]
        parts = []
        for layer, box in zip(reversed(self._layers), reversed(self._boxes), strict=True):
            solid_from = min(until, self._row(box, layer.solid_from) // 2 * 2 + 2)
            parts.append((layer, box, solid_from, until))
            until = solid_from
        for layer, box, solid_from, end in reversed(parts):
            self._put(layer, box, 0, solid_from, solid=False)
            self._put(layer, box, solid_from, end, solid=True)

    def _row(self, box: Box, row: float) -> int:
        """Return the frame's row in which a row of the painting lies."""
        return min(self._frame[1], max(0, int((row - box[1]) * self._frame[1] / (box[3] - box[1]))))

    def _put(self, layer: _Layer, box: Box, start: int, end: int, *, solid: bool) -> None:
        """Scale what the box shows of a layer onto the frame's rows from `start` to `end`, both even."""
        if layer.top > box[1]:
            start = max(start, self._row(box, layer.top) // 2 * 2 + 2)
        end = min(end, self._row(box, layer.bottom) // 2 * 2)
        if start >= end:
            return
        if solid and layer.colour is not None:
            self._filmed.fill(layer.colour, (0, start, self._frame[0], end))
            return
        scale = (box[3] - box[1]) / self._frame[1]
        top = box[1] - layer.top
        part = (box[0], top + start * scale, box[2], top + end * scale)
        size = (self._frame[0], end - start)
        if layer.colour is None:
            self._filmed.put(layer.picture.resample(part, size, solid=solid), (0, start))
        else:
            self._filmed.tint(layer.colour, *layer.picture.resample_alpha(part, size), (0, start))


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
