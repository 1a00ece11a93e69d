"""Values that tests need again and again: checked files that pass every rule, and requests made of them.

Nothing here exists on disk: whoever needs bytes makes them.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.model_spec import ADAPTIVE, ASPECT_RATIOS, MediaLimits, ModelSpec
from seedance_ui.domain.request import GenerationRequest, Mode

STRICT = ModelSpec(
    provider="strict",
    provider_label="Strict Video",
    model="strict-1",
    limits=MediaLimits(video_area_px=(409_600, 927_408)),
)
"""Like AIML API: a prompt always, no Auto, no adaptive, and videos within an area."""

LENIENT = ModelSpec(
    provider="lenient",
    provider_label="Lenient Video",
    model="lenient-1",
    auto_duration=True,
    aspect_ratios=(ADAPTIVE, *ASPECT_RATIOS),
    prompt_optional_modes=(Mode.FRAMES, Mode.REFERENCES),
    tag_style="@image1",
)
"""Like Scenario: the media alone are enough, the provider may choose length and shape."""


def image(name: str = "picture.png", **changes: Any) -> MediaFile:
    """Return an image of 1280 × 720 pixels and 1 MB; its content follows from its name."""
    file = MediaFile(
        path=Path("uploads") / name,
        kind=MediaKind.IMAGE,
        mime="image/png",
        size_bytes=1_000_000,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        name=name,
        width_px=1280,
        height_px=720,
    )
    return replace(file, **changes)


def video(name: str = "clip.mp4", **changes: Any) -> MediaFile:
    """Return a video of 5 s, 960 × 720 pixels and 5 MB."""
    file = MediaFile(
        path=Path("uploads") / name,
        kind=MediaKind.VIDEO,
        mime="video/mp4",
        size_bytes=5_000_000,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        name=name,
        width_px=960,
        height_px=720,
        duration_s=5.0,
        fps=24.0,
        codecs=("h264", "aac"),
    )
    return replace(file, **changes)


def audio(name: str = "voice.mp3", **changes: Any) -> MediaFile:
    """Return a sound of 5 s and 200 kB."""
    file = MediaFile(
        path=Path("uploads") / name,
        kind=MediaKind.AUDIO,
        mime="audio/mpeg",
        size_bytes=200_000,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        name=name,
        duration_s=5.0,
        codecs=("mp3",),
    )
    return replace(file, **changes)


def text_request(**changes: Any) -> GenerationRequest:
    """Return a request of words alone that passes every rule."""
    return replace(GenerationRequest(provider="strict", mode=Mode.TEXT, prompt="A tram in the rain"), **changes)


def frames_request(**changes: Any) -> GenerationRequest:
    """Return a request with a first frame that passes every rule."""
    return text_request(**{"mode": Mode.FRAMES, "first_frame": image("first.png"), **changes})


def references_request(**changes: Any) -> GenerationRequest:
    """Return a request with one image that passes every rule."""
    return text_request(**{"mode": Mode.REFERENCES, "images": (image("one.png"),), **changes})
