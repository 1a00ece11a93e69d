"""The worker's task that copies a picture so that it keeps the rules: cropped, scaled, in another format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from seedance_ui.errors import MediaError
from seedance_ui.media.disk import replacing
from seedance_ui.media.pictures import load_source, open_image, turn_upright

_QUALITIES = (95, 88, 75, 60, 40)
"""Of a JPEG, tried until it is small enough."""
_ROOM = 0.95
"""How much of the size may be used: the copy is written once more when it is taken in."""


def write_fixed_image(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Write the part of a picture that is kept, in the size and format of its copy.

    Args:
        args: `path`, `mime` and `name` of the source; `target`; `to_mime`, `crop_px`, `size_px`, `focus` and
            `max_size_bytes` as of `domain.fixes.Fix`. Where a PNG or WebP would be too large, a JPEG is written.
        report: Called once it was decoded, and at the end.

    Raises:
        MediaError: It is damaged, too large to decode, or cannot be made small enough.
    """
    name = args["name"]
    with open_image(Path(args["path"]), args["mime"], name) as image:
        full = load_source(image, name)
        reduced = image.width / full[0]
        upright = _in_plain_colours(turn_upright(image))
    report(0.4)
    crop_px = (max(1, round(args["crop_px"][0] * reduced)), max(1, round(args["crop_px"][1] * reduced)))
    kept = upright.crop(crop_box(upright.size, crop_px, args["focus"]))
    size = tuple(args["size_px"])
    copy = kept if kept.size == size else kept.resize(size, Image.Resampling.LANCZOS)
    most = int(args["max_size_bytes"] * _ROOM)
    data = next((data for data in _encodings(copy, args["to_mime"]) if len(data) <= most), None)
    if data is None:
        raise MediaError(f"{name} cannot be made small enough. Choose a smaller picture.")
    with replacing(Path(args["target"])) as part:
        part.write_bytes(data)
    report(1.0)
    return {}


def crop_box(size: tuple[int, int], crop_px: tuple[int, int], focus: float) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the part that is kept, in pixels."""
    left, top = (round((side - kept) * focus) for side, kept in zip(size, crop_px, strict=True))
    return left, top, left + crop_px[0], top + crop_px[1]


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """Return a picture in RGB, or RGBA where it is see-through; its colour profile stays where it is one of RGB."""
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    if image.mode.startswith("I"):  # 16 bits a sample: convert() would clip all but the darkest to white.
        image = image.point(lambda value: value / 256).convert("L")
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.info = {"icc_profile": profile} if profile else {}
    return plain


def _encodings(picture: Image.Image, mime: str) -> Iterator[bytes]:
    """Yield the bytes of a picture, each smaller than those before."""
    profile = picture.info.get("icc_profile")
    if mime == "image/png":
        yield _encode(picture, "PNG", icc_profile=profile, compress_level=6)
    elif mime == "image/webp":
        yield _encode(picture, "WEBP", icc_profile=profile, quality=92, method=4)
    opaque = _on_white(picture)
    for quality in _QUALITIES:
        yield _encode(opaque, "JPEG", icc_profile=profile, quality=quality, subsampling=0 if quality > 90 else 2)


def _encode(picture: Image.Image, form: str, **options: Any) -> bytes:
    with io.BytesIO() as file:
        picture.save(file, form, **options)
        return file.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")
