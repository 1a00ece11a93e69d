"""The body of a request to Scenario; source S-PAGE of `scenario.py`."""

from __future__ import annotations

from typing import Any

from seedance_ui.domain import mentions
from seedance_ui.domain.media import Reference
from seedance_ui.domain.request import AUTO_DURATION_S, GenerationRequest
from seedance_ui.providers.base import Handles


def build_payload(request: GenerationRequest, handles: Handles) -> dict[str, Any]:
    """Return the body of the paid request. Source of the fields: S-PAGE (C).

    References are always arrays: a bare string would be dropped silently (S-SK, C).
    """
    payload: dict[str, Any] = {}
    if request.prompt.strip():
        payload["prompt"] = mentions.render(request.prompt, "@image1")
    frames = {"image": request.first_frame, "lastFrameImage": request.last_frame}
    payload |= {name: handles.of([frame])[0] for name, frame in frames.items() if frame is not None}
    payload |= {name: handles.of(references) for name, references in _reference_fields(request).items() if references}
    payload["duration"] = -1 if request.duration_s == AUTO_DURATION_S else request.duration_s
    payload["resolution"] = request.resolution
    payload["aspectRatio"] = request.aspect_ratio
    payload["generateAudio"] = request.generate_audio
    if request.seed is not None:  # the live schema of 2026-08 had none (S-SK): not sent without need
        payload["seed"] = request.seed
    return payload


def _reference_fields(request: GenerationRequest) -> dict[str, tuple[Reference, ...]]:
    return {
        "referenceImages": request.images,
        "referenceVideos": request.videos,
        "referenceAudio": request.audios,
    }
