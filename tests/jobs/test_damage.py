"""B13: what counts as a damaged database, and what does not. Real files, flipped bytes."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.damage import database_file, find_damage
from seedance_ui.jobs.store import Store
from tests.scripted import QuickClock, make_job

PAGE_BYTES = 4096


@pytest.fixture
def database(data_dir: Path) -> Path:
    """Return a database with forty jobs, closed."""
    path = data_dir / "jobs.sqlite3"
    store = Store(f"sqlite:///{path}", now=QuickClock().now, bell=Bell())
    for n in range(40):
        store.add(make_job(f"job {n}"), form_token=None)
    store.close()
    return path


def flip(path: Path, *offsets: int) -> None:
    content = bytearray(path.read_bytes())
    for offset in offsets:
        content[offset] ^= 0xFF
    path.write_bytes(content)


def test_a_whole_database_is_not_damaged(database: Path) -> None:
    assert find_damage(database) is None


def test_a_database_that_is_not_there_is_not_damaged(data_dir: Path) -> None:
    assert find_damage(data_dir / "jobs.sqlite3") is None
    assert not (data_dir / "jobs.sqlite3").exists()


def test_a_database_in_use_is_not_damaged(database: Path) -> None:
    """Another process that writes, and one that holds everything: both go on as today."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert find_damage(database) is None
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert find_damage(database) is None


def test_a_database_of_another_program_is_not_damaged(data_dir: Path) -> None:
    path = data_dir / "other.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE films (name TEXT)")
    assert find_damage(path) is None


def test_a_file_of_something_else_is_damaged(data_dir: Path) -> None:
    path = data_dir / "jobs.sqlite3"
    path.write_text("This is no database. " * 500)
    assert find_damage(path) == "file is not a database"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_database_that_was_cut_is_damaged(database: Path, kept: float) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: int(len(content) * kept)])
    assert find_damage(database)


def test_every_page_of_noise_is_found(database: Path) -> None:
    """Each page in turn, from the header to the last one."""
    whole, noise = database.read_bytes(), random.Random(1).randbytes(PAGE_BYTES)
    pages = len(whole) // PAGE_BYTES
    assert pages > 10
    for page in range(pages):
        database.write_bytes(whole[: page * PAGE_BYTES] + noise + whole[(page + 1) * PAGE_BYTES :])
        assert find_damage(database), f"page {page + 1} of {pages}"


def test_every_flipped_byte_of_the_schema_is_found_or_harmless(database: Path) -> None:
    """SQLite's own words about it may be no text any more. Where nothing is found, every job can be read."""
    whole, found = database.read_bytes(), 0
    first = whole.index(b"CREATE TABLE")
    for offset in range(first, PAGE_BYTES, 23):
        flip(database, offset)
        if find_damage(database):
            found += 1
        else:
            store = Store(f"sqlite:///{database}", now=QuickClock().now, bell=Bell())
            assert store.count_by_state() == {"queued": 40}, offset
            store.close()
        database.write_bytes(whole)
    assert found


def test_flipped_bytes_in_the_text_of_a_job_are_found(database: Path) -> None:
    """They leave the pages whole, and break every list that this job is in."""
    whole = database.read_bytes()
    prompt = whole.index(b'"job 7"')
    flip(database, prompt + 2)  # no text
    assert "decode" in str(find_damage(database)).lower()
    database.write_bytes(whole)
    flip(database, prompt)  # text, and no JSON
    assert find_damage(database)
    database.write_bytes(whole.replace(b'"job 7"', b' job 7"', 1))
    assert find_damage(database) == "job number 8 cannot be read"


def test_a_schema_that_lost_a_table_is_damaged(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("DROP TABLE jobs")
        db.execute("VACUUM")
    assert find_damage(database) == "the table jobs is missing"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/jobs.sqlite3", Path("/srv/jobs.sqlite3")),
        ("sqlite:///file:/srv/jobs.sqlite3?uri=true", None),
        ("postgresql+psycopg://user@host/name", None),
    ],
)
def test_database_file_is_the_one_behind_a_plain_url(url: str, path: Path | None) -> None:
    assert database_file(url) == path
