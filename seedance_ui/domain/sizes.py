"""How much a video takes: at the most, and guessed high before it is made, so that it can be saved. Sizes in bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from seedance_ui.domain.request import GenerationRequest

MAX_VIDEO_BYTES = 500_000_000
"""E6: more is fetched of no video, and taken of none that comes in from elsewhere."""

BYTES_PER_S: Mapping[str, int] = MappingProxyType({"480p": 1_250_000, "720p": 2_500_000})
"""The most that a second of video takes: 10 and 20 Mbit/s.

No provider publishes its rate. 20 Mbit/s is four times what streaming services give 720p at 24 frames a second, and
there is room in it for sound (0.3 Mbit/s).
"""

LONGEST_S = 15
"""What Auto may come to. Source: both providers' API pages, 2026-11-20 (C)."""


def expected_bytes(requests: Iterable[GenerationRequest]) -> int:
    """Return how much the videos of these requests will take together, at the most."""
    return sum(_expected_bytes(request) for request in requests)


def _expected_bytes(request: GenerationRequest) -> int:
    rate = BYTES_PER_S.get(request.resolution, max(BYTES_PER_S.values()))
    return rate * (request.duration_s if request.duration_s > 0 else LONGEST_S)
