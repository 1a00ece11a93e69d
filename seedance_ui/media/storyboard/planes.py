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
    """One picture. Greyscale ("L") images; `u`, `v` and `alpha_half` have half the size of `y`."""

    y: Image.Image
    u: Image.Image
    v: Image.Image
    alpha: Image.Image | None = None
    """Coverage, 0–255; None where the picture covers everything."""
    alpha_half: Image.Image | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width × height in pixels."""
        return self.y.size

    def resample(self, box: Box, size: tuple[int, int]) -> Planes:
        """Return what lies in `box`, scaled to `size`; the box may start and end between pixels."""
        half_size = (size[0] // 2, size[1] // 2)
        half = (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
        return Planes(
            _resize(self.y, box, size),
            _resize(self.u, half, half_size),
            _resize(self.v, half, half_size),
            self.alpha and _resize(self.alpha, box, size),
            self.alpha_half and _resize(self.alpha_half, half, half_size),
        )

    def resample_alpha(self, box: Box, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
        """Return the coverage of what lies in `box`, at full and at half size; for silhouettes of one colour."""
        full = _resize(self.alpha or self.y, box, size)
        return full, full.reduce(2)


def _resize(plane: Image.Image, box: Box, size: tuple[int, int]) -> Image.Image:
    width, height = plane.size
    inside = (max(0.0, box[0]), max(0.0, box[1]), min(float(width), box[2]), min(float(height), box[3]))
    return plane.resize(size, Image.Resampling.BILINEAR, box=inside)


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
    half = None if alpha is None else _to_image(_halve(alpha) * 255)
    return Planes(_to_image(luma), _to_image(u), _to_image(v), full, half)


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
        self.u.paste(picture.u, half, picture.alpha_half)
        self.v.paste(picture.v, half, picture.alpha_half)

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

    def shade(self, luma: npt.NDArray[np.uint16], chroma: npt.NDArray[np.int32]) -> None:
        """Darken by factors of 256 (luma at full size, chroma at half), towards black and grey."""
        y = np.asarray(self.y, np.uint16)
        self.y = Image.fromarray((16 + (((np.maximum(y, 16) - 16) * luma) >> 8)).astype(np.uint8))
        for name in ("u", "v"):
            plane = np.asarray(getattr(self, name), np.int32)
            shaded = 128 + (((plane - 128) * chroma) >> 8)
            setattr(self, name, Image.fromarray(shaded.astype(np.uint8)))

    def to_array(self) -> ByteArray:
        """Return the frame as PyAV's yuv420p array: height × 3/2 rows of width bytes."""
        width, height = self.size
        data = np.empty((height * 3 // 2, width), np.uint8)
        data[:height] = np.asarray(self.y)
        chroma = data[height:].reshape(2, height // 2, width // 2)
        chroma[0] = np.asarray(self.u)
        chroma[1] = np.asarray(self.v)
        return data
