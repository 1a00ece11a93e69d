"""Two processes' stores on one database: who comes first wins, and the other sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TypeVar

import pytest

from seedance_ui.domain.job import Job, JobError, JobState, Phase, SavedVideo
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import LeaseLostError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.store import Store
from tests.scripted import QuickClock

NewJob = Callable[..., Job]
T = TypeVar("T")

ROUNDS = 50
"""A9, where two claim or move the same job."""

FEWER_ROUNDS = 20


@pytest.fixture
def other_store(store: Store, database_url: str, quick_clock: QuickClock) -> Iterator[Store]:
    """Return what another process would have opened."""
    opened = Store(database_url, now=quick_clock.now, bell=Bell())
    yield opened
    opened.close()


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Run these calls in threads that begin at the same moment, and return what they return."""
    begin = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        begin.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def claim(store: Store, worker: str) -> Job | None:
    return store.claim_next("scripted", worker=worker, lease_s=60)


def test_an_empty_database_is_opened_by_many_at_once(database_url: str) -> None:
    """Replicas are started together, on a database that nobody has prepared."""
    stores = at_once(*[lambda: Store(database_url, now=QuickClock().now, bell=Bell())] * 8)
    with stores[0].engine.connect() as db:
        assert len(db.exec_driver_sql("SELECT schema_version FROM about").all()) == 1
    for store in stores:
        store.close()


def test_a_click_that_reaches_two_processes_50_times_is_one_job(
    store: Store, other_store: Store, new_job: NewJob
) -> None:
    """A6."""
    calls = [lambda to=to: to.add(new_job("a cat"), form_token="t").job_id for to in (store, other_store)] * 25
    assert len(set(at_once(*calls))) == 1
    assert store.count_by_state() == {"queued": 1}


def test_a_job_that_two_processes_claim_is_taken_once(store: Store, other_store: Store, new_job: NewJob) -> None:
    """A9."""
    for round_ in range(ROUNDS):
        job = store.add(new_job(f"{round_}"), form_token=None)
        claims = at_once(partial(claim, store, "one"), partial(claim, other_store, "other"))
        [taken] = [taken for taken in claims if taken is not None]
        assert (taken.job_id, taken.epoch) == (job.job_id, 1)


def test_a_job_that_a_dead_process_left_is_taken_once(
    store: Store, other_store: Store, quick_clock: QuickClock, new_job: NewJob
) -> None:
    """A9: its lease ran out, and both of the others see that."""
    for _ in range(ROUNDS):
        store.add(new_job(), form_token=None)
        left = claim(store, "dead")
        assert left is not None
        left = store.move(left, state=JobState.RUNNING)
        quick_clock.time += timedelta(seconds=61)
        claims = at_once(
            lambda: store.claim_interrupted(["scripted"], worker="one", lease_s=60),
            lambda: other_store.claim_interrupted(["scripted"], worker="other", lease_s=60),
        )
        [taken] = [taken for taken in claims if taken is not None]
        with pytest.raises(LeaseLostError):
            store.move(left, message="the dead process wakes up")
        other_store.move(taken, state=JobState.SUCCEEDED)


def test_a_move_is_made_by_one_of_two_that_saw_the_same_job(store: Store, other_store: Store, new_job: NewJob) -> None:
    """A9: the compare-and-swap, at the same moment."""

    def move(by: Store, seen: Job) -> bool:
        try:
            by.move(seen, state=JobState.SUBMITTING)
        except LeaseLostError:
            return False
        return True

    for _ in range(ROUNDS):
        store.add(new_job(), form_token=None)
        seen = claim(store, "me")
        assert seen is not None
        assert sorted(at_once(partial(move, store, seen), partial(move, other_store, seen))) == [False, True]
        assert [seq for seq, _ in store.events_after(seen.job_id, 0)] == [1, 2]


def test_a_late_id_is_adopted_once(store: Store, other_store: Store, new_job: NewJob) -> None:
    """A7."""
    for round_ in range(FEWER_ROUNDS):
        store.add(new_job(), form_token=None)
        taken = claim(store, "me")
        assert taken is not None
        job_id = store.move(taken, state=JobState.NEEDS_ATTENTION).job_id
        adopted = at_once(
            partial(store.adopt, job_id, remote_id=f"late-{round_}"),
            partial(other_store.adopt, job_id, remote_id=f"found-{round_}"),
        )
        assert sorted(adopted) == [False, True]
        job = store.get(job_id)
        assert job is not None
        assert job.remote_id == f"{'late' if adopted[0] else 'found'}-{round_}"


def test_a_remote_id_belongs_to_one_of_two_jobs(store: Store, other_store: Store, new_job: NewJob) -> None:
    """A7: two clicks for the same video, and one that the provider knows of."""
    for round_ in range(FEWER_ROUNDS):
        job_ids = []
        for _ in range(2):
            store.add(new_job(), form_token=None)
            taken = claim(store, "me")
            assert taken is not None
            job_ids.append(store.move(taken, state=JobState.NEEDS_ATTENTION).job_id)
        adopted = at_once(
            partial(store.adopt, job_ids[0], remote_id=f"remote-{round_}"),
            partial(other_store.adopt, job_ids[1], remote_id=f"remote-{round_}"),
        )
        assert sorted(adopted) == [False, True]


def test_events_of_two_writers_are_numbered_without_a_gap(store: Store, other_store: Store, new_job: NewJob) -> None:
    for _ in range(FEWER_ROUNDS):
        store.add(new_job(), form_token=None)
        taken = claim(store, "me")
        assert taken is not None
        running = store.move(taken, state=JobState.RUNNING)
        _, wished = at_once(
            partial(store.move, running, message="Generating", progress=0.5),
            partial(other_store.want_cancel, running.job_id),
        )
        assert wished is not None and wished.cancel_wanted
        assert [seq for seq, _ in store.events_after(running.job_id, 0)] == [1, 2, 3, 4]
        now = store.get(running.job_id)
        assert now is not None
        assert (now.progress, now.cancel_wanted) == (0.5, True)


def test_a_wish_to_stop_never_asks_for_a_video_that_is_there(store: Store, other_store: Store, new_job: NewJob) -> None:
    """The words fit the state in which the wish was written down."""
    for _ in range(FEWER_ROUNDS):
        store.add(new_job(), form_token=None)
        taken = claim(store, "me")
        assert taken is not None
        running = store.move(taken, state=JobState.RUNNING)
        at_once(
            partial(store.move, running, state=JobState.DOWNLOADING),
            partial(other_store.want_cancel, running.job_id),
        )
        # The state, then what was new in it: whichever came first.
        events = [(event["state"], event["message"]) for _, event in store.events_after(running.job_id, 2)]
        assert events in (
            [("running", "Asking to stop"), ("downloading", "Asking to stop")],
            [("downloading", "Waiting"), ("downloading", "The video is finished already; it will be kept")],
        )


def test_places_in_line_are_told_once_by_two_processes(store: Store, other_store: Store, new_job: NewJob) -> None:
    job_ids = [store.add(new_job(f"{n}"), form_token=None).job_id for n in range(20)]
    for _ in range(5):
        at_once(lambda: store.show_places("scripted"), lambda: other_store.show_places("scripted"))
        assert claim(store, "me") is not None
    messages = [snapshot["message"] for _, snapshot in store.events_after(job_ids[-1], 0)]
    assert messages == ["Waiting", *(f"Waiting, number {place} in line" for place in (20, 19, 18, 17, 16))]


def test_a_row_reads_the_same_on_every_engine(store: Store, other_store: Store, new_job: NewJob) -> None:
    """Times in UTC, floats as floats, words and numbers as they were written."""
    half_past = timezone(timedelta(hours=5, minutes=45))
    started_at = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=timezone.utc)
    video = SavedVideo("0" * 64, 3_000_000_000, width_px=1280, height_px=720, duration_s=5.04, has_audio=True)
    learnt = {
        "state": JobState.NEEDS_ATTENTION,
        "phase": Phase.DONE,
        "message": "Ünïcode 猫 😀 \\u0000 'quoted'; --",
        "progress": 0.1 + 0.2,
        "cost": Cost(1.005, "USD", "exact"),
        "error": JobError(code="odd", title="猫", detail="a\nb", charged="unknown", next_step="", asset=None),
        "seed": 2**53 + 1,
        "video": video,
        "usual_s": (10.5, 60.0),
    }
    store.add(new_job("Ünïcode 猫\t"), form_token=None)
    taken = claim(store, "me")
    assert taken is not None
    store.move(taken, **learnt, started_at=started_at.astimezone(half_past))
    read = other_store.get(taken.job_id)
    assert read is not None
    assert {name: getattr(read, name) for name in learnt} == learnt
    assert isinstance(read.progress, float)
    for time in (read.created_at, read.started_at, read.finished_at):
        assert time is not None and time.utcoffset() == timedelta(0)
    assert read.started_at == started_at
    reached_at = other_store.reached_at(taken.job_id, JobState.NEEDS_ATTENTION)
    assert reached_at is not None and reached_at.utcoffset() == timedelta(0)
    assert other_store.events_after(taken.job_id, 1)[0][1]["cost"]["amount"] == 1.005
