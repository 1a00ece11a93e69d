"""How the job database is opened: as it is, or, where it is damaged, what can be read of it (B13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from seedance_ui.jobs.backup import Backups
from seedance_ui.jobs.damage import database_file
from seedance_ui.jobs.rescue import Rescue, rescue


@dataclass(frozen=True, slots=True)
class Opening:
    """What to open, and what looks after it."""

    url: str
    """For SQLAlchemy."""
    backups: Backups | None
    """None for a server's database: its own tools make the backups; None for a damaged one as well."""
    rescue: Rescue | None
    """None for a database that is whole."""


def find_opening(
    database_url: str, backups_dir: Path, *, now: Callable[[], datetime], free_bytes: Callable[[Path], int]
) -> Opening:
    """Look at a database before it is opened; reads an SQLite file whole.

    Raises:
        StoreError: It is damaged, and the disk would take no copy.
    """
    database = database_file(database_url)
    if database is None:
        return Opening(database_url, None, None)
    backups = Backups(database, backups_dir, now=now, free_bytes=free_bytes)
    found = rescue(database, backups, now=now())
    return Opening(database_url, backups, None) if found is None else Opening(found.url, None, found)
