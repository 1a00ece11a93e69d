"""Whether first frame, last frame and video have one shape. Ratios are width / height."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seedance_ui.domain.media import MediaFile, Reference
from seedance_ui.domain.model_spec import ADAPTIVE, ASPECT_RATIOS
from seedance_ui.domain.request import GenerationRequest, Mode

TOLERANCE = 0.03
"""A difference that nobody sees. 864 × 496, what the model makes of 16:9 at 480p, is 2 % from it."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A frame that has another shape than what it goes with."""

    ratio: float
    """What it should have."""
    text: str
    """The end of a sentence that names the frame."""


def find_misfits(request: GenerationRequest) -> Mapping[str, Misfit]:
    """Return each frame, by its field, whose shape is not that of the video or, if this is free, of the first one."""
    if request.mode is not Mode.FRAMES:
        return {}
    first, last = _ratio(request.first_frame), _ratio(request.last_frame)
    chosen = _chosen_ratio(request.aspect_ratio)
    found: dict[str, Misfit] = {}
    if chosen:
        video = f"the video is {request.aspect_ratio}"
        if first and not _is_alike(first, chosen):
            found["first_frame"] = Misfit(chosen, _text(request.first_frame, video))
        if last and not _is_alike(last, chosen):
            found["last_frame"] = Misfit(chosen, _text(request.last_frame, video))
    elif first and last and not _is_alike(last, first):
        found["last_frame"] = Misfit(first, _text(request.last_frame, f"the first is {_size(request.first_frame)}"))
    return found


def _chosen_ratio(aspect_ratio: object) -> float | None:
    """Return the ratio of the video; None where the provider chooses it, or the setting is none."""
    if aspect_ratio == ADAPTIVE or aspect_ratio not in ASPECT_RATIOS:
        return None
    width, _, height = str(aspect_ratio).partition(":")
    return int(width) / int(height)


def _ratio(frame: Reference | None) -> float | None:
    """Return the ratio of a frame that was measured."""
    if isinstance(frame, MediaFile) and frame.width_px and frame.height_px:
        return frame.width_px / frame.height_px
    return None


def _is_alike(ratio: float, other: float) -> bool:
    return abs(ratio / other - 1) <= TOLERANCE


def _text(frame: Reference | None, other: str) -> str:
    return f"is {_size(frame)} pixels, but {other}. Part of it may be cut off."


def _size(frame: Reference | None) -> str:
    return f"{frame.width_px}\u00a0×\u00a0{frame.height_px}" if isinstance(frame, MediaFile) else ""
