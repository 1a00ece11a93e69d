"""The runner walks jobs through every state; the provider is scripted, the clock does not wait."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from sqlalchemy import update

from seedance_ui.domain.job import Job, JobError, JobState, JobUpdate, LocalVideo
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ContentFilterError,
    InsufficientBalanceError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    StoreError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.jobs.runner import LEASE_S, Runner
from seedance_ui.jobs.schema import jobs
from tests.scripted import make_job

if TYPE_CHECKING:
    from tests.jobs.conftest import Bench

Poll = Callable[[Job], Awaitable[JobUpdate]]


def says(*updates: JobUpdate | ProviderError, then: Poll | None = None) -> Poll:
    """Return a poll that gives these answers in turn, and then those of `then`, or waits for ever."""
    answers = list(updates)

    async def poll(job: Job) -> JobUpdate:
        if not answers:
            return await then(job) if then else JobUpdate("running", "Generating")
        answer = answers.pop(0)
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    return poll


def always(update: JobUpdate) -> Poll:
    """Return a poll that gives the same answer each time."""

    async def poll(job: Job) -> JobUpdate:
        return update

    return poll


async def test_a_job_walks_to_its_video(bench: Bench, finished_video: Path) -> None:
    bench.provider.on_poll = says(
        JobUpdate("queued", "In the queue"),
        JobUpdate("running", "Generating", progress=0.5),
        then=bench.provider.finish(finished_video),
    )
    bench.start_runner()
    job = await bench.until(bench.add())
    assert bench.states(job.job_id) == ["queued", "uploading", "submitting", "running", "downloading", "succeeded"]
    assert bench.provider.submits == [job.job_id]
    assert "Uploading, 1 of 1 files are there" in [
        snapshot["message"] for _, snapshot in bench.store.events_after(job.job_id, 0)
    ]
    assert (job.remote_id, job.seed, job.progress) == (f"remote-{job.job_id}", 7, 1.0)
    kept = bench.tools.library.video_path(job.job_id)
    assert kept.read_bytes() == finished_video.read_bytes()
    assert bench.tools.library.poster_path(job.job_id).stat().st_size > 0
    assert bench.tools.library.last_frame_path(job.job_id).stat().st_size > 0
    assert job.video is not None
    assert (job.video.size_bytes, job.video.width_px, job.video.height_px) == (kept.stat().st_size, 320, 240)
    assert job.video.duration_s == pytest.approx(1.0, abs=0.1)


async def test_the_intent_and_the_remote_id_are_committed_around_the_request(bench: Bench) -> None:
    """A1, B3: when the request goes out the row says `submitting`; afterwards the id is there first."""
    seen: list[JobState] = []

    async def look(job_id: str) -> None:
        job = bench.store.get(job_id)
        assert job is not None
        seen.append(job.state)

    bench.provider.on_submit = look
    bench.provider.on_poll = says()
    bench.start_runner()
    job = await bench.until(bench.add(), JobState.RUNNING)
    assert seen == [JobState.SUBMITTING]
    assert job.remote_id == f"remote-{job.job_id}"


@pytest.mark.parametrize("jobs_at_once", [1, 3])
async def test_fifty_jobs_stay_fair(bench: Bench, jobs_at_once: int) -> None:
    """At most so many at once as the provider allows, first in first out, the rest with their place."""
    bench.provider.jobs_at_once = jobs_at_once
    at_work: set[str] = set()
    most = 0
    go = threading.Event()

    async def poll(job: Job) -> JobUpdate:
        nonlocal most
        at_work.add(job.job_id)
        most = max(most, len(at_work))
        if not go.is_set():
            return JobUpdate("running", "Generating")
        at_work.discard(job.job_id)
        return JobUpdate("failed", "Declined")

    bench.provider.on_poll = poll
    ids = [bench.add(f"{n}") for n in range(50)]
    bench.start_runner()
    place = f"Waiting, number {50 - jobs_at_once} in line"
    await bench.until_message(ids[-1], place)
    go.set()
    for job_id in ids:
        assert (await bench.until(job_id)).state is JobState.FAILED
    assert sorted(bench.provider.submits) == sorted(ids)
    assert most <= jobs_at_once
    if jobs_at_once == 1:  # of those who are sent at the same moment, any may come first
        assert bench.provider.submits == ids
    messages = [snapshot["message"] for _, snapshot in bench.store.events_after(ids[-1], 0)]
    places = [int(message.split()[2]) for message in messages if message.startswith("Waiting, number")]
    assert places == sorted(set(places), reverse=True)


@pytest.mark.parametrize(
    "error",
    [
        BadRequestError("too long", provider="scripted"),
        AuthenticationError("no", provider="scripted"),
        InsufficientBalanceError("empty", provider="scripted"),
        ContentFilterError("a face", provider="scripted"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_refused_request_fails_once_and_costs_nothing(bench: Bench, error: ProviderError) -> None:
    """A4."""

    async def refuse(job_id: str) -> None:
        raise error

    bench.provider.on_submit = refuse
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error.charged, job.error.detail) == ("no", str(error))
    assert job.cost == Cost(0.0, "USD", "exact")
    assert len(bench.provider.submits) == 1


@pytest.mark.parametrize(
    "error",
    [
        SubmitUnknownError("time-out", provider="scripted"),
        UnexpectedResponseError("no id", provider="scripted"),
        RuntimeError("our own bug"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_request_that_may_have_arrived_needs_attention(bench: Bench, error: Exception) -> None:
    """A2: one request, never a second."""

    async def break_off(job_id: str) -> None:
        raise error

    bench.provider.on_submit = break_off
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None
    assert job.error.charged == "unknown"
    assert job.cost == Cost(2.5, "USD", "estimate")
    assert len(bench.provider.submits) == 1


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailableError("refused", provider="scripted"),
        RateLimitError("slow down", provider="scripted", retry_after_s=7),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_request_that_was_not_taken_is_tried_three_times(bench: Bench, error: ProviderError) -> None:
    """A3."""

    async def not_taken(job_id: str) -> None:
        raise error

    bench.provider.on_submit = not_taken
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.charged == "no"
    assert len(bench.provider.submits) == 3
    if isinstance(error, RateLimitError):
        assert bench.clock.slept_s.count(7) == 2


async def test_questions_without_an_answer_are_never_final(bench: Bench, finished_video: Path) -> None:
    """B7."""
    faults = [
        ProviderUnavailableError("502", provider="scripted"),
        UnexpectedResponseError("not JSON", provider="scripted"),
        RateLimitError("slow", provider="scripted", retry_after_s=9),
    ]
    bench.provider.on_poll = says(*faults, then=bench.provider.finish(finished_video))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.SUCCEEDED
    assert 9 in bench.clock.slept_s


async def test_an_unknown_word_is_shown_and_keeps_the_job_alive(bench: Bench, finished_video: Path) -> None:
    """B11."""
    bench.provider.on_poll = says(JobUpdate("unknown", "marinating"), then=bench.provider.finish(finished_video))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.SUCCEEDED
    assert "marinating" in [snapshot["message"] for _, snapshot in bench.store.events_after(job.job_id, 0)]


async def test_a_key_refused_while_running_rests_with_its_id(bench: Bench) -> None:
    bench.provider.on_poll = says(AuthenticationError("gone", provider="scripted"))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.NEEDS_KEY
    assert job.remote_id
    assert job.error is not None and job.error.charged == "unknown"


async def test_a_verdict_of_the_provider_fails_the_job(bench: Bench) -> None:
    error = JobError("moderation", "Scripted declined this", "words", "no", "Change the words.", asset="@Image1")
    bench.provider.on_poll = says(JobUpdate("failed", "declined", error=error))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert (job.state, job.error, job.cost.amount) == (JobState.FAILED, error, 0.0)


async def test_cancel_that_the_provider_confirms_ends_the_job(bench: Bench) -> None:
    bench.provider.on_poll = says()
    bench.provider.confirms_cancel = True
    runner = bench.start_runner()
    job = await bench.until(bench.add(), JobState.RUNNING)
    bench.store.want_cancel(job.job_id)
    runner.nudge(job.job_id)
    assert (await bench.until(job.job_id)).state is JobState.CANCELLED
    assert bench.provider.cancels == [job.job_id]


async def test_cancel_that_the_provider_refuses_keeps_the_video(bench: Bench, finished_video: Path) -> None:
    """A12: the state does not change, the card says so, the job goes on and its video is kept."""
    released = threading.Event()
    finish = bench.provider.finish(finished_video)

    async def poll(job: Job) -> JobUpdate:
        return await finish(job) if released.is_set() else JobUpdate("running", "Generating")

    bench.provider.on_poll = poll
    runner = bench.start_runner()
    job = await bench.until(bench.add(), JobState.RUNNING)
    bench.store.want_cancel(job.job_id)
    runner.nudge(job.job_id)
    await bench.until_message(
        job.job_id, "Scripted can't stop this job. It will finish and be charged, and its video will be kept"
    )
    released.set()
    assert (await bench.until(job.job_id)).state is JobState.SUCCEEDED
    assert bench.provider.cancels == [job.job_id]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.UPLOADING])
async def test_a_restart_does_again_what_was_free(bench: Bench, finished_video: Path, state: JobState) -> None:
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=state)
    bench.provider.on_poll = bench.provider.finish(finished_video)
    bench.start_runner()
    assert (await bench.until(job_id)).state is JobState.SUCCEEDED
    assert bench.provider.submits == [job_id]


async def test_a_restart_in_submitting_never_sends_again(bench: Bench) -> None:
    """A5."""
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.SUBMITTING)
    bench.start_runner()
    assert (await bench.until(job_id)).state is JobState.NEEDS_ATTENTION
    assert bench.provider.submits == []


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DOWNLOADING])
async def test_a_restart_goes_on_with_the_known_id(bench: Bench, finished_video: Path, state: JobState) -> None:
    """B2."""
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=state, remote_id="r1")
    bench.provider.on_poll = bench.provider.finish(finished_video)
    bench.start_runner()
    assert (await bench.until(job_id)).state is JobState.SUCCEEDED
    assert bench.provider.submits == []


async def test_a_restart_after_the_rename_finds_the_video(bench: Bench, finished_video: Path) -> None:
    """B4: nothing is asked or fetched again."""
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.DOWNLOADING, remote_id="r1")
    bench.tools.library.video_path(job_id).write_bytes(finished_video.read_bytes())
    bench.start_runner()
    assert (await bench.until(job_id)).state is JobState.SUCCEEDED


async def test_a_broken_video_is_never_a_success_and_never_a_failure(
    bench: Bench, finished_video: Path, tmp_path: Path
) -> None:
    """B6, B8: half a file is not kept; the job goes on asking until a whole one comes."""
    half = tmp_path / "half.mp4"
    half.write_bytes(finished_video.read_bytes()[: finished_video.stat().st_size // 2])
    whole = bench.provider.finish(finished_video)
    bench.provider.on_poll = says(JobUpdate("succeeded", "Ready", video=LocalVideo(half)), then=whole)
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.SUCCEEDED
    assert bench.tools.library.video_path(job.job_id).read_bytes() == finished_video.read_bytes()
    assert not half.exists()  # an embedded provider would find it again, for ever


async def test_a_stop_waits_for_the_request_that_is_on_its_way(bench: Bench) -> None:
    """B2: SIGTERM while a paid request is out must not lose its id."""
    sent, answer = threading.Event(), threading.Event()

    async def slow(job_id: str) -> None:
        sent.set()
        await asyncio.get_running_loop().run_in_executor(None, answer.wait)

    bench.provider.on_submit = slow
    bench.provider.on_poll = says()
    runner = bench.start_runner()
    job_id = bench.add()
    await asyncio.get_running_loop().run_in_executor(None, sent.wait)
    stopping = threading.Thread(target=runner.stop)
    stopping.start()
    answer.set()
    await asyncio.get_running_loop().run_in_executor(None, stopping.join)
    job = bench.store.get(job_id)
    assert job is not None
    assert (job.state, job.remote_id) == (JobState.RUNNING, f"remote-{job_id}")


async def test_a_video_damaged_in_the_library_is_fetched_again(bench: Bench, finished_video: Path) -> None:
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.DOWNLOADING, remote_id="r1")
    bench.tools.library.video_path(job_id).write_bytes(b"")
    bench.provider.on_poll = bench.provider.finish(finished_video)
    bench.start_runner()
    assert (await bench.until(job_id)).state is JobState.SUCCEEDED
    assert bench.tools.library.video_path(job_id).read_bytes() == finished_video.read_bytes()


@pytest.mark.parametrize("word", ["failed", "cancelled"])
async def test_another_word_behind_success_is_waited_out(
    bench: Bench, finished_video: Path, word: Literal["failed", "cancelled"]
) -> None:
    """B8, B10: the video was made and is paid; what ends by a verdict then is never looked for again."""
    words = [JobUpdate("succeeded", "Ready"), *[JobUpdate(word, "Gone after all")] * 3]
    bench.provider.on_poll = says(*words, then=bench.provider.finish(finished_video))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert (job.state, job.error, job.cost.amount) == (JobState.SUCCEEDED, None, 2.5)
    messages = [snapshot["message"] for _, snapshot in bench.store.events_after(job.job_id, 0)]
    assert any("'Gone after all'" in message for message in messages)


@pytest.mark.parametrize("word", ["failed", "cancelled"])
async def test_another_word_behind_the_success_of_what_is_paid_leaves_open_whether_it_is(
    bench: Bench, word: Literal["failed", "cancelled"]
) -> None:
    bench.provider.on_poll = says(JobUpdate("succeeded", "Ready"), then=always(JobUpdate(word, "Gone after all")))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None
    assert (job.error.code, job.error.charged) == ("expired", "unknown")
    waiting = [snapshot["error"] for _, snapshot in bench.store.events_after(job.job_id, 0) if snapshot["error"]]
    assert {(error["code"], error["charged"]) for error in waiting[:-1]} == {("taken_back", "unknown")}


async def test_another_word_behind_the_success_of_what_is_free_ends_it(bench: Bench) -> None:
    """A picture that is not there any more cannot be drawn again, however often that is tried."""
    error = JobError("render_failed", "It could not be drawn", "", "no", "Generate again.")
    gone = JobUpdate("failed", "Gone after all", error=error)
    bench.provider.on_poll = says(JobUpdate("succeeded", "Ready"), then=always(gone))
    bench.start_runner()
    free = replace(make_job(), cost=Cost(0.0, "USD", "exact"))
    bench.store.add(free, form_token=None)
    job = await bench.until(free.job_id)
    assert (job.state, job.error) == (JobState.FAILED, error)


async def test_files_that_cannot_be_prepared_fail_the_job_after_three_tries(bench: Bench) -> None:
    tries = 0

    async def broken() -> None:
        nonlocal tries
        tries += 1
        raise FileNotFoundError("/a/path/that/nobody/should/read")

    bench.provider.on_upload = broken
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error.charged, tries, bench.provider.submits) == ("no", 3, [])
    assert "/a/path" not in job.error.detail


async def test_a_bug_in_a_question_is_no_verdict(bench: Bench, finished_video: Path) -> None:
    finish = bench.provider.finish(finished_video)
    broken = [True, True]

    async def poll(job: Job) -> JobUpdate:
        if broken:
            broken.pop()
            raise KeyError("a bug of the adapter")
        return await finish(job)

    bench.provider.on_poll = poll
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.SUCCEEDED
    messages = [snapshot["message"] for _, snapshot in bench.store.events_after(job.job_id, 0)]
    assert "No answer from Scripted right now; asking again. Your job keeps running" in messages


async def test_a_job_that_nobody_answers_for_rests_when_the_provider_forgets_it(bench: Bench) -> None:
    """B11."""
    bench.provider.retention_s = 3600

    async def silence(job: Job) -> JobUpdate:
        raise ProviderUnavailableError("no answer", provider="scripted")

    bench.provider.on_poll = silence
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None
    assert (job.error.code, job.error.charged) == ("expired", "unknown")
    assert job.remote_id is not None
    assert job.remote_id in job.error.detail


async def test_a_job_that_runs_for_ever_rests_when_its_provider_would_have_forgotten_it(bench: Bench) -> None:
    """B11: else it could neither be closed nor deleted, and would keep its place for ever."""
    bench.provider.retention_s = 7200
    bench.provider.on_poll = says()
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None
    assert (job.error.code, job.error.charged) == ("expired", "unknown")
    assert "'Generating'" in job.error.detail
    assert bench.clock.waited_s >= 7200


async def test_a_row_that_cannot_be_read_stands_in_nobodys_way(bench: Bench, finished_video: Path) -> None:
    bench.provider.on_poll = bench.provider.finish(finished_video)
    poisoned = bench.add("poisoned")
    with bench.store.engine.begin() as db:
        db.execute(update(jobs).where(jobs.c.job_id == poisoned).values(request={"of": "another version"}))
    bench.start_runner()
    assert (await bench.until(bench.add("good"))).state is JobState.SUCCEEDED


async def test_a_job_of_a_provider_that_is_gone_is_left_to_a_person(bench: Bench) -> None:
    job_id = bench.add()
    runner = Runner({}, bench.tools, lock=None)
    runner.start()
    try:
        job = await bench.until(job_id)
    finally:
        runner.stop()
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None
    assert (job.error.code, job.error.charged) == ("provider_gone", "no")


async def test_a_clock_that_jumps_a_day_starts_no_second_walk(bench: Bench) -> None:
    """B14."""
    bench.provider.on_poll = says()
    runner = bench.start_runner()
    job = await bench.until(bench.add(), JobState.RUNNING)
    bench.clock.time += timedelta(days=1)
    other = bench.add("another one")
    runner.wake()
    await bench.until(other, JobState.RUNNING)
    again = bench.store.get(job.job_id)
    assert again is not None
    assert (again.state, again.epoch) == (JobState.RUNNING, job.epoch)


async def test_a_late_id_is_accepted_even_where_the_database_was_busy_at_first(bench: Bench) -> None:
    """B3: the lease is lost while the request is out, and the first write of the id is refused."""
    refused = []
    adopt = bench.store.adopt

    class BusyOnce(type(bench.store)):  # type: ignore[misc]
        """The real store, whose file is locked by another program once."""

        def adopt(self, job_id: str, *, remote_id: str) -> bool:
            if not refused:
                refused.append(job_id)
                raise StoreError("The job could not be written: database is locked.")
            return adopt(job_id, remote_id=remote_id)

    async def lose_the_lease(job_id: str) -> None:
        with bench.store.engine.begin() as db:
            db.execute(update(jobs).where(jobs.c.job_id == job_id).values(worker="another", epoch=99))

    bench.store.__class__ = BusyOnce
    bench.provider.on_submit = lose_the_lease
    bench.provider.on_poll = says()
    bench.start_runner()
    job_id = bench.add()
    job = await bench.until(job_id, JobState.RUNNING)
    assert (job.remote_id, refused, bench.provider.submits) == (f"remote-{job_id}", [job_id], [job_id])


async def test_an_id_that_cannot_be_written_stands_in_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """B3: even where the app is stopped while it tries."""
    caplog.set_level(logging.INFO)
    move, tried = bench.store.move, threading.Event()

    class TakesNoId(type(bench.store)):  # type: ignore[misc]
        """The real store, on a disk that is full when the answer comes."""

        def move(self, job: Job, **changes: Any) -> Job:
            if "remote_id" in changes:
                tried.set()
                raise StoreError("The job could not be written: database or disk is full.")
            return move(job, **changes)

    bench.store.__class__ = TakesNoId
    runner = bench.start_runner()
    job_id = bench.add()
    assert await asyncio.to_thread(tried.wait, 30)
    await asyncio.to_thread(runner.stop)
    assert f"Job {job_id}: Scripted has it as remote-{job_id}" in caplog.messages


async def test_who_stood_still_behind_the_commit_and_lost_the_job_sends_nothing(bench: Bench) -> None:
    """A9: a person may have sent it again meanwhile."""
    move, frozen = bench.store.move, threading.Event()

    class Freezes(type(bench.store)):  # type: ignore[misc]
        """The real store, in a process that stands still behind one commit until its lease is another's."""

        def move(self, job: Job, **changes: Any) -> Job:
            moved = move(job, **changes)
            if changes.get("state") is JobState.SUBMITTING:
                bench.clock.waited_s += LEASE_S
                with bench.store.engine.begin() as db:
                    db.execute(update(jobs).where(jobs.c.job_id == job.job_id).values(worker="another", epoch=99))
                frozen.set()
            return moved

    bench.store.__class__ = Freezes
    runner = bench.start_runner()
    bench.add()
    assert await asyncio.to_thread(frozen.wait, 30)
    await bench.until_idle(runner)
    assert bench.provider.submits == []


async def test_who_stood_still_behind_the_commit_and_kept_the_job_says_anew_when_it_is_sent(bench: Bench) -> None:
    """A7: a lost answer is looked for around that time."""
    move, stood_still = bench.store.move, timedelta(hours=2)

    class Freezes(type(bench.store)):  # type: ignore[misc]
        """The real store, in a process that stands still behind its first commit to send."""

        def move(self, job: Job, **changes: Any) -> Job:
            moved = move(job, **changes)
            if changes.get("state") is JobState.SUBMITTING and job.state is not JobState.SUBMITTING:
                bench.clock.waited_s += stood_still.total_seconds()
                bench.clock.time += stood_still
            return moved

    async def lose_the_answer(job_id: str) -> None:
        raise SubmitUnknownError("no answer", provider="scripted")

    bench.store.__class__ = Freezes
    bench.provider.on_submit = lose_the_answer
    bench.start_runner()
    job = await bench.until(bench.add())
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.sent_at is not None and job.finished_at is not None
    assert bench.provider.submits == [job.job_id]
    assert job.finished_at - job.sent_at < timedelta(minutes=1)


async def test_a_wish_to_cancel_while_the_request_is_being_refused_is_fulfilled(bench: Bench) -> None:
    """A12, A3: what was provably not taken is not sent again once it is not wanted."""

    async def refuse(job_id: str) -> None:
        bench.store.want_cancel(job_id)
        raise RateLimitError("slow down", provider="scripted")

    bench.provider.on_submit = refuse
    bench.start_runner()
    job = await bench.until(bench.add())
    assert (job.state, job.cost.amount) == (JobState.CANCELLED, 0.0)
    assert bench.provider.submits == [job.job_id]


async def test_a_wish_that_a_crash_left_in_the_waiting_line_is_fulfilled(bench: Bench) -> None:
    """A12."""
    job_id = bench.add()
    with bench.store.engine.begin() as db:
        db.execute(update(jobs).values(cancel_wanted=True))
    bench.start_runner()
    assert (await bench.until(job_id)).state is JobState.CANCELLED
    assert bench.provider.submits == []


async def test_an_id_whose_commit_got_no_answer_is_gone_on_with(bench: Bench, finished_video: Path) -> None:
    """B3, B7: the row was written, and the connection broke before the database said so."""
    broken: list[str] = []
    move = bench.store.move

    class BreaksOnce(type(bench.store)):  # type: ignore[misc]
        """The real store, over a connection that breaks once behind a commit."""

        def move(self, job: Job, **changes: Any) -> Job:
            moved = move(job, **changes)
            if "remote_id" in changes and not broken:
                broken.append(job.job_id)
                raise StoreError("The job could not be written: the connection ended.")
            return moved

    bench.store.__class__ = BreaksOnce
    bench.provider.on_poll = bench.provider.finish(finished_video)
    bench.start_runner()
    job = await bench.until(bench.add())
    assert (job.state, broken, bench.provider.submits) == (JobState.SUCCEEDED, [job.job_id], [job.job_id])


async def test_a_stop_lets_nothing_new_be_sent(bench: Bench) -> None:
    """B2: one request is on its way, and another job is about to be sent."""
    sent, answer, uploading, uploaded = (threading.Event() for _ in range(4))

    async def upload() -> None:
        if sent.is_set():
            uploading.set()
            await asyncio.get_running_loop().run_in_executor(None, uploaded.wait)

    async def slow(job_id: str) -> None:
        sent.set()
        await asyncio.get_running_loop().run_in_executor(None, answer.wait)

    bench.provider.on_upload, bench.provider.on_submit, bench.provider.on_poll = upload, slow, says()
    runner = bench.start_runner()
    first = bench.add()
    here = asyncio.get_running_loop()
    await here.run_in_executor(None, sent.wait)
    second = bench.add()
    await here.run_in_executor(None, uploading.wait)
    stopping = threading.Thread(target=runner.stop)
    stopping.start()
    await runner.ask(runner._stopping.wait())
    uploaded.set()
    answer.set()
    await here.run_in_executor(None, stopping.join)
    assert bench.provider.submits == [first]
    assert [bench.states(job_id)[-1] for job_id in (first, second)] == ["running", "uploading"]


async def run_and_stop_once(moment: threading.Event, bench: Bench) -> str:
    """Run one job, stop the runner at a moment, and return the job's id."""
    runner = bench.start_runner()
    job_id = bench.add()
    here = asyncio.get_running_loop()
    await here.run_in_executor(None, moment.wait)
    await asyncio.wait_for(here.run_in_executor(None, runner.stop), 30)
    return job_id


async def test_a_stop_that_a_question_swallows_is_said_again(bench: Bench) -> None:
    """B2: as `asyncio.wait_for` does until Python 3.12, at the moment in which an answer is there."""
    asked = threading.Event()

    async def swallow(job: Job) -> JobUpdate:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            bench.provider.on_poll = forever
        return JobUpdate("running", "Working")

    async def forever(job: Job) -> JobUpdate:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    bench.provider.on_poll = swallow
    job_id = await run_and_stop_once(asked, bench)
    assert bench.states(job_id)[-1] == "running"


async def test_an_answer_that_comes_when_the_patience_of_a_stop_ends_is_written_down(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: the paid request is cancelled once; cancelled again, it would lose the id that it has by then."""
    for patience in ("STOP_WITHIN_S", "_CANCEL_AGAIN_S"):
        monkeypatch.setattr(f"seedance_ui.jobs.runner.{patience}", 0)
    sent = threading.Event()

    async def swallow(job_id: str) -> None:
        sent.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for _ in range(50):  # turns of the loop, in each of which it could be cancelled again
                await asyncio.sleep(0)

    bench.provider.on_submit = swallow
    job_id = await run_and_stop_once(sent, bench)
    job = bench.store.get(job_id)
    assert job is not None
    assert (job.state, job.remote_id) == (JobState.RUNNING, f"remote-{job_id}")


async def test_an_id_that_stands_with_another_job_is_named_and_left_to_a_person(bench: Bench) -> None:
    """B3: it is never lost without a word."""
    bench.store.add(make_job(), form_token=None)
    holder = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert holder is not None

    async def already_known(job_id: str) -> None:
        with bench.store.engine.begin() as db:
            known = {"state": "needs_key", "remote_id": f"remote-{job_id}"}
            db.execute(update(jobs).where(jobs.c.job_id == holder.job_id).values(known))

    bench.provider.on_submit = already_known
    bench.start_runner()
    job_id = bench.add()
    job = await bench.until(job_id)
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None and f"remote-{job_id}" in job.error.detail


async def test_a_job_of_a_provider_that_is_gone_may_have_been_charged_where_it_was_being_sent(bench: Bench) -> None:
    job_id = bench.add()
    sending = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert sending is not None
    bench.store.move(sending, state=JobState.SUBMITTING)
    bench.store.drop_all_leases()
    runner = Runner({}, bench.tools, lock=None)
    bench.runners.append(runner)
    runner.start()
    job = await bench.until(job_id)
    assert job.error is not None and (job.error.code, job.error.charged) == ("provider_gone", "unknown")
