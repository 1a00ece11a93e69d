"""A whole copy of the database each day, that harms nothing and sends nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from seedance_ui.domain.job import JobState, Phase
from seedance_ui.jobs.backup import KEPT, SPARED_BYTES, Backups
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.store import Store
from tests.scripted import QuickClock, make_job
from tests.small_disk import mounted_disk


@pytest.fixture
def sqlite_store(data_dir: Path, quick_clock: QuickClock) -> Store:
    store = Store(f"sqlite:///{data_dir}/jobs.sqlite3", now=quick_clock.now, bell=Bell())
    yield store
    store.close()


@pytest.fixture
def backups(data_dir: Path, quick_clock: QuickClock) -> Backups:
    return Backups(data_dir / "jobs.sqlite3", data_dir / "backups", now=quick_clock.now)


def names(backups: Backups) -> list[str]:
    """Return what is in the folder, whatever its name."""
    return sorted(path.name for path in backups.directory.iterdir())


def open_copy(path: Path) -> Store:
    return Store(f"sqlite:///{path}", now=lambda: datetime.now(timezone.utc), bell=Bell())


def test_make_if_due_without_a_job_makes_nothing(sqlite_store: Store, backups: Backups) -> None:
    assert backups.make_if_due() is None
    assert not backups.directory.exists()


def test_make_if_due_makes_one_whole_private_file_a_day(
    sqlite_store: Store, backups: Backups, quick_clock: QuickClock
) -> None:
    """B13."""
    job = sqlite_store.add(make_job(), form_token=None)
    made = backups.make_if_due()
    assert made is not None
    assert made.name == "jobs-2026-01-01.sqlite3"
    assert made.stat().st_mode & 0o777 == 0o600
    assert backups.directory.stat().st_mode & 0o777 == 0o700
    assert names(backups) == [made.name]
    assert backups.make_if_due() is None
    quick_clock.time += timedelta(days=1)
    assert backups.make_if_due() is not None
    assert names(backups) == ["jobs-2026-01-01.sqlite3", "jobs-2026-01-02.sqlite3"]
    copy = open_copy(made)
    assert copy.get(job.job_id) is not None
    copy.close()


def test_a_backup_holds_what_is_committed_but_not_in_the_file_yet(
    sqlite_store: Store, backups: Backups, data_dir: Path
) -> None:
    """Commits stand in the file that ends in -wal until SQLite moves them."""
    before = (data_dir / "jobs.sqlite3").read_bytes()
    jobs = [sqlite_store.add(make_job(f"job {n}"), form_token=None) for n in range(3)]
    assert (data_dir / "jobs.sqlite3").read_bytes() == before
    made = backups.make_if_due()
    assert made is not None
    copy = open_copy(made)
    assert all(copy.get(job.job_id) for job in jobs)
    copy.close()


def test_a_backup_sends_nothing(sqlite_store: Store, backups: Backups) -> None:
    """A5: the original goes on, so that what waits in the copy may have been sent by the time somebody starts it."""
    waiting = sqlite_store.add(make_job(), form_token=None)
    uploading = sqlite_store.claim_next("scripted", worker="w", lease_s=60)
    assert uploading is not None
    sqlite_store.move(uploading, state=JobState.UPLOADING, phase=Phase.UPLOADING)
    free = sqlite_store.add(make_job("free"), form_token=None)
    with sqlite_store.engine.begin() as db:
        db.exec_driver_sql("UPDATE jobs SET remote_id = job_id WHERE job_id = ?", (free.job_id,))
    second = sqlite_store.add(make_job("second"), form_token=None)
    made = backups.make_if_due()
    assert made is not None
    copy = open_copy(made)
    for job in (waiting, second):
        held_back = copy.get(job.job_id)
        assert held_back is not None
        assert held_back.state is JobState.SUBMITTING
        assert copy.events_after(job.job_id, 0)[-1][1]["state"] == "submitting"
    ours = copy.get(free.job_id)
    assert ours is not None
    assert ours.state is JobState.QUEUED
    copy.close()
    original = sqlite_store.get(second.job_id)
    assert original is not None
    assert original.state is JobState.QUEUED


def test_seven_backups_are_kept(sqlite_store: Store, backups: Backups, quick_clock: QuickClock) -> None:
    sqlite_store.add(make_job(), form_token=None)
    (backups.directory).mkdir()
    (backups.directory / "jobs-of-mine.sqlite3").write_text("a person put this here")
    for _ in range(KEPT + 3):
        backups.make_if_due()
        quick_clock.time += timedelta(days=1)
    assert names(backups) == [f"jobs-2026-01-{day:02}.sqlite3" for day in range(4, 11)] + ["jobs-of-mine.sqlite3"]


def test_a_clock_that_jumps_costs_no_good_backup(
    sqlite_store: Store, backups: Backups, quick_clock: QuickClock
) -> None:
    """B14: a machine that wakes up in 1970 pushes none of the seven out."""
    sqlite_store.add(make_job(), form_token=None)
    for _ in range(KEPT):
        backups.make_if_due()
        quick_clock.time += timedelta(days=1)
    seven = names(backups)
    quick_clock.time = datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert backups.make_if_due() is not None
    assert names(backups) == ["jobs-1970-01-01.sqlite3", *seven]
    assert backups.make_if_due() is None
    quick_clock.time = datetime(1970, 1, 2, tzinfo=timezone.utc)
    assert backups.make_if_due() is not None
    assert names(backups) == ["jobs-1970-01-02.sqlite3", *seven]


def test_a_backup_that_fails_deletes_nothing(
    sqlite_store: Store, backups: Backups, quick_clock: QuickClock, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_store.add(make_job(), form_token=None)
    for _ in range(KEPT):
        backups.make_if_due()
        quick_clock.time += timedelta(days=1)
    seven = names(backups)
    sqlite_store.close()
    database = data_dir / "jobs.sqlite3"
    flipped = bytearray(database.read_bytes())
    flipped[4096 : 3 * 4096] = bytes(2 * 4096)
    database.write_bytes(flipped)
    assert backups.make_if_due() is None
    assert names(backups) == seven
    assert "No backup of the job database was made" in caplog.text


def test_newest_is_the_newest_that_opens(sqlite_store: Store, backups: Backups, quick_clock: QuickClock) -> None:
    assert backups.newest() is None
    sqlite_store.add(make_job(), form_token=None)
    good = backups.make_if_due()
    assert good is not None
    (backups.directory / "jobs-2026-02-01.sqlite3").write_bytes(good.read_bytes()[:5000])
    (backups.directory / "jobs-2026-02-02.sqlite3").write_text("not a database")
    assert backups.newest() == good


def test_a_disk_that_is_nearly_full_is_left_to_the_videos(
    sqlite_store: Store, data_dir: Path, quick_clock: QuickClock, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_store.add(make_job(), form_token=None)
    backups = Backups(
        data_dir / "jobs.sqlite3", data_dir / "backups", now=quick_clock.now, free_bytes=lambda path: SPARED_BYTES
    )
    assert backups.make_if_due() is None
    assert names(backups) == []
    assert "videos come first" in caplog.text


def test_a_disk_that_fills_up_on_the_way_keeps_the_older_backups(
    sqlite_store: Store, data_dir: Path, tmp_path: Path, quick_clock: QuickClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A real one, in the middle of the copy; what was written of it makes room again."""
    for n in range(200):
        sqlite_store.add(make_job(f"job {n}"), form_token=None)
    with mounted_disk(tmp_path / "small", size_kib=300) as small:
        backups = Backups(data_dir / "jobs.sqlite3", small, now=quick_clock.now, free_bytes=lambda path: 10**12)
        (small / "jobs-2025-12-31.sqlite3").write_bytes(b"older")
        assert backups.make_if_due() is None
        assert names(backups) == ["jobs-2025-12-31.sqlite3"]
    assert "disk is full" in caplog.text


def test_what_a_crash_left_is_gone_after_the_next_backup(sqlite_store: Store, backups: Backups) -> None:
    """B4's rule for a backup as well: no half file under a final name, and none that stays."""
    sqlite_store.add(make_job(), form_token=None)
    backups.directory.mkdir()
    for left in ("jobs.part", "jobs.part-wal", "jobs.part-journal"):
        (backups.directory / left).write_bytes(b"half")
    assert backups.make_if_due() is not None
    assert names(backups) == ["jobs-2026-01-01.sqlite3"]


def test_writers_do_not_wait_for_a_backup(sqlite_store: Store, backups: Backups, data_dir: Path) -> None:
    """The copy reads one state of the database while jobs go on in it."""
    sqlite_store.add(make_job(), form_token=None)
    with closing(sqlite3.connect(data_dir / "jobs.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")  # somebody writes all the while
        made: list[Path | None] = []
        backup = threading.Thread(target=lambda: made.append(backups.make_if_due()))
        backup.start()
        backup.join(30)
        writer.execute("ROLLBACK")
    assert [path.name for path in made if path] == ["jobs-2026-01-01.sqlite3"]


def test_stop_gives_up_a_copy(sqlite_store: Store, data_dir: Path, quick_clock: QuickClock) -> None:
    """B2: a shutdown waits for no backup."""
    sqlite_store.add(make_job(), form_token=None)
    in_the_middle: list[Callable[[], None]] = []

    def stop_here(path: Path) -> int:
        in_the_middle[0]()
        return 10**12

    backups = Backups(data_dir / "jobs.sqlite3", data_dir / "backups", now=quick_clock.now, free_bytes=stop_here)
    in_the_middle.append(backups.stop)
    assert backups.make_if_due() is None
    assert names(backups) == []
    assert backups.make_if_due() is None
