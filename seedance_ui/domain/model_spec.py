"""What one model can do at one provider, as data. The page, the checks and the README table read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from seedance_ui.domain.media import MediaKind
from seedance_ui.domain.request import Mode

MAX_SEED = 4_294_967_295
"""The largest seed. Source: Scenario's API page of the model, 2026-11-20 (C)."""

ASPECT_RATIOS = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
"""Width to height. Source: both providers' API pages, 2026-11-20 (C)."""

ADAPTIVE = "adaptive"
"""The aspect ratio that the provider takes from the prompt or the media."""

OUTPUT_PX: Mapping[tuple[str, str], tuple[int, int]] = MappingProxyType(
    {
        ("480p", "16:9"): (864, 496),
        ("480p", "4:3"): (752, 560),
        ("480p", "1:1"): (640, 640),
        ("480p", "3:4"): (560, 752),
        ("480p", "9:16"): (496, 864),
        ("480p", "21:9"): (992, 432),
        ("720p", "16:9"): (1280, 720),
        ("720p", "4:3"): (1112, 834),
        ("720p", "1:1"): (960, 960),
        ("720p", "3:4"): (834, 1112),
        ("720p", "9:16"): (720, 1280),
        ("720p", "21:9"): (1470, 630),
    }
)
"""(resolution, ratio) to width × height in pixels.

Source: ComfyUI's ByteDance nodes and copies of ByteDance's parameter pages, collected 2026-11-20 (C, C*).
"""

FPS = 24
"""Frames a second of every video that the model makes. Source: as `OUTPUT_PX` (C)."""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What may go in. Source unless said otherwise: copies of ByteDance's pages, October 2026 (C*)."""

    max_count: Mapping[MediaKind, int] = field(
        default_factory=lambda: MappingProxyType({MediaKind.IMAGE: 9, MediaKind.VIDEO: 3, MediaKind.AUDIO: 3})
    )
    """References of each kind. Source: both providers' API pages, 2026-11-20 (C)."""
    mimes: Mapping[MediaKind, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType(
            {
                MediaKind.IMAGE: ("image/jpeg", "image/png", "image/webp"),
                MediaKind.VIDEO: ("video/mp4", "video/quicktime"),
                MediaKind.AUDIO: ("audio/mpeg", "audio/wav"),
            }
        )
    )
    max_size_bytes: Mapping[MediaKind, int] = field(
        default_factory=lambda: MappingProxyType(
            {MediaKind.IMAGE: 30_000_000, MediaKind.VIDEO: 200_000_000, MediaKind.AUDIO: 15_000_000}
        )
    )
    warn_size_bytes: Mapping[MediaKind, int] = field(
        default_factory=lambda: MappingProxyType({MediaKind.VIDEO: 50_000_000})
    )
    """Above this an older limit stood: a note, not a refusal."""
    min_side_px: int = 300
    max_side_px: int = 6000
    min_aspect: float = 0.4
    """Width / height."""
    max_aspect: float = 2.5
    """Width / height."""
    min_clip_s: float = 1.8
    """Each video and audio file; 2 s by the page, 1.8 s accepted by BytePlus's own nodes (C)."""
    max_clip_s: float = 15.2
    """Each video and audio file; 15 s by the page, 15.2 s accepted by BytePlus's own nodes (C)."""
    max_total_s: float = 15.2
    """All videos together, and all audio together."""
    video_area_px: tuple[int, int] | None = None
    """Smallest and largest width × height of a reference video; None where the provider does not say."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model at one provider."""

    provider: str
    """A key of `PROVIDERS`."""
    provider_label: str
    """As it stands in messages: "AIML API"."""
    model: str
    """The provider's own name of the model."""
    modes: tuple[Mode, ...] = (Mode.TEXT, Mode.FRAMES, Mode.REFERENCES)
    min_duration_s: int = 4
    max_duration_s: int = 15
    auto_duration: bool = False
    """Whether the provider can choose the length itself."""
    resolutions: tuple[str, ...] = ("480p", "720p")
    """The lowest first."""
    aspect_ratios: tuple[str, ...] = ASPECT_RATIOS
    max_seed: int = MAX_SEED
    max_prompt_chars: int = 6000
    prompt_optional_modes: tuple[Mode, ...] = ()
    """Where the media alone are enough."""
    tag_style: Literal["@Image1", "@image1"] = "@Image1"
    """How the provider wants a reference named in the prompt."""
    takes_links: bool = False
    """Whether a reference may be an https link that the provider fetches itself."""
    takes_local_videos: bool = True
    """False where a video can only go as a link, and this installation cannot hand one out."""
    limits: MediaLimits = field(default_factory=MediaLimits)
    jobs_at_once: int = 16
    """How many of our jobs run there at the same time; the rest wait here."""
    poll_after_s: float = 5.0
    """The least time between two questions about one job."""
    questions_per_s: float | None = 2.0
    """How often we ask there about all our jobs together; 2 where the provider does not say. None: as often as due."""
    retention_s: int = 24 * 3600
    """How long a finished video can be fetched; 24 h where the provider does not say."""
    can_cancel: Literal["always", "maybe", "never"] = "never"
    """Whether a job that was sent can be stopped."""

    def default_resolution(self) -> str:
        """Return the one the page starts with."""
        return "720p" if "720p" in self.resolutions else self.resolutions[0]

    def lowest_resolution(self) -> str:
        """Return the one of a draft."""
        return self.resolutions[0]

    def default_aspect_ratio(self, mode: Mode) -> str:
        """Return the one the page starts with; a first frame brings its own shape where that is offered."""
        if mode is Mode.FRAMES and ADAPTIVE in self.aspect_ratios:
            return ADAPTIVE
        return "16:9" if "16:9" in self.aspect_ratios else self.aspect_ratios[0]

    def output_px(self, resolution: str, aspect_ratio: str) -> tuple[int, int] | None:
        """Return the video's width × height in pixels; None where the provider decides (adaptive)."""
        return OUTPUT_PX.get((resolution, aspect_ratio))
