"""What was deleted goes for good after a day, and nothing else ever."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from seedance_ui.domain.job import JobState
from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.jobs.purge import KEPT_S, WATCHED_S, Purge
from seedance_ui.jobs.store import Store
from seedance_ui.library import Library
from tests.scripted import QuickClock, make_job

DAY = timedelta(seconds=KEPT_S)


@pytest.fixture
def library(data_dir: Path) -> Library:
    return Library(data_dir / "library")


def put(store: Store, library: Library, state: JobState = JobState.SUCCEEDED) -> str:
    job = store.add(replace(make_job(), state=state), form_token=None)
    for path in files(library, job.job_id):
        path.write_bytes(b"x")
    return job.job_id


def files(library: Library, job_id: str) -> list[Path]:
    return [library.video_path(job_id), library.poster_path(job_id), library.last_frame_path(job_id)]


def there(library: Library, job_id: str) -> int:
    return sum(path.exists() for path in files(library, job_id))


def wait(clock: QuickClock, seconds: float) -> None:
    """Let time pass as it should."""
    clock.time += timedelta(seconds=seconds)
    clock.waited_s += seconds


def test_sweep_removes_the_files_of_a_deleted_video_after_a_day(
    store: Store, library: Library, quick_clock: QuickClock
) -> None:
    kept, gone, back = (put(store, library) for _ in range(3))
    purge = Purge(store, library, quick_clock)
    store.delete(gone, "local")
    store.delete(back, "local")
    purge.sweep()
    wait(quick_clock, KEPT_S - 1)
    purge.sweep()
    assert [there(library, job_id) for job_id in (kept, gone, back)] == [3, 3, 3]
    store.restore(back, "local")
    wait(quick_clock, 1)
    purge.sweep()
    assert [there(library, job_id) for job_id in (kept, gone, back)] == [3, 0, 3]
    assert not store.restore(gone, "local")
    wait(quick_clock, 100 * KEPT_S)
    purge.sweep()
    assert [there(library, job_id) for job_id in (kept, back)] == [3, 3]


def test_sweep_after_a_start_waits_until_the_clock_can_be_trusted(
    store: Store, library: Library, quick_clock: QuickClock
) -> None:
    """Deleted by an earlier process, a day ago by this one's clock."""
    job_id = put(store, library)
    store.delete(job_id, "local")
    quick_clock.time += DAY
    purge = Purge(store, library, quick_clock)
    purge.sweep()
    wait(quick_clock, WATCHED_S - 1)
    purge.sweep()
    assert there(library, job_id) == 3
    wait(quick_clock, 1)
    purge.sweep()
    assert there(library, job_id) == 0


def test_sweep_does_not_believe_a_clock_that_jumps_ahead(
    store: Store, library: Library, quick_clock: QuickClock
) -> None:
    job_id = put(store, library)
    store.delete(job_id, "local")
    purge = Purge(store, library, quick_clock)
    purge.sweep()
    quick_clock.time += 365 * DAY
    for _ in range(3):
        wait(quick_clock, KEPT_S / 4)
        purge.sweep()
    assert there(library, job_id) == 3
    wait(quick_clock, KEPT_S / 4)
    purge.sweep()
    assert there(library, job_id) == 0


def test_sweep_counts_anew_for_what_was_brought_back_and_deleted_again(
    store: Store, library: Library, quick_clock: QuickClock
) -> None:
    job_id = put(store, library)
    purge = Purge(store, library, quick_clock)
    store.delete(job_id, "local")
    purge.sweep()
    wait(quick_clock, KEPT_S - 1)
    store.restore(job_id, "local")
    store.delete(job_id, "local")
    purge.sweep()
    wait(quick_clock, 1)
    purge.sweep()
    assert there(library, job_id) == 3


def test_sweep_gives_up_a_deleted_job_that_rests_and_touches_no_file(
    store: Store, library: Library, quick_clock: QuickClock
) -> None:
    """It has none of its own; should its video come late, it is shown again."""
    job_id = put(store, library, JobState.NEEDS_ATTENTION)
    purge = Purge(store, library, quick_clock)
    store.delete(job_id, "local")
    purge.sweep()
    wait(quick_clock, KEPT_S)
    purge.sweep()
    assert store.shelf("local", LibraryQuery(deleted=True), after=None, limit=9) == []
    assert there(library, job_id) == 3


def test_sweep_tries_again_where_a_file_is_held_open(
    store: Store,
    library: Library,
    quick_clock: QuickClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As Windows does while it is played; so also what a process left that was killed in between."""
    job_id = put(store, library)
    store.delete(job_id, "local")
    purge = Purge(store, library, quick_clock)
    purge.sweep()
    wait(quick_clock, KEPT_S)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use", str(path))

    with monkeypatch.context() as held, caplog.at_level(logging.WARNING):
        held.setattr(Path, "unlink", refuse)
        purge.sweep()
    assert f"The files of job {job_id} cannot be removed yet: in use" in caplog.text
    assert there(library, job_id) == 3
    Purge(store, library, quick_clock).sweep()
    assert there(library, job_id) == 0
