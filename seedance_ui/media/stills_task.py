"""The worker's part of `stills.make_stills`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from seedance_ui.media.disk import replacing
from seedance_ui.media.frames import find_last_frame, find_useful_frame
from seedance_ui.media.mp4 import check_mp4

POSTER_WIDTH_PX = 960
_NAME = "The video"


def write_stills(args: dict[str, Any], report: Callable[[float], None]) -> dict[str, Any]:
    """Write poster and last frame.

    Args:
        args: `video`, `poster` and `last_frame`, absolute paths.
        report: Called after each of the two.

    Raises:
        MediaError: The video cannot be decoded.
    """
    video = Path(args["video"])
    duration_s = check_mp4(video, name=_NAME, is_all=True).duration_s or 0.0
    poster = find_useful_frame(video, _NAME)
    if poster.width > POSTER_WIDTH_PX:
        height_px = max(1, round(poster.height * POSTER_WIDTH_PX / poster.width))
        poster = poster.resize((POSTER_WIDTH_PX, height_px), Image.Resampling.LANCZOS)
    with replacing(Path(args["poster"])) as part:
        poster.save(part, "JPEG", quality=85, optimize=True)
    report(0.5)
    last = find_last_frame(video, _NAME, duration_s)
    with replacing(Path(args["last_frame"])) as part:
        last.save(part, "PNG")
    report(1.0)
    return {}
