"""Whether an SQLite file is whole. PostgreSQL looks after its own files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

_NOT_NOW = (
    "locked",
    "unable to open",
    "disk i/o error",
    "readonly",
    "disk is full",
    "locking protocol",
    "permission denied",
    "out of memory",
    "no such function",
)
"""What SQLite says when it cannot look at a file just now, or not that closely; that says nothing about the file."""

_NEEDED_TABLES = frozenset({"jobs", "job_events"})
"""They came in one transaction with `about`: where that is, they are, or were."""

_BUSY_TIMEOUT_S = 1.0
"""How long to wait for another process that lets nobody read; one that only writes lets everybody."""

FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises: Python cannot even read SQLite's message where that quotes flipped bytes."""


def database_file(database_url: str) -> Path | None:
    """Return the file behind an SQLAlchemy URL; None where it is a server's, or has settings of its own."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or url.database is None or url.database.startswith("file:"):
        return None
    return Path(url.database)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that never writes to the database; the caller closes it."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=_BUSY_TIMEOUT_S, check_same_thread=False, cached_statements=0
    )


def find_damage(path: Path) -> str | None:
    """Return what is broken in a database, as SQLite says it. Reads the whole file.

    Returns:
        None for one that is whole, that is not there, or that cannot be looked at just now.
    """
    if not path.exists():
        return None
    try:
        with closing(connect_to_read(path)) as db:
            [found] = db.execute("PRAGMA quick_check(1)").fetchone()
            return _find_in_words(db) if found == "ok" else str(found).splitlines()[-1]
    except sqlite3.DatabaseError as exc:
        return None if any(words in str(exc).lower() for words in _NOT_NOW) else str(exc)
    except UnicodeDecodeError:
        return "its schema cannot be read"


def _find_in_words(db: sqlite3.Connection) -> str | None:
    """Look at the text of the schema and of the jobs: SQLite's own check is about its pages."""
    tables = {name for name, _ in db.execute("SELECT name, sql FROM sqlite_master")}  # decodes every statement
    if "about" not in tables:
        return None
    if missing := sorted(_NEEDED_TABLES - tables):
        # Whole to SQLite; an app that made the table anew would hide the loss.
        return f"the table {missing[0]} is missing"
    db.execute("SELECT schema_version FROM about").fetchone()
    return _unreadable_job(db)


def _unreadable_job(db: sqlite3.Connection) -> str | None:
    """Flipped bytes in one text would break every list that this job is in."""
    torn = db.execute(
        "SELECT number FROM jobs WHERE NOT (json_valid(request) AND json_valid(cost) AND json_valid(ifnull(error, 1))"
        " AND json_valid(ifnull(video, 1)) AND json_valid(ifnull(usual_s, 1))) LIMIT 1"
    ).fetchone()
    if torn is not None:
        return f"job number {torn[0]} cannot be read"
    for _ in db.execute("SELECT * FROM jobs"):  # decodes every text
        pass
    return None
