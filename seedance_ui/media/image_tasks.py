"""The worker's tasks on pictures: look at one, clean it, draw its thumbnail.

Each takes `path`, `mime` as sniffed and `name` for messages; none reports progress, as each takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from seedance_ui.media.bare import is_bare
from seedance_ui.media.disk import replacing
from seedance_ui.media.pictures import check_size, load_source, open_image, stands_on_its_side, turn_upright

THUMBNAIL_SIDE_PX = 480
_NEEDED_INFO = ("transparency",)
"""What belongs to the pixels; the colour profile is handed over by itself."""


def probe_image(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Return the measured fields of a `MediaFile`, after decoding all of the picture.

    Args:
        args: Also `as_source`: whether it is only to be copied, so that it may be larger.
        report: Not called.

    Raises:
        MediaError: It is damaged, too large, too small or too narrow.
    """
    name = args["name"]
    with open_image(Path(args["path"]), args["mime"], name) as image:
        if args["as_source"]:
            width_px, height_px = load_source(image, name)
        else:
            width_px, height_px = image.size
            check_size(width_px, height_px, name)
            image.load()
        if stands_on_its_side(image):
            width_px, height_px = height_px, width_px
    return {"width_px": width_px, "height_px": height_px}


def rewrite_image(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Replace a picture by itself: upright, without EXIF, XMP, text, comments, further frames and tails.

    One that has none of these stays as it is, to the byte.

    Raises:
        MediaError: It is damaged, or too large to decode.
    """
    path, mime, name = Path(args["path"]), args["mime"], args["name"]
    with open_image(path, mime, name) as image:
        check_size(*image.size, name)
        image.load()
        if is_bare(path, mime):
            return {}
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
    return options | {"format": "WEBP", "quality": 90, "method": 2}


def write_image_thumbnail(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Write a JPEG of at most 480 pixels a side to `target`, upright and on white.

    Raises:
        MediaError: The picture is damaged.
    """
    picture = _read_opaque(Path(args["path"]), args["mime"], args["name"])
    picture.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX), Image.Resampling.LANCZOS)
    with replacing(Path(args["target"])) as part:
        picture.save(part, "JPEG")
    return {}


def _read_opaque(path: Path, mime: str, name: str) -> Image.Image:
    with open_image(path, mime, name) as image:
        image.draft("RGB", (THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX))
        image.load()
        upright = turn_upright(image)
        if upright.mode.startswith("I"):  # 16 bits a sample: convert() would clip all but the darkest to white.
            upright = upright.point(lambda value: value / 256).convert("L")
        if not upright.has_transparency_data:
            return upright.convert("RGB")
        white = Image.new("RGBA", upright.size, "white")
        return Image.alpha_composite(white, upright.convert("RGBA")).convert("RGB")
