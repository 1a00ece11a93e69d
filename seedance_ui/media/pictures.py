"""Open pictures that somebody gave us; for the worker process only. Pillow alone, so that it starts fast."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps

from seedance_ui.errors import MediaError

MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 8192
MIN_SIDE_PX = 64
MAX_RATIO = 8.0
"""Longer side / shorter side."""

_PILLOW_FORMATS = {
    **{"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"},
    # Not taken, but a copy in another format can be made.
    **{"image/gif": "GIF", "image/bmp": "BMP", "image/tiff": "TIFF", "image/avif": "AVIF"},
}
_BROKEN_IMAGE = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)
"""What Pillow's decoders raise for damaged bytes."""
_EXIF_ORIENTATION = 0x0112
_ORIENTATIONS_ON_THEIR_SIDE = frozenset({5, 6, 7, 8})

# We look at the size ourselves, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


@contextmanager
def open_image(path: Path, mime: str, name: str) -> Iterator[Image.Image]:
    """Yield a picture that is not decoded yet; what breaks inside the block is the file's fault.

    Raises:
        MediaError: It is damaged.
    """
    try:
        with Image.open(path, formats=[_PILLOW_FORMATS[mime]]) as image:
            yield image
    except _BROKEN_IMAGE as exc:
        raise MediaError(f"{name} is damaged: it cannot be read as an image. Save it again as PNG or JPEG.") from exc


def load_source(image: Image.Image, name: str) -> tuple[int, int]:
    """Decode a picture that a copy is made of, and return its full size.

    A JPEG that would be too large to decode, such as a phone's of 108 megapixels, comes at a half, a quarter or an
    eighth of it.

    Raises:
        MediaError: It is too large to decode even so, too small or too narrow.
    """
    width_px, height_px = image.size
    for part in (1, 2, 4, 8):
        if width_px * height_px <= MAX_PIXELS * part**2 and max(width_px, height_px) <= MAX_SIDE_PX * part:
            image.draft(None, (width_px // part, height_px // part))
            break
    check_size(*image.size, name)
    image.load()
    return width_px, height_px


def stands_on_its_side(image: Image.Image) -> bool:
    """Return whether the EXIF orientation swaps width and height; a broken one does not."""
    try:
        return image.getexif().get(_EXIF_ORIENTATION) in _ORIENTATIONS_ON_THEIR_SIDE
    except _BROKEN_IMAGE:
        return False


def turn_upright(image: Image.Image) -> Image.Image:
    """Return a picture with its EXIF orientation applied; a broken one is ignored."""
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN_IMAGE:
        return image


def check_size(width_px: int, height_px: int, name: str) -> None:
    """Refuse pictures that are too large to decode here, too small or too narrow to be of use.

    Raises:
        MediaError: One of these; says which and what to do.
    """
    size = f"{width_px:,}\u00a0×\u00a0{height_px:,} pixels"
    if width_px * height_px > MAX_PIXELS or max(width_px, height_px) > MAX_SIDE_PX:
        raise MediaError(
            f"{name} has {size}, too many to open here. The most is {MAX_SIDE_PX:,} on a side"
            f" and {MAX_PIXELS // 1_000_000} million in all. Make it smaller."
        )
    shorter, longer = sorted((width_px, height_px))
    if shorter < MIN_SIDE_PX:
        raise MediaError(f"{name} has only {size}. The least is {MIN_SIDE_PX} on a side. Choose a larger one.")
    if longer > MAX_RATIO * shorter:
        raise MediaError(f"{name} has {size}: too long and narrow. The most is {MAX_RATIO:.0f} to 1. Crop it.")
