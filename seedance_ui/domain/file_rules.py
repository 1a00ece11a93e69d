"""The rules for one file or link; `validation.check_request` is the only one who asks for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference
from seedance_ui.domain.model_spec import ModelSpec

MAX_LINK_CHARS = 2048
"""A longer link is refused; no provider documents a limit, and browsers and proxies begin to cut here."""

_LINK_EXAMPLES = {
    MediaKind.IMAGE: "https://example.com/file.jpg",
    MediaKind.VIDEO: "https://example.com/file.mp4",
    MediaKind.AUDIO: "https://example.com/file.mp3",
}

_FORMATS = {MediaKind.IMAGE: "JPEG, PNG or WebP", MediaKind.VIDEO: "MP4 or MOV", MediaKind.AUDIO: "MP3 or WAV"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a file or a link."""

    text: str
    """The end of a sentence that names the file."""
    severity: Literal["problem", "warning"] = "problem"
    is_in_file: bool = True
    """Whether a copy of the file could be without it."""


def check_reference(reference: Reference, kind: MediaKind, spec: ModelSpec) -> Iterator[Flaw]:
    """Yield what is wrong with one reference in a slot for `kind`."""
    if isinstance(reference, MediaLink):
        yield from check_link(reference, kind, spec)
        return
    if kind is MediaKind.VIDEO and reference.kind is kind and not spec.takes_local_videos:
        yield Flaw(
            f"is a file on this machine, and {spec.provider_label} takes videos only by link. Paste an https link "
            "to it, or set SEEDANCE_PUBLIC_URL so that it can be fetched from here.",
            is_in_file=False,
        )
    yield from check_file(reference, kind, spec)


def check_file(file: MediaFile, kind: MediaKind, spec: ModelSpec) -> Iterator[Flaw]:
    """Yield what is wrong with what one file in a slot for `kind` holds."""
    limits = spec.limits
    if file.kind is not kind or file.mime not in limits.mimes[kind]:
        yield Flaw(f"is {file.mime}. {spec.provider_label} takes {_FORMATS[kind]} here.")
        return
    if file.size_bytes > limits.max_size_bytes[kind]:
        yield Flaw(f"has {_mb(file.size_bytes)}; the most is {_mb(limits.max_size_bytes[kind])}.")
    elif file.size_bytes > limits.warn_size_bytes.get(kind, file.size_bytes):
        most = _mb(limits.warn_size_bytes[kind])
        yield Flaw(f"has {_mb(file.size_bytes)}; more than {most} may be refused.", severity="warning")
    if file.width_px is not None and file.height_px is not None:
        yield from check_pixels(file.width_px, file.height_px, kind, spec)
    if file.duration_s is not None and not limits.min_clip_s <= file.duration_s <= limits.max_clip_s:
        yield Flaw(f"lasts {file.duration_s:.1f} s; it must last 2–15 s.")


def check_link(link: MediaLink, kind: MediaKind, spec: ModelSpec) -> Iterator[Flaw]:
    """Yield what is wrong with a link in a slot for `kind`; its form only, since we never fetch it."""
    if not spec.takes_links:
        yield Flaw(f"is a link. {spec.provider_label} takes only files here. Add the file itself.")
    elif link.kind is not kind or not _is_https_link(link.url):
        yield Flaw(f"is no link that can be used. It must look like {_LINK_EXAMPLES[kind]}.")


def _is_https_link(url: str) -> bool:
    """True for a link without surprises: https, a host name, no user name, no white space, not endless."""
    try:
        parts = urlsplit(url)
        named = "." in (parts.hostname or "") and parts.port in (None, 443)
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and named
        and "@" not in parts.netloc
        and url.isascii()
        and url.isprintable()
        and (" " not in url and len(url) <= MAX_LINK_CHARS)
    )


def check_pixels(width_px: int, height_px: int, kind: MediaKind, spec: ModelSpec) -> Iterator[Flaw]:
    """Yield what is wrong with the size of a picture."""
    limits = spec.limits
    size = f"{width_px}\u00a0×\u00a0{height_px}"
    if min(width_px, height_px) < limits.min_side_px or max(width_px, height_px) > limits.max_side_px:
        yield Flaw(f"is {size} pixels; each side must be {limits.min_side_px}–{limits.max_side_px}.")
    if not limits.min_aspect * height_px <= width_px <= limits.max_aspect * height_px:
        yield Flaw(f"is {size} pixels; it is too {'wide' if width_px > height_px else 'tall'} (at most 5:2).")
    if kind is MediaKind.VIDEO and limits.video_area_px is not None:
        least, most = limits.video_area_px
        area, label = width_px * height_px, spec.provider_label
        if area > most:
            yield Flaw(f"is {size} pixels, too large for {label}. The most is about 1280\u00a0×\u00a0720.")
        elif area < least:
            yield Flaw(f"is {size} pixels, too small for {label}. The least is about 640\u00a0×\u00a0640.")


def _mb(size_bytes: int) -> str:
    """Return megabytes, rounded up, so that a file over a limit never reads as being at it."""
    return f"{math.ceil(size_bytes / 100_000) / 10:g} MB"
