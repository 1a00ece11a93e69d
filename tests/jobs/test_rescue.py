"""B13: a damaged database is shown as far as it can be read; nothing of it changes, and the words lead back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest

from seedance_ui.domain.job import JobState
from seedance_ui.errors import ReadOnlyError, StoreError
from seedance_ui.jobs.backup import Backups
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.rescue import rescue
from seedance_ui.jobs.store import Store
from tests.scripted import QuickClock, make_job

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
JOBS = 40
COPY = "seedance.damaged-20260102T030405Z.sqlite3"
READABLE = "seedance.readable.sqlite3"
QUEUED = {JobState.QUEUED, JobState.SUBMITTING}


@contextmanager
def opened(url: str | Path) -> Iterator[Store]:
    store = Store(url if isinstance(url, str) else f"sqlite:///{url}", now=QuickClock().now, bell=Bell())
    yield store
    store.close()


@pytest.fixture
def database(data_dir: Path) -> Path:
    """Return a database with forty jobs, closed."""
    path = data_dir / "seedance.sqlite3"
    with opened(path) as store:
        for n in range(JOBS):
            store.add(make_job(f"job {n}"), form_token=None)
    return path


@pytest.fixture
def backups(database: Path) -> Backups:
    return Backups(database, database.parent / "backups", now=QuickClock().now)


def shown_prompts(url: str) -> list[str]:
    with opened(url) as store:
        return [job.request.prompt for job in store.jobs_of("local", QUEUED, limit=100)]


def damage_pages(database: Path, *needles: bytes) -> bytes:
    """Overwrite the pages that hold these texts, and return the file as it is then."""
    content = bytearray(database.read_bytes())
    for needle in needles:
        page = content.index(needle) // 4096 * 4096
        content[page : page + 4096] = b"\xa5" * 4096
    database.write_bytes(content)
    return bytes(content)


def test_rescue_of_a_whole_database_does_nothing(database: Path, backups: Backups) -> None:
    before = sorted(database.parent.iterdir())
    assert rescue(database, backups, now=NOW) is None
    left = {path for path in database.parent.iterdir() if not path.name.endswith(("-wal", "-shm"))}
    assert left == set(before)


def test_rescue_shows_every_job_that_can_be_read(database: Path, backups: Backups) -> None:
    """The damaged file stays as it is; a copy of it is put aside; both for the owner only."""
    damaged = damage_pages(database, b'"job 17"')
    found = rescue(database, backups, now=NOW)
    assert found is not None
    prompts = shown_prompts(found.url)
    assert "job 17" not in prompts
    assert JOBS - 12 <= len(prompts) < JOBS
    assert prompts == sorted(prompts, key=lambda prompt: -int(prompt.split()[1]))
    assert database.read_bytes() == damaged
    copy = database.with_name(COPY)
    assert copy.read_bytes() == damaged
    assert copy.stat().st_mode & 0o777 == 0o600
    assert database.with_name(READABLE).stat().st_mode & 0o777 == 0o600


def test_a_page_that_others_hang_on_costs_no_row_of_the_other_tables(database: Path, backups: Backups) -> None:
    """The index by owner is what the lists read: a copy row by row needs none."""
    content = bytearray(database.read_bytes())
    pages = range(4096, len(content), 4096)
    # Inner and leaf pages of indexes begin with 2 or 10.
    for page in pages:
        if content[page] in (2, 10):
            content[page : page + 4096] = bytes(4096)
    database.write_bytes(content)
    found = rescue(database, backups, now=NOW)
    assert found is not None
    assert len(shown_prompts(found.url)) == JOBS


def test_what_is_shown_cannot_be_written(database: Path, backups: Backups) -> None:
    damage_pages(database, b'"job 17"')
    found = rescue(database, backups, now=NOW)
    assert found is not None
    before = database.with_name(READABLE).read_bytes()
    with opened(found.url) as store:
        with pytest.raises(ReadOnlyError):
            store.add(make_job(), form_token=None)
        [job] = store.jobs_of("local", QUEUED, limit=1)
        with pytest.raises(ReadOnlyError):
            store.want_cancel(job.job_id)
    assert database.with_name(READABLE).read_bytes() == before


def test_commits_beside_the_damaged_file_are_shown(data_dir: Path) -> None:
    """After a crash they stand only in the file that ends in -wal; it is copied as well."""
    database, crashed = data_dir / "seedance.sqlite3", data_dir / "crashed"
    crashed.mkdir()
    with opened(database) as store:
        for n in range(JOBS):
            store.add(make_job(f"job {n}"), form_token=None)
        store.engine.dispose()  # moves all into the file
        store.add(make_job("the last one"), form_token=None)
        for path in data_dir.glob("seedance.sqlite3*"):
            shutil.copyfile(path, crashed / path.name)
    database = crashed / "seedance.sqlite3"
    damage_pages(database, b'"job 17"')
    found = rescue(database, Backups(database, crashed / "backups", now=QuickClock().now), now=NOW)
    assert found is not None
    assert "the last one" in shown_prompts(found.url)
    assert (crashed / f"{COPY}-wal").stat().st_size


@pytest.mark.parametrize("content", [b"This is no database. " * 500, b""], ids=["something-else", "cut-to-nothing"])
def test_nothing_readable_shows_the_newest_good_backup(database: Path, backups: Backups, content: bytes) -> None:
    good = backups.make_if_due()
    assert good is not None
    (backups.directory / "jobs-2026-01-02.sqlite3").write_bytes(good.read_bytes()[:9000])
    database.write_bytes(content)
    found = rescue(database, backups, now=NOW)
    assert found is not None
    assert len(shown_prompts(found.url)) == JOBS
    assert "so that the backup jobs-2026-01-01.sqlite3 is shown" in found.for_owner
    assert database.read_bytes() == content


def test_nothing_readable_and_no_backup_shows_an_empty_list(database: Path, backups: Backups) -> None:
    database.write_bytes(b"\0" * 8192)
    found = rescue(database, backups, now=NOW)
    assert found is not None
    assert shown_prompts(found.url) == []
    assert "There is no backup yet" in found.for_owner


def test_an_empty_file_without_a_backup_is_a_new_database(data_dir: Path) -> None:
    """A crash at the first start leaves one."""
    database = data_dir / "seedance.sqlite3"
    database.touch()
    assert rescue(database, Backups(database, data_dir / "backups", now=QuickClock().now), now=NOW) is None


def test_a_damaged_file_is_put_aside_once(database: Path, backups: Backups) -> None:
    """A start that is repeated all night fills no disk."""
    damage_pages(database, b'"job 17"')
    for minute in range(3):
        assert rescue(database, backups, now=NOW.replace(minute=minute))
    assert len(list(database.parent.glob("seedance.damaged-*.sqlite3"))) == 1
    damage_pages(database, b'"job 30"')
    rescue(database, backups, now=NOW)
    assert len(list(database.parent.glob("seedance.damaged-*.sqlite3"))) == 2


def test_the_words_lead_back_to_the_backup(database: Path, backups: Backups) -> None:
    """Done as they say: the old file and what lies beside it go, the backup comes, the app starts as ever."""
    good = backups.make_if_due()
    with opened(database) as store:
        store.add(make_job("later"), form_token=None)
        # A crash: commits stay beside the file, and would be replayed into the backup.
        beside = {path: path.read_bytes() for path in database.parent.glob("seedance.sqlite3-*")}
    for path, content in beside.items():
        path.write_bytes(content)
    damage_pages(database, b'"job 17"')
    found = rescue(database, backups, now=NOW)
    assert found is not None
    assert "nothing is sent, nothing is charged" in found.for_owner
    backup, moved = re.findall(r"'([^']+\.sqlite3)'", found.for_owner)[1:3]
    assert (Path(backup), Path(moved)) == (good, database)
    aside = database.parent / "aside"
    aside.mkdir()
    for path in database.parent.glob(f"{database.name}*"):
        path.rename(aside / path.name)
    shutil.copyfile(backup, database)
    assert rescue(database, backups, now=NOW) is None
    assert not database.with_name(READABLE).exists()
    assert len(shown_prompts(f"sqlite:///{database}")) == JOBS


def test_the_words_for_visitors_name_no_file(database: Path, backups: Backups) -> None:
    """D5: a stranger learns no path of this machine."""
    damage_pages(database, b'"job 17"')
    found = rescue(database, backups, now=NOW)
    assert found is not None
    assert str(database.parent) not in found.for_visitors
    assert "sqlite" not in found.for_visitors
    assert "nothing is charged" in found.for_visitors


def test_a_disk_that_takes_no_copy_is_said(database: Path, backups: Backups) -> None:
    damage_pages(database, b'"job 17"')
    database.with_name(f"{COPY}.part").mkdir()
    with pytest.raises(StoreError, match="is damaged .* and cannot be copied"):
        rescue(database, backups, now=NOW)
