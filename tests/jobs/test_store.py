"""The table is the state machine: its moves, its claims and its events."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import NoReturn

import pytest
from sqlalchemy import Connection, event, inspect
from sqlalchemy.exc import OperationalError

from seedance_ui.domain.explain import explain
from seedance_ui.domain.job import Job, JobState, Phase
from seedance_ui.errors import CommitUnknownError, LeaseLostError, StoreError
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.leases import UnmovedLeases
from seedance_ui.jobs.store import FormTokenReusedError, Store
from tests.scripted import QuickClock

NewJob = Callable[..., Job]


def claim(store: Store, worker: str = "me") -> Job:
    job = store.claim_next("scripted", worker=worker, lease_s=60)
    assert job is not None
    return job


def test_add_commits_the_job_and_its_first_event(store: Store, new_job: NewJob) -> None:
    job = store.add(new_job("a cat"), form_token=None, variation=0)
    assert store.get(job.job_id) == job
    [(seq, snapshot)] = store.events_after(job.job_id, 0)
    assert (seq, snapshot["state"], snapshot["cost"]["amount"]) == (1, "queued", 2.5)


def break_at_commit(store: Store, *, reaches: bool, answers: bool) -> None:
    """End the connection at the next commit, which reaches the database or not, and which answers after that or not."""

    def end(*_: object) -> NoReturn:
        raise OperationalError("COMMIT", {}, ConnectionError("the connection ended"))

    def commit(connection: Connection) -> NoReturn:
        if reaches:
            connection.connection.commit()
        if not answers:
            event.listen(store.engine, "before_cursor_execute", end)
        end()

    event.listen(store.engine, "commit", commit, once=True)


def test_add_whose_commit_got_no_answer_is_a_job_where_it_was_one(store: Store, new_job: NewJob) -> None:
    """A1: it goes on, so that nobody may be told that nothing was sent."""
    break_at_commit(store, reaches=True, answers=True)
    job = store.add(new_job("a cat"), form_token="t")
    assert store.get(job.job_id) == job
    assert store.add(new_job("a cat"), form_token="t").job_id == job.job_id


def test_add_whose_commit_did_not_reach_the_database_says_so(store: Store, new_job: NewJob) -> None:
    break_at_commit(store, reaches=False, answers=True)
    with pytest.raises(StoreError, match="Nothing was sent, nothing was charged"):
        store.add(new_job("a cat"), form_token="t")
    assert store.count_by_state() == {}


@pytest.mark.parametrize("reaches", [True, False])
def test_add_that_nobody_can_tell_the_fate_of_claims_nothing(store: Store, new_job: NewJob, reaches: bool) -> None:
    break_at_commit(store, reaches=reaches, answers=False)
    with pytest.raises(CommitUnknownError) as raised:
        store.add(new_job("a cat"), form_token="t")
    told = explain(raised.value, provider_label="AIML API")
    assert told.charged == "unknown"
    assert "press Generate again" in told.next_step  # the same click; after a reload it would be another one
    assert "Nothing" not in str(raised.value)


def test_add_with_the_same_token_returns_the_same_job(store: Store, new_job: NewJob) -> None:
    """A6: a double click, a second tab and a replayed body are one click."""
    first = store.add(new_job("a cat"), form_token="t", variation=0)
    again = store.add(new_job("a cat"), form_token="t", variation=0)
    assert again.job_id == first.job_id
    assert store.count_by_state() == {"queued": 1}


def test_add_with_the_same_token_from_50_threads_makes_one_job(store: Store, new_job: NewJob) -> None:
    """A6, at the same moment."""
    ids: list[str] = []

    def click() -> None:
        ids.append(store.add(new_job("a cat"), form_token="t", variation=0).job_id)

    threads = [threading.Thread(target=click) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 50
    assert len(set(ids)) == 1


def test_add_with_the_same_token_and_other_settings_is_refused(store: Store, new_job: NewJob) -> None:
    store.add(new_job("a cat"), form_token="t", variation=0)
    with pytest.raises(FormTokenReusedError):
        store.add(new_job("a dog"), form_token="t", variation=0)


def test_add_with_the_same_token_of_another_owner_is_another_job(store: Store, new_job: NewJob) -> None:
    mine = store.add(new_job("a cat", owner="me"), form_token="t", variation=0)
    theirs = store.add(new_job("a cat", owner="you"), form_token="t", variation=0)
    assert mine.job_id != theirs.job_id


def test_claim_next_takes_who_has_waited_longest(store: Store, new_job: NewJob) -> None:
    added = [store.add(new_job(f"{n}"), form_token=None, variation=0).job_id for n in range(3)]
    assert [claim(store).job_id for _ in range(3)] == added
    assert store.claim_next("scripted", worker="me", lease_s=60) is None


def test_move_commits_the_change_and_the_event(store: Store, new_job: NewJob) -> None:
    store.add(new_job(), form_token=None, variation=0)
    moved = store.move(claim(store), state=JobState.UPLOADING, phase=Phase.UPLOADING, message="Going")
    assert (moved.state, moved.message, moved.finished_at) == (JobState.UPLOADING, "Going", None)
    assert [snapshot["message"] for _, snapshot in store.events_after(moved.job_id, 1)] == ["Going"]


def test_move_of_a_job_that_moved_on_is_refused(store: Store, new_job: NewJob) -> None:
    """The compare-and-swap: state, worker and epoch must be as they were seen."""
    store.add(new_job(), form_token=None, variation=0)
    seen = claim(store)
    store.move(seen, state=JobState.UPLOADING)
    for stale in (seen, replace(seen, state=JobState.UPLOADING, worker="other"), replace(seen, epoch=99)):
        with pytest.raises(LeaseLostError):
            store.move(stale, state=JobState.SUBMITTING)
    assert len(store.events_after(seen.job_id, 0)) == 2


def test_a_final_state_is_left_by_nothing(store: Store, new_job: NewJob) -> None:
    store.add(new_job(), form_token=None, variation=0)
    done = store.move(claim(store), state=JobState.SUCCEEDED)
    assert done.finished_at is not None
    with pytest.raises(LeaseLostError):
        store.move(done, state=JobState.RUNNING)
    assert store.want_cancel(done.job_id) == done
    assert not store.adopt(done.job_id, remote_id="late")


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.UPLOADING])
def test_want_cancel_before_sending_ends_the_job(store: Store, new_job: NewJob, state: JobState) -> None:
    store.add(new_job(), form_token=None, variation=0)
    job = store.move(claim(store), state=state)
    cancelled = store.want_cancel(job.job_id)
    assert cancelled is not None
    assert (cancelled.state, cancelled.cost.amount, cancelled.cost.kind) == (JobState.CANCELLED, 0.0, "exact")
    with pytest.raises(LeaseLostError):
        store.move(job, state=JobState.SUBMITTING)


@pytest.mark.parametrize("state", [JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING])
def test_want_cancel_after_sending_keeps_the_state_and_the_wish(store: Store, new_job: NewJob, state: JobState) -> None:
    store.add(new_job(), form_token=None, variation=0)
    job = store.move(claim(store), state=state)
    wished = store.want_cancel(job.job_id)
    assert wished is not None
    assert (wished.state, wished.cancel_wanted) == (state, True)
    store.move(job, message="The runner may go on")
    events = len(store.events_after(job.job_id, 0))
    store.want_cancel(job.job_id)
    assert len(store.events_after(job.job_id, 0)) == events  # a second wish is no news


def test_want_cancel_of_an_unknown_job_returns_none(store: Store) -> None:
    assert store.want_cancel("nobody") is None


def test_adopt_accepts_a_late_id_whoever_holds_the_job(store: Store, new_job: NewJob) -> None:
    """A7: a late id is always accepted, once."""
    store.add(new_job(), form_token=None, variation=0)
    job = store.move(claim(store), state=JobState.NEEDS_ATTENTION)
    assert store.adopt(job.job_id, remote_id="r1")
    assert not store.adopt(job.job_id, remote_id="r2")
    adopted = store.get(job.job_id)
    assert adopted is not None
    assert (adopted.state, adopted.remote_id, adopted.worker) == (JobState.RUNNING, "r1", None)
    assert adopted.finished_at is None


def test_claim_interrupted_takes_only_what_a_dead_worker_left(store: Store, new_job: NewJob) -> None:
    store.add(new_job(), form_token=None, variation=0)
    running = store.move(claim(store, "dead"), state=JobState.RUNNING)
    assert store.claim_interrupted(("scripted",), worker="me", lease_s=60) is None
    store.drop_all_leases()
    assert store.claim_interrupted(("elsewhere",), worker="me", lease_s=60) is None
    taken = store.claim_interrupted(("scripted",), worker="me", lease_s=60)
    assert taken is not None
    assert (taken.job_id, taken.state, taken.epoch) == (running.job_id, JobState.RUNNING, running.epoch + 1)
    with pytest.raises(LeaseLostError):
        store.move(running, message="the dead worker wakes up")


def test_a_lease_runs_out_unless_it_is_renewed(database_url: str, new_job: NewJob) -> None:
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    store = Store(database_url, now=lambda: now, bell=Bell())
    for prompt in ("walked", "walk broke"):
        store.add(new_job(prompt), form_token=None, variation=0)
    kept, lost = (store.move(claim(store), state=JobState.RUNNING) for _ in range(2))
    now += timedelta(seconds=50)
    store.renew_leases([kept.job_id], worker="me", lease_s=60)
    now += timedelta(seconds=30)
    taken = store.claim_interrupted(("scripted",), worker="other", lease_s=60)
    assert taken is not None
    assert taken.job_id == lost.job_id
    assert store.claim_interrupted(("scripted",), worker="other", lease_s=60) is None
    store.close()


def test_a_lease_of_a_worker_that_died_with_its_clock_ahead_is_dropped_and_that_of_a_living_one_is_not(
    store: Store, quick_clock: QuickClock, new_job: NewJob
) -> None:
    """A9, B14: two whose clocks differ do not take each other's jobs for ever."""
    ahead = timedelta(days=1)
    for prompt in ("left", "kept"):
        store.add(new_job(prompt), form_token=None)
    quick_clock.time += ahead
    left, kept = (store.move(claim(store, worker), state=JobState.RUNNING) for worker in ("dead", "living"))
    quick_clock.time -= ahead
    unmoved = UnmovedLeases(quick_clock.monotonic, lease_s=60)
    for _ in range(5):
        assert store.claim_interrupted(("scripted",), worker="me", lease_s=60) is None
        store.drop_leases(unmoved.look(store.leases_beyond(120)))
        quick_clock.waited_s += 20
        quick_clock.time += ahead + timedelta(seconds=20)
        store.renew_leases([kept.job_id], worker="living", lease_s=60)
        quick_clock.time -= ahead
    taken = store.claim_interrupted(("scripted",), worker="me", lease_s=60)
    assert taken is not None and taken.job_id == left.job_id
    assert store.claim_interrupted(("scripted",), worker="me", lease_s=60, walking=[left.job_id]) is None


def test_a_lease_that_was_renewed_meanwhile_is_not_dropped(
    store: Store, quick_clock: QuickClock, new_job: NewJob
) -> None:
    store.add(new_job(), form_token=None)
    job = store.move(claim(store), state=JobState.RUNNING)
    seen = store.leases_beyond(0)
    quick_clock.time += timedelta(seconds=20)
    store.renew_leases([job.job_id], worker="me", lease_s=60)
    store.drop_leases(seen)
    assert store.move(job, message="still ours").message == "still ours"


def test_a_lease_of_our_own_is_taken_again_only_where_nobody_walks_it(database_url: str, new_job: NewJob) -> None:
    """B14: the clock jumped ahead before the lease could be renewed. B2: the answer to the claim's commit was lost."""
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    store = Store(database_url, now=lambda: now, bell=Bell())
    store.add(new_job(), form_token=None, variation=0)
    job = store.move(claim(store), state=JobState.RUNNING)
    now += timedelta(days=1)
    ours = {"worker": "me", "lease_s": 60}
    assert store.claim_interrupted(("scripted",), **ours, walking=[job.job_id]) is None
    assert store.claim_interrupted(("scripted",), **ours) is not None
    now += timedelta(days=1)
    assert store.claim_interrupted(("scripted",), worker="other", lease_s=60) is not None
    store.close()


def test_want_cancel_of_a_finished_video_says_that_it_is_kept(store: Store, new_job: NewJob) -> None:
    store.add(new_job(), form_token=None, variation=0)
    job = store.move(claim(store), state=JobState.DOWNLOADING)
    wished = store.want_cancel(job.job_id)
    assert wished is not None
    assert (wished.state, wished.message) == (
        JobState.DOWNLOADING,
        "The video is finished already; it will be kept",
    )


def test_a_database_of_another_version_is_not_touched(database_url: str, store: Store) -> None:
    with store.engine.begin() as db:
        db.exec_driver_sql("UPDATE about SET schema_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        Store(database_url, now=lambda: datetime.now(timezone.utc), bell=Bell())


BACK_TO = {
    5: ("ALTER TABLE jobs DROP COLUMN sent_at",),
    4: ("DROP INDEX one_import_a_run", "ALTER TABLE jobs DROP COLUMN imported_run"),
    3: ("ALTER TABLE jobs DROP COLUMN similar_runs",),
    2: (
        "DROP INDEX jobs_by_parent",
        *(f"ALTER TABLE jobs DROP COLUMN {name}" for name in ("favourite", "deleted_at", "purged_at", "parent")),
        "ALTER TABLE jobs DROP COLUMN searched",
    ),
    1: (
        "DROP INDEX one_job_a_remote_id",
        "ALTER TABLE jobs DROP COLUMN closed",
        "ALTER TABLE jobs DROP COLUMN batch",
        "DROP TABLE job_replies",
    ),
}
"""What makes tables of one version into those of the version before."""


@pytest.mark.parametrize("version", [5, 4, 3, 2, 1])
def test_a_database_of_an_older_version_is_brought_up(
    database_url: str, store: Store, new_job: NewJob, version: int
) -> None:
    job = store.add(new_job("Café from before"), form_token="t")
    broken = store.add(new_job("cannot be read"), form_token=None)
    columns = inspect(store.engine).get_columns("jobs")
    indexes = inspect(store.engine).get_indexes("jobs")
    with store.engine.begin() as db:
        for older in range(5, version - 1, -1):
            for step in BACK_TO[older]:
                db.exec_driver_sql(step)
        db.exec_driver_sql(f"UPDATE about SET schema_version = {version}")
        db.exec_driver_sql(f"UPDATE jobs SET request = '[' WHERE job_id = '{broken.job_id}'")
    again = Store(database_url, now=lambda: datetime.now(timezone.utc), bell=Bell())
    assert again.get(job.job_id) == job
    kinds = {column["name"]: (str(column["type"]), column["nullable"]) for column in columns}
    brought = inspect(again.engine).get_columns("jobs")
    assert {column["name"]: (str(column["type"]), column["nullable"]) for column in brought} == kinds
    assert sorted(index["name"] for index in inspect(again.engine).get_indexes("jobs")) == sorted(
        index["name"] for index in indexes
    )
    with again.engine.begin() as db:
        searched = db.exec_driver_sql("SELECT searched FROM jobs ORDER BY number").scalars().all()
    assert searched == ["cafe from before", "" if version < 3 else "cannot be read"]
    again.close()


def claim_batch(store: Store, new_job: NewJob, size: int) -> list[Job]:
    return store.add_batch(
        [replace(new_job(f"{n}"), batch=size) for n in range(size)], form_token="t", worker="me", lease_s=60
    )


def test_add_batch_with_the_same_token_returns_the_same_jobs(store: Store, new_job: NewJob) -> None:
    """A6 and A8: one intent each, one click."""
    first = claim_batch(store, new_job, 3)
    again = claim_batch(store, new_job, 3)
    assert [job.job_id for job in again] == [job.job_id for job in first]
    assert store.count_by_state() == {"queued": 3}


def test_add_batch_with_the_same_token_and_another_number_is_refused(store: Store, new_job: NewJob) -> None:
    claim_batch(store, new_job, 3)
    for size in (2, 4):
        with pytest.raises(FormTokenReusedError):
            claim_batch(store, new_job, size)
    assert store.count_by_state() == {"queued": 3}


def test_a_batch_is_sent_by_nobody_but_the_process_that_was_clicked(store: Store, new_job: NewJob) -> None:
    """A8: what a dead process had not sent yet waits for the person."""
    first, second, third = claim_batch(store, new_job, 3)
    assert store.claim_next("scripted", worker="other", lease_s=60) is None
    assert claim(store).job_id == first.job_id
    assert store.claim_unsent_of_batch(worker="other", lease_s=60) is None
    store.drop_all_leases()
    assert store.claim_next("scripted", worker="other", lease_s=60) is None
    unsent = [store.claim_unsent_of_batch(worker="other", lease_s=60) for _ in range(4)]
    assert [job.job_id for job in unsent if job] == [first.job_id, second.job_id, third.job_id]


def test_a_lease_on_a_waiting_batch_is_renewed(store: Store, quick_clock: QuickClock, new_job: NewJob) -> None:
    claim_batch(store, new_job, 2)
    quick_clock.time += timedelta(seconds=50)
    store.renew_leases((), worker="me", lease_s=60)
    quick_clock.time += timedelta(seconds=50)
    assert store.claim_unsent_of_batch(worker="other", lease_s=60) is None
    quick_clock.time += timedelta(seconds=11)
    assert store.claim_unsent_of_batch(worker="other", lease_s=60) is not None


def test_move_to_submitting_is_when_a_job_was_sent(store: Store, quick_clock: QuickClock, new_job: NewJob) -> None:
    """A7: a lost job is looked for around this time, however late it comes to rest."""
    store.add(new_job("a cat"), form_token=None)
    job = claim(store)
    times = []
    for state in (JobState.SUBMITTING, JobState.QUEUED, JobState.SUBMITTING, JobState.NEEDS_ATTENTION):
        quick_clock.time += timedelta(hours=1)
        job = store.move(job, state=state)
        times.append((job.sent_at, quick_clock.time))
    (first, at_first), (kept, _), (second, at_second), (rested, _) = times
    assert (first, second) == (at_first, at_second)
    assert (kept, rested) == (first, second)


def rest(store: Store, new_job: NewJob, prompt: str = "a cat") -> Job:
    """Return a job that may have been taken."""
    store.add(new_job(prompt), form_token=None)
    return store.move(claim(store), state=JobState.NEEDS_ATTENTION)


def test_adopt_of_an_id_that_another_job_has_is_refused(store: Store, new_job: NewJob) -> None:
    first, second = rest(store, new_job), rest(store, new_job)
    assert store.adopt(first.job_id, remote_id="remote-1")
    assert not store.adopt(second.job_id, remote_id="remote-1")
    assert [store.get(job.job_id).state for job in (first, second)] == [JobState.RUNNING, JobState.NEEDS_ATTENTION]
    assert store.remote_ids("scripted") == {"remote-1"}


def test_put_away_hides_a_job_that_rests_and_a_late_id_brings_it_back(store: Store, new_job: NewJob) -> None:
    """A7."""
    job = rest(store, new_job)
    owned = {"owner": "local", "states": set(JobState), "limit": 10}
    assert store.put_away(job.job_id)
    assert not store.put_away(job.job_id)
    assert store.jobs_of(**owned, with_closed=False) == []
    assert [one.state for one in store.jobs_of(**owned)] == [JobState.NEEDS_ATTENTION]
    assert store.adopt(job.job_id, remote_id="remote-1")
    assert [one.job_id for one in store.jobs_of(**owned, with_closed=False)] == [job.job_id]


def test_put_away_of_a_job_that_does_not_rest_changes_nothing(store: Store, new_job: NewJob) -> None:
    job = store.add(new_job(), form_token=None)
    assert not store.put_away(job.job_id)
    assert store.get(job.job_id) == job


def test_resume_lets_a_job_that_rests_with_its_id_go_on(store: Store, new_job: NewJob) -> None:
    store.add(new_job(), form_token=None)
    resting = store.move(claim(store), state=JobState.NEEDS_KEY, remote_id="remote-1")
    assert store.waiting_for_key(["scripted"]) == [resting.job_id]
    assert store.resume(resting.job_id)
    assert not store.resume(resting.job_id)
    again = store.claim_interrupted(["scripted"], worker="other", lease_s=60)
    assert again is not None and (again.state, again.finished_at) == (JobState.RUNNING, None)


def test_resume_without_an_id_has_nothing_to_ask_for(store: Store, new_job: NewJob) -> None:
    job = rest(store, new_job)
    assert not store.resume(job.job_id)
    assert [one.job_id for one in store.without_answer()] == [job.job_id]


def test_show_places_tells_each_waiting_job_its_number_once(store: Store, new_job: NewJob) -> None:
    first, second, third = (store.add(new_job(f"{n}"), form_token=None, variation=0).job_id for n in range(3))
    store.show_places("scripted")
    store.show_places("scripted")
    claim(store)
    store.show_places("scripted")
    messages = {
        job_id: [snapshot["message"] for _, snapshot in store.events_after(job_id, 0)]
        for job_id in (first, second, third)
    }
    assert messages[first] == ["Waiting", "Waiting, number 1 in line"]
    assert messages[third] == ["Waiting", "Waiting, number 3 in line", "Waiting, number 2 in line"]


def test_events_can_be_read_again_from_any_number(store: Store, new_job: NewJob) -> None:
    store.add(new_job(), form_token=None, variation=0)
    job = claim(store)
    for n in range(5):
        job = store.move(job, message=f"step {n}")
    for after in range(7):
        assert [seq for seq, _ in store.events_after(job.job_id, after)] == list(range(after + 1, 7))


def test_jobs_of_lists_only_the_owner_and_newest_first(store: Store, new_job: NewJob) -> None:
    mine = [store.add(new_job(f"{n}", owner="me"), form_token=None, variation=0).job_id for n in range(2)]
    store.add(new_job("theirs", owner="you"), form_token=None, variation=0)
    store.add(new_job("nobody's", owner=None), form_token=None, variation=0)
    assert [job.job_id for job in store.jobs_of("me", {JobState.QUEUED}, limit=10)] == mine[::-1]
    assert store.jobs_of(None, {JobState.QUEUED}, limit=10) == []


def test_past_runs_are_those_of_the_same_kind(store: Store, new_job: NewJob) -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    store.add(new_job(), form_token=None, variation=0)
    store.move(claim(store), state=JobState.SUCCEEDED, started_at=start - timedelta(seconds=42))
    request = new_job().request
    assert store.past_runs_s(request) == [42.0]
    assert store.past_runs_s(replace(request, resolution="480p")) == []


def test_committed_rows_survive_another_opening(database_url: str, store: Store, new_job: NewJob) -> None:
    job = store.add(new_job("Ünïcode 猫"), form_token=None, variation=0)
    reopened = Store(database_url, now=lambda: job.created_at, bell=Bell())
    assert reopened.get(job.job_id) == job
    reopened.close()
