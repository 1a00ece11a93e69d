"""Where a saved video is not what was asked for (B15). It is kept and shown all the same: a flag, never an error."""

from __future__ import annotations

import re

from seedance_ui.domain.job import SavedVideo
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest

MAX_LENGTH_OFF_S = 0.6
"""A video may be so much longer or shorter than asked for, in seconds: models end with a whole group of frames."""

MAX_LENGTH_OFF = 0.1
"""The same as a part of the length that was asked for; the larger of the two counts."""

MAX_SHAPE_OFF = 0.03
"""How far width / height may be off, as a part of it: models round to whole blocks, and 864 × 496 is their 16:9."""

_RATIO = re.compile(r"([1-9]\d*):([1-9]\d*)")


def find_deviation(request: GenerationRequest, video: SavedVideo) -> str | None:
    """Return in a few words how a video differs from what was asked for.

    Args:
        request: What was asked for. Auto duration, and a ratio without numbers, leave the choice to the provider.
        video: What was measured; a length that the file does not say is no difference.

    Returns:
        "5 s instead of 8 s"; None where length and shape are as they should be.
    """
    return ", ".join(part for part in (_length(request, video), _shape(request, video)) if part) or None


def _length(request: GenerationRequest, video: SavedVideo) -> str | None:
    asked_s, saved_s = request.duration_s, video.duration_s
    if asked_s == AUTO_DURATION_S or saved_s is None:
        return None
    if abs(saved_s - asked_s) <= max(MAX_LENGTH_OFF_S, MAX_LENGTH_OFF * asked_s):
        return None
    return f"{round(saved_s, 1):g}\u00a0s instead of {asked_s}\u00a0s"


def _shape(request: GenerationRequest, video: SavedVideo) -> str | None:
    ratio = _RATIO.fullmatch(request.aspect_ratio)
    if ratio is None:
        return None
    # Both sides of "width / height is asked / 1" times both heights.
    across, asked = video.width_px * int(ratio[2]), video.height_px * int(ratio[1])
    if abs(across - asked) <= MAX_SHAPE_OFF * asked:
        return None
    return f"{video.width_px}\u00a0×\u00a0{video.height_px} instead of {request.aspect_ratio}"
