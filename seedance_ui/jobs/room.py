"""B12: a paid video is only ordered where there is room to save it. Sizes in bytes.

Where room runs out, files go that people uploaded and that no job may still need. A video never goes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from seedance_ui.domain.job import OPEN_STATES, RESTING_STATES, JobState
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.sizes import expected_bytes
from seedance_ui.errors import StoreError
from seedance_ui.jobs.store import Store
from seedance_ui.media.intake import Intake

log = logging.getLogger(__name__)

MIN_FREE_BYTES_PAID = 1_000_000_000
"""Below this much free disk a paid video might not be saved, so that none is ordered."""

MIN_FREE_BYTES = 100_000_000
"""Below this much free disk nothing new is started."""

SPARE = 2
"""How many times the expected size of all paid videos that are still to come must be free."""

IMPORT_COPIES = 3
"""How many times a zip is on the disk while it is imported: itself, its files, and those cleaned."""

_STILL_TO_COME = OPEN_STATES | {JobState.NEEDS_KEY}


@dataclass(frozen=True, slots=True)
class Room:
    """The free disk of one installation; the calls block for a moment."""

    store: Store
    intake: Intake
    data_dir: Path
    free_bytes: Callable[[Path], int]
    """How much room a path's disk has left."""
    paid_providers: Collection[str]
    """Whose videos cost money."""

    def check_jobs(self, requests: Sequence[GenerationRequest]) -> None:
        """Let jobs of one provider begin, or say why not.

        Raises:
            StoreError: There is no room for their videos.
        """
        needed_bytes = MIN_FREE_BYTES
        if requests[0].provider in self.paid_providers:
            needed_bytes = self._kept_for_paid(requests)
        self._check(needed_bytes)

    def check_file(self) -> None:
        """Let a new file be kept, or say why not.

        Raises:
            StoreError: There is no room for it.
        """
        self._check(MIN_FREE_BYTES)

    def check_import(self, size_bytes: int) -> None:
        """Let a zip of that size be taken apart here, beside the room that paid videos need, or say why not.

        Raises:
            StoreError: There is no room for it.
        """
        needed_bytes = self._kept_for_paid() + IMPORT_COPIES * size_bytes
        free_bytes = self._free_bytes(needed_bytes)
        if free_bytes < needed_bytes:
            raise StoreError(
                f"The disk has {free_bytes // 1_000_000} MB left; {needed_bytes // 1_000_000} MB are needed to import "
                "this run and to save every video that is still to come. Nothing was imported. Free some space."
            )

    def _kept_for_paid(self, more: Sequence[GenerationRequest] = ()) -> int:
        """Return how many bytes stay free for the paid videos that are still to come, and for these."""
        known = self.store.requests_in(_STILL_TO_COME, self.paid_providers, leaves_out_unreadable=True)
        return max(MIN_FREE_BYTES_PAID, SPARE * expected_bytes([*known, *more]))

    def _check(self, needed_bytes: int) -> None:
        free_bytes = self._free_bytes(needed_bytes)
        if free_bytes < needed_bytes:
            raise StoreError(
                f"The disk has {free_bytes // 1_000_000} MB left; {needed_bytes // 1_000_000} MB are needed to save "
                "a video safely. Nothing was started, nothing was charged; what exists stays. Free some space."
            )

    def _free_bytes(self, needed_bytes: int) -> int:
        """Return how much room there is, once uploads went where it is less than what is needed."""
        free_bytes = self.free_bytes(self.data_dir)
        if free_bytes < needed_bytes and self.make_room():
            return self.free_bytes(self.data_dir)
        return free_bytes

    def make_room(self) -> int:
        """Remove uploads that nobody needs, and return how many bytes that freed; whatever breaks is logged."""
        try:
            needed = self.store.requests_in(OPEN_STATES | RESTING_STATES)
            kept = {file.path.name for request in needed for file in request.media if isinstance(file, MediaFile)}
            freed_bytes = self.intake.purge(kept)
        except (OSError, StoreError) as exc:
            log.error("No room could be made on the disk: %s", exc)
            return 0
        log.warning("The disk is nearly full: %d MB of uploads were removed", freed_bytes // 1_000_000)
        return freed_bytes
