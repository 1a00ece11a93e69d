"""What must hold before a new job may begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seedance_ui.domain.job import JobState
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.errors import PausedError, ReadOnlyError, StoreError
from seedance_ui.jobs.room import Room
from seedance_ui.jobs.store import Store

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
    room: Room
    damage: str | None = None
    """What a person is told where the database is damaged (B13)."""

    def check_jobs(self, requests: Sequence[GenerationRequest], *, is_paid: bool) -> None:
        """Let the jobs of one click begin, or say why not.

        Raises:
            ReadOnlyError: The database is damaged (B13).
            PausedError: The owner lets no new paid jobs begin (C11).
            StoreError: The disk is full, or the line is.
        """
        self._check_damage()
        if is_paid and (self.is_paused or (self.data_dir / PAUSE_FILE).exists()):
            raise PausedError("The owner has paused new paid jobs; running ones go on. Nothing was sent.")
        self.room.check_jobs(requests)
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
        self.room.check_file()

    def check_import(self, size_bytes: int) -> None:
        """Let a zip of that size be imported, or say why not.

        Raises:
            ReadOnlyError: The database is damaged (B13).
            StoreError: There is no room for it.
        """
        self._check_damage()
        self.room.check_import(size_bytes)

    def _check_damage(self) -> None:
        if self.damage is not None:
            raise ReadOnlyError(self.damage)
