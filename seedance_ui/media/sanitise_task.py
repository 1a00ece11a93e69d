"""The worker's part of `sanitise`: write a picture anew, with nothing in it but the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from seedance_ui.media.disk import replacing
from seedance_ui.media.frames import open_image, turn_upright
from seedance_ui.media.probe_task import check_size

_NEEDED_INFO = ("transparency",)
"""What belongs to the pixels; the colour profile is handed over by itself."""


def rewrite_image(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Replace a picture by itself: upright, without EXIF, XMP, text, comments, further frames and tails.

    Args:
        args: `path`, `mime` as sniffed, `name` for messages.
        report: Not used: this takes a moment.

    Raises:
        MediaError: It is damaged, or too large to decode.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    with open_image(path, mime, name) as image:
        check_size(*image.size, name)
        image.load()
        options = _save_options(image, mime)
        clean = turn_upright(image).copy()
    clean.info = {key: clean.info[key] for key in _NEEDED_INFO if key in clean.info}
    with replacing(path) as part:
        clean.save(part, **options)
    return {}


def _save_options(image: Image.Image, mime: str) -> dict[str, Any]:
    """Return options that keep the quality: a JPEG is written with its own tables."""
    profile = image.info.get("icc_profile")
    options: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        tables = {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
        return options | tables | {"format": "JPEG"}
    if mime == "image/png":
        return options | {"format": "PNG", "compress_level": 4}
    return options | {"format": "WEBP", "quality": 95, "method": 2}
