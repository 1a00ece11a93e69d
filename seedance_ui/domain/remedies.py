"""What one click can do about an error: the one table of it. A remedy fills the form, and never sends."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Remedy = Literal["replace", "remove", "silence", "lower", "shorten", "animatic", "keys"]
"""Choose another file for the one that was named · take it out · untick Sound · the next lower resolution · a shorter
length · the provider that is free · look at keys and limits."""

_FILE: tuple[Remedy, ...] = ("replace", "remove")
_ELSEWHERE: tuple[Remedy, ...] = ("animatic", "keys")

REMEDIES: Mapping[str, tuple[Remedy, ...]] = MappingProxyType(
    {
        "face": _FILE,
        "copyright": _FILE,
        "moderation": _FILE,
        "moderation_audio": ("silence",),
        "bad_media": _FILE,
        "render_failed": _FILE,
        "bad_request": _FILE,
        "bad_resolution": ("lower",),
        "bad_duration": ("shorten",),
        "no_credit": _ELSEWHERE,
        "no_plan": _ELSEWHERE,
        "key_refused": ("keys", "animatic"),
        "key_missing": ("animatic", "keys"),
        "paused": ("animatic",),
        "rate_limited": ("animatic",),
        "provider_down": ("animatic",),
    }
)
"""Code of an error to what can be done, best first. What does not fit the job is not offered: a file that nobody
named, a resolution that is the lowest."""

_LOWER = {"1080p": "720p", "720p": "480p"}

_COMMON_LENGTHS_S = (10, 5)
"""Lengths that every provider of Seedance has. Source: the providers' API pages, 2026-11-20 (C)."""


def lower_resolution(resolution: str) -> str | None:
    """Return the next lower resolution; None for the lowest."""
    return _LOWER.get(resolution)


def shorter_s(duration_s: int) -> int | None:
    """Return a usual length below this one, in seconds; None where there is none, or the provider chose it."""
    return next((length_s for length_s in _COMMON_LENGTHS_S if length_s < duration_s), None)
