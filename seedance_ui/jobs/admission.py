"""What must hold before a new job may begin. Sizes in bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seedance_ui.domain.job import JobState
from seedance_ui.errors import PausedError, ReadOnlyError, StoreError
from seedance_ui.jobs.store import Store

MIN_FREE_BYTES_PAID = 1_000_000_000
"""B12: below this much free disk a paid video might not be saved, so that none is ordered."""

MIN_FREE_BYTES = 100_000_000
"""Below this much free disk nothing new is started."""

PAUSE_FILE = "PAUSE"
"""A file of this name in the data directory refuses new paid jobs, without a restart."""

MAX_WAITING = 500
"""How many jobs may wait in line in all."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The rules of one installation; the calls block for a moment."""

    store: Store
    data_dir: Path
    is_paused: bool
    """What the settings say; the file of `PAUSE_FILE` says the same without a restart."""
    free_bytes: Callable[[Path], int]
    """How much room a path's disk has left."""
    damage: str | None = None
    """What a person is told where the database is damaged (B13)."""

    def check_job(self, *, is_paid: bool) -> None:
        """Let a new job begin, or say why not.

        Raises:
            ReadOnlyError: The database is damaged (B13).
            PausedError: The owner lets no new paid jobs begin (C11).
            StoreError: The disk is full, or the line is.
        """
        self._check_damage()
        if is_paid and (self.is_paused or (self.data_dir / PAUSE_FILE).exists()):
            raise PausedError("The owner has paused new paid jobs; running ones go on. Nothing was sent.")
        self._check_disk(MIN_FREE_BYTES_PAID if is_paid else MIN_FREE_BYTES)
        waiting = self.store.count_by_state().get(JobState.QUEUED.value, 0)
        if waiting >= MAX_WAITING:
            raise StoreError(
                f"{waiting} videos wait in line already. Nothing was sent, nothing was charged. Try later."
            )

    def check_file(self) -> None:
        """Let a new file be kept, or say why not.

        Raises:
            ReadOnlyError: The database is damaged (B13).
            StoreError: The disk is full.
        """
        self._check_damage()
        self._check_disk(MIN_FREE_BYTES)

    def _check_damage(self) -> None:
        if self.damage is not None:
            raise ReadOnlyError(self.damage)

    def _check_disk(self, needed_bytes: int) -> None:
        free_bytes = self.free_bytes(self.data_dir)
        if free_bytes < needed_bytes:
            raise StoreError(
                f"The disk has {free_bytes // 1_000_000} MB left; {needed_bytes // 1_000_000} MB are needed to save "
                "a video safely. Nothing was started, nothing was charged; what exists stays. Free some space."
            )
