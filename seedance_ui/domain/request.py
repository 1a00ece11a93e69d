"""What a person asks for, in no provider's words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from seedance_ui.domain.media import MediaKind, Reference, identity, reference_from_json
from seedance_ui.domain.mentions import tag

AUTO_DURATION_S = 0
"""The value of `GenerationRequest.duration_s` that leaves the length to the provider."""


class Mode(str, Enum):
    """What a video starts from: the three tabs. They exclude each other at every provider."""

    TEXT = "text"
    FRAMES = "frames"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One immutable request: the price, the checks, the code export and the POST all read this object.

    Values that come from outside are not believed: `validation.check_request` also checks the types,
    so a handler may put in whatever the page or a client sent.
    """

    provider: str
    """A key of `PROVIDERS`."""
    mode: Mode
    prompt: str
    """With canonical tags (`@Image1`, `@Video1`, `@Audio1`)."""
    duration_s: int = 8
    """Whole seconds, or `AUTO_DURATION_S`."""
    resolution: str = "720p"
    aspect_ratio: str = "16:9"
    """Width to height, or "adaptive" where a model offers it."""
    generate_audio: bool = True
    seed: int | None = None
    """None lets the provider draw one."""
    first_frame: Reference | None = None
    last_frame: Reference | None = None
    images: tuple[Reference, ...] = ()
    """In the order of their tags: the first is `@Image1`."""
    videos: tuple[Reference, ...] = ()
    audios: tuple[Reference, ...] = ()

    @property
    def frames(self) -> tuple[Reference, ...]:
        """The frames that are set, first before last."""
        return tuple(frame for frame in (self.first_frame, self.last_frame) if frame is not None)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Images, then videos, then audio."""
        return self.images + self.videos + self.audios

    @property
    def media(self) -> tuple[Reference, ...]:
        """Every file and link of the request."""
        return self.frames + self.references

    def placed_media(self) -> Iterator[tuple[str, Reference]]:
        """Yield every file and link with its place: `first_frame`, `last_frame`, or its tag in the prompt."""
        if self.first_frame is not None:
            yield "first_frame", self.first_frame
        if self.last_frame is not None:
            yield "last_frame", self.last_frame
        lists = ((MediaKind.IMAGE, self.images), (MediaKind.VIDEO, self.videos), (MediaKind.AUDIO, self.audios))
        for kind, references in lists:
            yield from ((tag(kind, number), reference) for number, reference in enumerate(references, start=1))

    def reference_counts(self) -> dict[MediaKind, int]:
        """Return how many references of each kind there are."""
        return {
            MediaKind.IMAGE: len(self.images),
            MediaKind.VIDEO: len(self.videos),
            MediaKind.AUDIO: len(self.audios),
        }

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, from which `from_json` makes an equal object."""
        return {
            "provider": self.provider,
            "mode": self.mode.value,
            "prompt": self.prompt,
            "duration_s": self.duration_s,
            "resolution": self.resolution,
            "aspect_ratio": self.aspect_ratio,
            "generate_audio": self.generate_audio,
            "seed": self.seed,
            "first_frame": self.first_frame.to_json() if self.first_frame else None,
            "last_frame": self.last_frame.to_json() if self.last_frame else None,
            "images": [file.to_json() for file in self.images],
            "videos": [file.to_json() for file in self.videos],
            "audios": [file.to_json() for file in self.audios],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> GenerationRequest:
        """Rebuild what `to_json` returned."""
        frames = {
            slot: reference_from_json(data[slot]) if data[slot] else None for slot in ("first_frame", "last_frame")
        }
        lists = {
            kind: tuple(reference_from_json(item) for item in data[kind]) for kind in ("images", "videos", "audios")
        }
        return cls(**{**data, **frames, **lists, "mode": Mode(data["mode"])})

    def fingerprint(self) -> str:
        """Return a SHA-256 (hex) of everything that changes the video; paths and names do not."""
        data = self.to_json()
        data["first_frame"] = self.first_frame and identity(self.first_frame)
        data["last_frame"] = self.last_frame and identity(self.last_frame)
        for kind, references in (("images", self.images), ("videos", self.videos), ("audios", self.audios)):
            data[kind] = [identity(reference) for reference in references]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
