"""What goes into a video: a checked file on disk, or a link. All sizes are in bytes, all lengths in seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any


class MediaKind(str, Enum):
    """What a file is, decided by its content."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file whose content was sniffed and measured; images as width × height in pixels."""

    path: Path
    """Where the bytes are; in the data directory once the file was taken in."""
    kind: MediaKind
    mime: str
    """By content: image/jpeg, image/png, image/webp, video/mp4, video/quicktime, audio/mpeg, audio/wav."""
    size_bytes: int
    sha256: str
    """Hex digest of the bytes at `path`."""
    name: str
    """The name the person's file had; for display only, never a path."""
    width_px: int | None = None
    """After orientation was applied; None for audio."""
    height_px: int | None = None
    """After orientation was applied; None for audio."""
    duration_s: float | None = None
    """None for images."""
    fps: float | None = None
    """Frames a second; None for images and audio."""
    codecs: tuple[str, ...] = ()
    """Names as FFmpeg gives them, video before audio; empty for images."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, from which `from_json` makes an equal object."""
        return {**asdict(self), "path": str(self.path), "kind": self.kind.value, "codecs": list(self.codecs)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> MediaFile:
        """Rebuild what `to_json` returned."""
        return cls(
            **{
                **data,
                "path": Path(data["path"]),
                "kind": MediaKind(data["kind"]),
                "codecs": tuple(data["codecs"]),
            }
        )


@dataclass(frozen=True, slots=True)
class MediaLink:
    """A reference that a person gave as a link: the provider fetches it, we never do, so that nothing is measured."""

    url: str
    """https; checked in form only."""
    kind: MediaKind
    """What the person says it is."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, from which `from_json` makes an equal object."""
        return {"url": self.url, "kind": self.kind.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> MediaLink:
        """Rebuild what `to_json` returned."""
        return cls(url=data["url"], kind=MediaKind(data["kind"]))


Reference = MediaFile | MediaLink
"""What a tag of the prompt can stand for."""


def reference_from_json(data: dict[str, Any]) -> Reference:
    """Rebuild a file or a link from what its `to_json` returned."""
    return MediaLink.from_json(data) if "url" in data else MediaFile.from_json(data)


def identity(reference: Reference) -> str:
    """Return what makes two references the same to a provider: the content of a file, the address of a link."""
    return reference.url if isinstance(reference, MediaLink) else reference.sha256
