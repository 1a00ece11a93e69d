"""Pictures as the encoder wants them: planes of luma and halved chroma, BT.709, limited range.

Layers are converted once; moving them is then a resize of 1.5 bytes a pixel instead of 3 or 4.
Sizes are width × height in pixels and even, since each chroma sample stands for 2 × 2 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

FloatArray = npt.NDArray[np.floating[Any]]
"""Large ones are float32."""
ByteArray = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture that is read."""

_TO_Y = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""BT.709 luma of R, G, B (ITU-R BT.709-6)."""

_MOST_SHRINKING = 1.25
"""Up to here two neighbours stand for a pixel, which is fast; further down pixels between them would be left out."""


def even(value: float) -> int:
    """Return the nearest even whole number."""
    return round(value / 2) * 2


def yuv_of(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """Return an sRGB colour (0–255) as BT.709 limited-range Y, U, V."""
    rgb = np.array([red, green, blue], np.float32) / 255
    y = float(rgb @ _TO_Y)
    return (
        round(16 + 219 * y),
        round(128 + 224 * (float(rgb[2]) - y) / 1.8556),
        round(128 + 224 * (float(rgb[0]) - y) / 1.5748),
    )


@dataclass(frozen=True, slots=True)
class Planes:
    """One picture. Greyscale ("L") images; `u` and `v` have half the size of `y`."""

    y: Image.Image
    u: Image.Image
    v: Image.Image
    alpha: Image.Image | None = None
    """Coverage, 0–255; None where the picture covers everything."""

    @property
    def size(self) -> tuple[int, int]:
        """Width × height in pixels."""
        return self.y.size

    def resample(self, box: Box, size: tuple[int, int], *, solid: bool = False) -> Planes:
        """Return what lies in `box`, scaled to `size`.

        Args:
            box: May start and end between pixels.
            size: Width × height, even.
            solid: Leave the coverage out: it is known to be full here.
        """
        half_size = (size[0] // 2, size[1] // 2)
        half = (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
        return Planes(
            _resize(self.y, box, size),
            _resize(self.u, half, half_size),
            _resize(self.v, half, half_size),
            None if solid or self.alpha is None else _resize(self.alpha, box, size),
        )

    def resample_alpha(self, box: Box, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
        """Return the coverage of what lies in `box`, at full and at half size; for silhouettes of one colour."""
        full = _resize(self.alpha or self.y, box, size)
        return full, full.reduce(2)


def _resize(plane: Image.Image, box: Box, size: tuple[int, int]) -> Image.Image:
    width, height = plane.size
    left, top, right, bottom = max(0.0, box[0]), max(0.0, box[1]), min(float(width), box[2]), min(float(height), box[3])
    if right - left > _MOST_SHRINKING * size[0] or bottom - top > _MOST_SHRINKING * size[1]:
        return plane.resize(size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    rows, row_shares = _taps(top, bottom, size[1], height)
    columns, column_shares = _taps(left, right, size[0], width)
    first, last = int(columns[0]), int(columns[-1]) + 2
    seen = np.asarray(plane.crop((first, int(rows[0]), last, int(rows[-1]) + 2)))
    rows, columns = rows - rows[0], columns - first
    tall = _between(seen[rows], seen[rows + 1], row_shares[:, None])
    return Image.fromarray(_between(tall.take(columns, axis=1), tall.take(columns + 1, axis=1), column_shares))


def _taps(start: float, end: float, count: int, most: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    """Return for each of `count` pixels the first of the two that it lies between, and the second's share of 256."""
    at = start + (np.arange(count) + 0.5) * ((end - start) / count) - 0.5
    fixed = np.clip(np.rint(at * 256), 0, (most - 1) * 256 - 1).astype(np.int64)
    return fixed >> 8, (fixed & 255).astype(np.uint16)


def _between(one: ByteArray, other: ByteArray, share: npt.NDArray[np.uint16]) -> ByteArray:
    """Return the mixture of two pictures; of 256, `share` is the other's part."""
    # At most 255 × 256 + 128, which 16 bits hold.
    mixed = np.multiply(one, 256 - share, dtype=np.uint16)
    mixed += np.multiply(other, share, dtype=np.uint16)
    mixed += 128
    mixed >>= 8
    return mixed.astype(np.uint8)


def planes_from_rgb(rgb: FloatArray, alpha: FloatArray | None = None, dither: FloatArray | None = None) -> Planes:
    """Return a picture from sRGB values.

    Args:
        rgb: Height × width × 3, 0 to 1.
        alpha: Height × width, 0 to 1.
        dither: Height × width, about ±1: hides the steps that 8 bits would show in a dark sky.
    """
    # Not by a matrix product: its last bits depend on how BLAS shares the work out, and frames must not.
    y = rgb[..., 0] * _TO_Y[0] + rgb[..., 1] * _TO_Y[1] + rgb[..., 2] * _TO_Y[2]
    u = _halve(128 + 224 * (rgb[..., 2] - y) / np.float32(1.8556))
    v = _halve(128 + 224 * (rgb[..., 0] - y) / np.float32(1.5748))
    luma = 16 + 219 * y
    if dither is not None:
        luma += dither
    full = None if alpha is None else _to_image(alpha * 255)
    return Planes(_to_image(luma), _to_image(u), _to_image(v), full)


def planes_of_alpha(alpha: FloatArray) -> Planes:
    """Return a picture that is nothing but coverage (height × width, 0 to 1)."""
    mask = _to_image(alpha * 255)
    return Planes(mask, mask, mask, mask)


def planes_from_yuv(data: ByteArray, height: int) -> Planes:
    """Return a picture from PyAV's yuv420p array: height × 3/2 rows, both chroma planes packed behind luma."""
    width = data.shape[1]
    chroma = data[height:].reshape(2, height // 2, width // 2)
    return Planes(Image.fromarray(data[:height]), Image.fromarray(chroma[0]), Image.fromarray(chroma[1]))


def _halve(plane: FloatArray) -> FloatArray:
    result: FloatArray = (plane[0::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 0::2] + plane[1::2, 1::2]) / 4
    return result


def _to_image(plane: FloatArray) -> Image.Image:
    return Image.fromarray(np.clip(plane + 0.5, 0, 255).astype(np.uint8))


def _fade(plane: Image.Image, towards: int, share: npt.NDArray[np.uint16]) -> Image.Image:
    """Return a mixture of a plane and one value; of 256, `share` is the plane's part."""
    # At most 255 × 256, which 16 bits hold.
    mixed = np.multiply(np.asarray(plane), share, dtype=np.uint16)
    mixed += (256 - share) * np.uint16(towards)
    mixed >>= 8
    return Image.fromarray(mixed.astype(np.uint8))


class Canvas:
    """The frame that is being drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.y = Image.new("L", (width, height), 16)
        self.u = Image.new("L", (width // 2, height // 2), 128)
        self.v = Image.new("L", (width // 2, height // 2), 128)

    def put(self, picture: Planes, at: tuple[int, int] = (0, 0)) -> None:
        """Lay a picture on the frame; `at` is its top left corner, even."""
        half = (at[0] // 2, at[1] // 2)
        self.y.paste(picture.y, at, picture.alpha)
        mask = picture.alpha and picture.alpha.reduce(2)
        self.u.paste(picture.u, half, mask)
        self.v.paste(picture.v, half, mask)

    def copy(self, other: Canvas) -> None:
        """Become another frame of the same size."""
        self.y, self.u, self.v = other.y.copy(), other.u.copy(), other.v.copy()

    def tint(
        self, colour: tuple[int, int, int], mask: Image.Image, half_mask: Image.Image, at: tuple[int, int]
    ) -> None:
        """Lay one colour (Y, U, V) on the frame where the masks say; `at` is even."""
        half = (at[0] // 2, at[1] // 2)
        self.y.paste(colour[0], at, mask)
        self.u.paste(colour[1], half, half_mask)
        self.v.paste(colour[2], half, half_mask)

    def fill(self, colour: tuple[int, int, int], box: tuple[int, int, int, int]) -> None:
        """Fill a rectangle (left, top, right, bottom; even) with a colour (Y, U, V)."""
        left, top, right, bottom = box
        half = (left // 2, top // 2, right // 2, bottom // 2)
        self.y.paste(colour[0], box)
        self.u.paste(colour[1], half)
        self.v.paste(colour[2], half)

    def blend(self, other: Canvas, share: float) -> None:
        """Mix another frame of the same size in; 0 changes nothing, 1 is the other."""
        self.y = Image.blend(self.y, other.y, share)
        self.u = Image.blend(self.u, other.u, share)
        self.v = Image.blend(self.v, other.v, share)

    def shade(self, luma: npt.NDArray[np.uint16], chroma: npt.NDArray[np.uint16]) -> None:
        """Darken by shares of 256 (luma at full size, chroma at half), towards black and grey."""
        self.y = _fade(self.y, 16, luma)
        self.u = _fade(self.u, 128, chroma)
        self.v = _fade(self.v, 128, chroma)

    def to_array(self) -> ByteArray:
        """Return the frame as PyAV's yuv420p array: height × 3/2 rows of width bytes."""
        width, height = self.size
        data = np.empty((height * 3 // 2, width), np.uint8)
        data[:height] = np.asarray(self.y)
        chroma = data[height:].reshape(2, height // 2, width // 2)
        chroma[0] = np.asarray(self.u)
        chroma[1] = np.asarray(self.v)
        return data
