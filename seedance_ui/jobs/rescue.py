"""B13: start from what can be read of a damaged SQLite file, without writing to it and without any job.

The damaged file stays where it is, for whoever repairs it. A copy of it is put aside under its own name, and what can
be read of that goes row by row into a file that is opened for reading only.
"""

from __future__ import annotations

import filecmp
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from seedance_ui.errors import StoreError
from seedance_ui.jobs.backup import Backups
from seedance_ui.jobs.damage import FAULTS, connect_to_read, find_damage
from seedance_ui.jobs.engine import open_engine
from seedance_ui.jobs.upgrade import prepare

log = logging.getLogger(__name__)

_LOST_AT_ONCE = 5000
"""After this many row numbers without a row that can be read, a table is taken to end."""

_SIDES = ("-wal", "-shm")
"""What SQLite keeps beside a database: the first holds commits that are not in the file yet."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What the app goes on with when its database is damaged."""

    url: str
    """For SQLAlchemy; can be read only."""
    for_owner: str
    """What happened, and how to put the newest backup in place; names files of this machine."""
    for_visitors: str
    """The same for strangers, without any names."""


def rescue(database: Path, backups: Backups, *, now: datetime) -> Rescue | None:
    """Look whether a database is damaged, and make what the app can read in its place.

    Returns:
        None where it is whole, or where it cannot be looked at just now: opening it says why.

    Raises:
        StoreError: It is damaged, and the disk would not take anything.
    """
    damage = find_damage(database) or _cut_to_nothing(database, backups)
    if damage is None:
        _readable_path(database).unlink(missing_ok=True)
        return None
    log.error("The job database %s is damaged: %s", database, damage)
    try:
        copy = _put_aside(database, now)
        backup = backups.newest()
        shown = _make_readable(copy, backup, _readable_path(database))
    except (OSError, sqlite3.Error) as exc:
        raise StoreError(
            f"The job database {str(database)!r} is damaged ({damage}) and cannot be copied: {exc}."
        ) from exc
    for_owner = _words(database, damage, copy, backup, shown)
    log.error("%s", for_owner)
    return Rescue(_read_only_url(_readable_path(database)), for_owner, _FOR_VISITORS)


def _cut_to_nothing(database: Path, backups: Backups) -> str | None:
    """An empty file is how every database begins, but not where there were jobs to back up."""
    files = (database, _side(database, "-wal"))
    is_empty = database.exists() and not any(path.stat().st_size for path in files if path.exists())
    return "the file is empty" if is_empty and backups.newest() else None


def _side(database: Path, ending: str) -> Path:
    return database.with_name(f"{database.name}{ending}")


def _readable_path(database: Path) -> Path:
    return database.with_name(f"{database.stem}.readable{database.suffix}")


def _put_aside(database: Path, now: datetime) -> Path:
    """Copy a damaged file, once: each start finds it again until it is repaired."""
    for earlier in sorted(database.parent.glob(f"{database.stem}.damaged-*{database.suffix}")):
        if _are_same(database, earlier):
            return earlier
    copy = database.with_name(f"{database.stem}.damaged-{now:%Y%m%dT%H%M%SZ}{database.suffix}")
    part = _side(copy, ".part")
    # The file itself last: its name says that the whole copy is there.
    for ending in _SIDES:
        if _side(database, ending).exists():
            shutil.copyfile(_side(database, ending), _side(copy, ending))
    shutil.copyfile(database, part)
    part.chmod(0o600)
    os.replace(part, copy)
    return copy


def _are_same(database: Path, copy: Path) -> bool:
    pairs = [(_side(database, ending), _side(copy, ending)) for ending in ("", "-wal")]
    return all(
        one.exists() == other.exists() and (not one.exists() or filecmp.cmp(one, other, shallow=False))
        for one, other in pairs
    )


# -- what can be read ------------------------------------------------------------------------------


def _make_readable(damaged: Path, backup: Path | None, target: Path) -> str:
    """Make a whole database out of a damaged one, else of the backup, else an empty one; return what it shows."""
    part = _side(target, ".part")
    try:
        shown = "Shown is what can be read of it"
        if not _salvage(damaged, part):
            part.unlink(missing_ok=True)
            shown = "Nothing in it can be read"
            if backup is not None:
                shutil.copyfile(backup, part)
                shown = f"Nothing in it can be read, so that the backup {backup.name} is shown"
            _bring_up_to_date(part)
        os.replace(part, target)
    finally:
        for ending in ("", "-journal", *_SIDES):
            _side(part, ending).unlink(missing_ok=True)
    return shown


def _salvage(damaged: Path, part: Path) -> bool:
    """Copy every row that can be read into a new file; False where not even one job can."""
    part.unlink(missing_ok=True)
    try:
        with closing(connect_to_read(damaged)) as source, closing(sqlite3.connect(part)) as target:
            _copy_rows(source, target)
            target.commit()
            has_jobs = target.execute("SELECT 1 FROM jobs LIMIT 1").fetchone() is not None
            has_version = target.execute("SELECT 1 FROM about LIMIT 1").fetchone() is not None
        if not (has_jobs and has_version):
            return False
        _bring_up_to_date(part)
    except (*FAULTS, StoreError) as exc:
        log.error("The damaged job database cannot be read: %s", exc)
        return False
    return True


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    tables = source.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for name, sql in tables:
        target.execute(sql)
        quoted = '"' + name.replace('"', '""') + '"'
        for row in _rows(source, quoted):
            places = ", ".join("?" * len(row))
            # A row that breaks a rule of its table is damaged as well.
            target.execute(f"INSERT OR IGNORE INTO {quoted} VALUES ({places})", row)  # noqa: S608 - a quoted name


def _rows(source: sqlite3.Connection, table: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table one by one: a page that is damaged costs only the rows on it."""
    number = lost = 0
    while lost < _LOST_AT_ONCE:
        number += 1
        try:
            row = source.execute(f"SELECT * FROM {table} WHERE rowid = ?", (number,)).fetchone()  # noqa: S608 - as above
        except FAULTS:
            row = None
        lost = lost + 1 if row is None else 0
        if row is not None:
            yield row


def _bring_up_to_date(part: Path) -> None:
    """Make the tables and indexes of this version, and one file of it that can be read without a journal."""
    engine = open_engine(f"sqlite:///{part.as_posix()}")
    try:
        prepare(engine)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(part, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    part.chmod(0o600)


def _read_only_url(path: Path) -> str:
    url = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    return url.render_as_string(hide_password=False)


# -- words -----------------------------------------------------------------------------------------

_FOR_VISITORS = (
    "The list of videos on this server is damaged, so that nothing new can be made until its owner has repaired it. "
    "Nothing is sent and nothing is charged. What is shown here can be played and downloaded."
)


def _words(database: Path, damage: str, copy: Path, backup: Path | None, shown: str) -> str:
    files = f"{str(database)!r} and the files beside it whose names go on with -wal and -shm"
    if backup is None:
        restore = (
            f"There is no backup yet. To begin with an empty list: stop the app, move {files} to another folder, "
            "start the app. The videos stay in the folder library."
        )
    else:
        restore = (
            f"The newest backup is {str(backup)!r}. To go on from it: stop the app, move {files} to another folder, "
            f"copy the backup to {str(database)!r}, start the app. Jobs that are newer than the backup are not in it; "
            "their videos stay in the folder library."
        )
    return (
        f"The job database is damaged ({damage}), so that the app is read-only: no job runs, nothing is sent, nothing "
        f"is charged. {shown}; videos can be played. A copy of the damaged file is {copy.name!r}. {restore}"
    )
