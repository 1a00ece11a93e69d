"""A copy of the job database each day, made while jobs run. SQLite only: PostgreSQL's own tools make its backups.

Nothing here throws: a backup that cannot be made is logged, and is tried again later. A backup is never half of one,
and it never sends anything: what was waiting in it may have been sent since.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from seedance_ui.domain.job import CANCELLABLE_HERE, JobState, Phase
from seedance_ui.errors import StoreError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.damage import connect_to_read, find_damage
from seedance_ui.jobs.schema import jobs
from seedance_ui.jobs.store import Store
from seedance_ui.media.disk import sync

log = logging.getLogger(__name__)

KEPT = 7
"""How many backups stay."""

SPARED_BYTES = 1_000_000_000
"""Free disk that a backup leaves to the videos that are being saved."""

_NAME = re.compile(r"jobs-[0-9]{4}-[0-9]{2}-[0-9]{2}\.sqlite3")
_PART = "jobs.part"


class Backups:
    """The folder of backups of one database; calls block."""

    def __init__(
        self,
        database: Path,
        directory: Path,
        *,
        now: Callable[[], datetime],
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """Touch nothing.

        Args:
            database: The SQLite file.
            directory: Where backups go; made with the first one.
            now: The time for records; its UTC day names a backup.
            free_bytes: How much room a path's disk has left.
        """
        self.directory = directory
        self._database = database
        self._now = now
        self._free_bytes = free_bytes
        self._copying: sqlite3.Connection | None = None
        self._is_stopped = False

    def make_if_due(self) -> Path | None:
        """Make today's backup where it is missing and there are jobs; return it where it was made."""
        target = self.directory / f"jobs-{self._now():%Y-%m-%d}.sqlite3"
        try:
            if self._is_stopped or target.exists() or not self._has_jobs():
                return None
            self._make(target)
            self._remove_oldest(spare=target)
        except (OSError, sqlite3.Error, StoreError) as exc:
            level = logging.INFO if self._is_stopped else logging.ERROR
            log.log(level, "No backup of the job database was made: %s", exc)
            return None
        log.info("The job database was backed up to %s", target)
        return target

    def stop(self) -> None:
        """Give up a copy that is being made, and begin no other; may come from any thread."""
        self._is_stopped = True
        copying = self._copying
        if copying is not None:
            with suppress(sqlite3.ProgrammingError):  # it ended in this moment
                copying.interrupt()

    def newest(self) -> Path | None:
        """Return the newest backup that is whole; None where there is none."""
        return next((path for path in self._newest_first() if find_damage(path) is None), None)

    def _newest_first(self) -> list[Path]:
        """By name: the time of a file changes when a person copies it."""
        named = (path for path in self.directory.glob("jobs-*.sqlite3") if _NAME.fullmatch(path.name))
        return sorted(named, key=lambda path: path.name, reverse=True)

    def _has_jobs(self) -> bool:
        with closing(connect_to_read(self._database)) as db:
            return db.execute("SELECT 1 FROM jobs LIMIT 1").fetchone() is not None

    def _make(self, target: Path) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.directory / _PART
        self._remove_part()
        self._check_room()
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._copy(part)
            _hold_back_unsent(part, self._now)
            if (damage := find_damage(part)) is not None:
                raise StoreError(f"the copy is damaged: {damage}.")
            sync(part)
            os.replace(part, target)
            sync(self.directory)
        finally:
            self._remove_part()

    def _check_room(self) -> None:
        free_bytes, size_bytes = self._free_bytes(self.directory), self._database.stat().st_size
        # Twice: the copy, and what SQLite writes beside it.
        if free_bytes < SPARED_BYTES + 2 * size_bytes:
            raise StoreError(f"the disk has {free_bytes // 1_000_000} MB left, and videos come first.")

    def _copy(self, part: Path) -> None:
        """Copy what is committed; in WAL mode nobody waits for this, and this waits for nobody."""
        with closing(connect_to_read(self._database)) as db:
            self._copying = db
            try:
                if not self._is_stopped:
                    db.execute("VACUUM INTO ?", (str(part),))
            finally:
                self._copying = None
        if self._is_stopped:
            raise StoreError("the app stops.")

    def _remove_part(self) -> None:
        """Remove what a crash left, too."""
        for left in self.directory.glob(f"{_PART}*"):
            left.unlink(missing_ok=True)

    def _remove_oldest(self, *, spare: Path) -> None:
        """Keep the newest by name; a backup of a clock that was set back stays until the next one."""
        for path in self._newest_first()[KEPT:]:
            if path != spare:
                path.unlink(missing_ok=True)


def _hold_back_unsent(database: Path, now: Callable[[], datetime]) -> None:
    """Leave no job in a copy that would be sent by it: the original sends them, and A5 counts charges, not files.

    They go to `submitting`, from where nothing is sent: who starts from this copy asks the provider, then a person.
    """
    store = Store(f"sqlite:///{database.as_posix()}", now=now, bell=Bell())
    unsent = select(jobs).where(
        jobs.c.state.in_([state.value for state in CANCELLABLE_HERE]), jobs.c.remote_id.is_(None)
    )
    try:
        with store.engine.connect() as db:
            rows = db.execute(unsent).mappings().all()
        # What another version wrote cannot be sent by anybody, and must not stand in the way of a backup.
        for job in store.readable_of(rows):
            store.move(
                job,
                state=JobState.SUBMITTING,
                phase=Phase.SENDING,
                message="This job comes from a backup; it may have been sent since",
            )
    finally:
        store.close()
    # One file, without a journal beside it.
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
