"""B14: a clock that jumps a day, ahead or back, loses no job and gives none up early. B2: after a restart all go on.

Each test drives the real engine by hand in a small world (`model_world.py`): two clocks, of which the one for
records jumps and the one for waiting does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from seedance_ui.domain.job import Job, JobState, build_snapshot
from seedance_ui.errors import SubmitUnknownError
from seedance_ui.jobs.clock import SystemClock
from seedance_ui.jobs.retention import SILENT_FOR_S, Retention
from seedance_ui.jobs.runner import LEASE_S
from seedance_ui.providers.base import Submitted
from tests.jobs.model_world import RETENTION_S, Remote, World
from tests.scripted import QuickClock, make_job

DAY = timedelta(days=1)
DAY_S = DAY.total_seconds()


@pytest.fixture
def world(data_dir: Path, finished_video: Path) -> Iterator[World]:
    made = World(data_dir, finished_video)
    made.start_worker()
    yield made
    made.close()


def click(world: World, job_id: str) -> str:
    """Commit an intent of which it is known how long such runs take."""
    job = replace(make_job(job_id=job_id), created_at=world.clock.now(), usual_s=(40.0, 65.0))
    world.store.add(job, form_token=None)
    world.wake_all()
    world.settle()
    return job_id


def take(world: World, job_id: str) -> Remote:
    """Let the provider take the request of a job and answer."""
    [post] = [post for post in world.books.waiting if post.job.job_id == job_id]
    remote = world.books.take(post)
    post.answer.set_result(Submitted(remote.remote_id))
    world.settle()
    return remote


def look_at(world: World, job_id: str) -> Job:
    job = world.store.get(job_id)
    assert job is not None
    return job


def jump(world: World, by: timedelta) -> None:
    world.clock.jumped += by
    world.wake_all()
    world.settle()


def wait_in_line(world: World) -> str:
    for n in range(3):  # as many as the provider works on at once
        click(world, f"before {n}")
    return click(world, "job")


def be_on_the_way(world: World) -> str:
    return click(world, "job")


def run(world: World) -> str:
    take(world, click(world, "job")).word = "running"
    world.pass_time(15.0)
    return "job"


def have_no_link(world: World) -> str:
    world.books.end(take(world, click(world, "job")), "no link")
    world.pass_time(15.0)
    return "job"


def be_lost(world: World) -> str:
    click(world, "job")
    world.books.waiting[0].answer.set_exception(SubmitUnknownError("time-out", provider="scripted"))
    world.settle()
    return "job"


@pytest.mark.parametrize("days", [1, -1], ids=["ahead", "back"])
@pytest.mark.parametrize(
    ("reach", "state"),
    [
        (wait_in_line, JobState.QUEUED),
        (be_on_the_way, JobState.SUBMITTING),
        (run, JobState.RUNNING),
        (have_no_link, JobState.DOWNLOADING),
        (be_lost, JobState.NEEDS_ATTENTION),
    ],
    ids=lambda value: value.value if isinstance(value, JobState) else "",
)
def test_a_clock_that_jumps_a_day_and_back_changes_nothing(
    world: World, reach: Callable[[World], str], state: JobState, days: int
) -> None:
    job_id = reach(world)
    before = look_at(world, job_id)
    assert before.state is state
    world.books.weather = "down"  # no answer can put right what a clock says
    for by in (days * DAY, -days * DAY):
        jump(world, by)
        world.pass_time(RETENTION_S / 3)
        job = look_at(world, job_id)
        assert (job.state, job.worker, job.epoch) == (state, before.worker, before.epoch), "walked a second time"
        snapshot = build_snapshot(job, world.clock.now())
        assert min(snapshot["elapsed_s"], snapshot["queued_s"]) >= 0
        assert snapshot["eta_s"] is None or 0 <= snapshot["eta_s"]["low"] <= snapshot["eta_s"]["high"]
    assert world.books.maybe_taken(job_id) <= 1


@pytest.mark.parametrize("days", [1, -1], ids=["ahead", "back"])
def test_a_video_comes_home_with_a_clock_that_is_a_day_off(world: World, days: int) -> None:
    click(world, "job")
    jump(world, days * DAY)
    remote = take(world, "job")
    jump(world, -days * DAY)
    world.books.end(remote, "succeeded")
    world.pass_time(30.0)
    job = look_at(world, "job")
    assert job.state is JobState.SUCCEEDED
    assert build_snapshot(job, world.clock.now())["elapsed_s"] >= 0


def test_two_workers_whose_leases_seem_to_run_out_in_a_jump_pay_once(world: World) -> None:
    """B14, A9: what a jump of the clock of leases costs is who walks a job, never a second request."""
    click(world, "job")
    world.start_worker()
    before = look_at(world, "job")
    jump(world, DAY)
    assert look_at(world, "job").epoch > before.epoch
    world.books.end(take(world, "job"), "succeeded")
    world.pass_time(2 * LEASE_S)
    assert look_at(world, "job").state is JobState.SUCCEEDED
    assert world.books.maybe_taken("job") == 1


@pytest.mark.parametrize(("reach", "apart_s"), [(run, 10.0), (have_no_link, 60.0)], ids=["running", "downloading"])
def test_a_worker_that_was_frozen_past_its_lease_asks_no_more(
    world: World, reach: Callable[[World], str], apart_s: float
) -> None:
    """A9: one poller a job; the one that was frozen may have one question on its way."""
    reach(world)
    world.workers[0].gate.shut()
    world.start_worker()
    world.settle()
    world.workers[0].gate.open()
    world.pass_time(60.0)
    world.books.questions.clear()
    world.pass_time(300.0)
    asked_s = [at_s for _, at_s in world.books.questions]
    assert len(asked_s) > 2
    assert all(later_s - earlier_s >= apart_s for earlier_s, later_s in zip(asked_s, asked_s[1:], strict=False))


# -- how long a provider keeps a job -------------------------------------------------------------------------


def pass_s(clock: QuickClock, seconds: float) -> None:
    clock.time += timedelta(seconds=seconds)
    clock.waited_s += seconds


def test_a_jump_ahead_makes_no_job_older(quick_clock: QuickClock) -> None:
    retention = Retention(quick_clock, since=quick_clock.now(), kept_s=DAY_S)
    quick_clock.time += DAY
    silent_s = 0
    while not retention.is_over_without_answer():
        pass_s(quick_clock, 3600)
        silent_s += 3600
    assert silent_s == DAY_S


def test_a_clock_that_is_wrong_at_the_start_has_an_hour_to_be_set_right(quick_clock: QuickClock) -> None:
    since = quick_clock.now()
    quick_clock.time += DAY  # as a process finds it that starts now
    retention = Retention(quick_clock, since=since, kept_s=DAY_S)
    assert not retention.is_over_without_answer()
    pass_s(quick_clock, SILENT_FOR_S - 1)
    assert not retention.is_over_without_answer()
    quick_clock.time -= DAY
    pass_s(quick_clock, 1)
    assert not retention.is_over_without_answer()


def test_an_answer_begins_the_hour_anew(quick_clock: QuickClock) -> None:
    retention = Retention(quick_clock, since=quick_clock.now() - 2 * DAY, kept_s=DAY_S)
    assert not retention.is_over_without_answer()
    pass_s(quick_clock, SILENT_FOR_S)
    retention.on_answer()
    assert not retention.is_over_without_answer()
    pass_s(quick_clock, SILENT_FOR_S)
    assert retention.is_over_without_answer()


def test_a_short_retention_needs_no_hour_of_silence(quick_clock: QuickClock) -> None:
    retention = Retention(quick_clock, since=quick_clock.now(), kept_s=300)
    assert not retention.is_over_without_answer()
    pass_s(quick_clock, 300)
    assert retention.is_over_without_answer()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_records_are_in_utc_whatever_the_zone_and_its_summer_time(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the night when clocks are set, a local time would jump; what is recorded has no zone of its own."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        now = SystemClock().now()
        off_s = abs((now - datetime.fromtimestamp(time.time(), timezone.utc)).total_seconds())
    time.tzset()
    assert now.utcoffset() == timedelta()
    assert off_s < 3600


def test_the_clock_for_waiting_goes_on_while_the_one_for_records_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.monotonic()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.monotonic() >= before


# -- after a restart -----------------------------------------------------------------------------------------


def test_thirty_jobs_go_on_at_once_after_a_restart_and_ask_one_after_another(world: World) -> None:
    """B2: all are walked before a second has passed, and no more questions go out than the account allows."""
    world.workers[0].gate.shut()
    for n in range(30):
        job = replace(make_job(job_id=f"j{n}"), created_at=world.clock.now())
        world.store.add(job, form_token=None)
        claimed = world.store.claim_next("scripted", worker="dead", lease_s=LEASE_S)
        assert claimed is not None
        state = JobState.DOWNLOADING if n % 3 else JobState.RUNNING
        world.store.move(claimed, state=state, remote_id=f"r{n}", submitted_at=world.clock.now())
        remote = Remote(f"r{n}", f"j{n}", job.request.prompt, taken_s=0.0)
        world.books.remotes[remote.remote_id] = remote
    world.start_worker()
    world.settle()
    assert {look_at(world, f"j{n}").worker for n in range(30)} == {world.at_work[0].runner.worker}
    world.pass_time(60.0)
    asked_s = [at_s for _, at_s in world.books.questions]
    assert asked_s[0] == 0.0
    assert len({job_id for job_id, _ in world.books.questions[:30]}) == 30, "somebody waited for another's second turn"
    for first_s, third_s in zip(asked_s, asked_s[2:], strict=False):
        assert third_s - first_s >= 1.0, "more than two questions within a second"
