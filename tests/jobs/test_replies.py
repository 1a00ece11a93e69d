"""B18: answers are written with the next move of their job, or not at all, and never stand in its way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from seedance_ui.domain.job import Job, JobState
from seedance_ui.domain.redaction import Redactor
from seedance_ui.errors import GenerationMismatchError, LeaseLostError, SubmitUnknownError
from seedance_ui.jobs.replies import MAX_REPLIES, MAX_WORDS_CHARS, PAID, Notes, Reply
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.ways_on import WaysOn
from seedance_ui.providers.base import Submitted
from seedance_ui.providers.replies import Exchange, listening, tell
from tests.jobs.conftest import Bench

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def reply(number: int, what: str = "GET /jobs/1") -> Reply:
    return Reply(START + timedelta(seconds=number), what, "200", f"words {number}")


def replies_of(store: Store, job_id: str) -> list[Reply]:
    record = store.record_of(job_id)
    assert record is not None
    return list(record.replies)


@pytest.fixture
def claimed(store: Store, new_job: Callable[..., Job]) -> Job:
    store.add(new_job(), form_token=None)
    job = store.claim_next("scripted", worker="w", lease_s=60)
    assert job is not None
    return job


def test_replies_are_written_with_the_move_and_kept_by_worth(store: Store, claimed: Job) -> None:
    job = store.move(claimed, message="1", replies=[reply(1, f"{PAID}POST /x")])
    job = store.move(job, message="2")
    job = store.move(job, message="3", replies=[reply(n) for n in range(2, 8)])
    store.move(job, message="4", replies=[reply(n) for n in range(8, 20)])
    kept = replies_of(store, job.job_id)
    assert kept == [reply(1, f"{PAID}POST /x"), *[reply(n) for n in range(20 - MAX_REPLIES + 1, 20)]]


def test_a_move_that_is_refused_writes_no_reply(store: Store, claimed: Job) -> None:
    store.move(claimed, state=JobState.UPLOADING)
    with pytest.raises(LeaseLostError):
        store.move(claimed, message="late", replies=[reply(1)])
    assert replies_of(store, claimed.job_id) == []
    store.note(claimed.job_id, [reply(1)])
    assert replies_of(store, claimed.job_id) == [reply(1)]


def test_a_note_about_nothing_known_writes_nothing(store: Store) -> None:
    store.note("unknown", [reply(1)])
    assert store.record_of("unknown") is None


def test_notes_are_bounded_and_clean_from_the_start() -> None:
    notes = Notes(Redactor(["planted-key"]), lambda: START)
    notes.hear(Exchange("POST /x", "200", "the planted-key " + "w" * 9000, is_paid=True))
    for number in range(30):
        notes.hear(Exchange(f"GET /{number}" + "p" * 900, "E" * 900))
    first, *others = notes.unwritten
    assert (first.what, first.words[:6], len(first.words)) == (f"{PAID}POST /x", "the … ", MAX_WORDS_CHARS + 1)
    assert [one.what[:7] for one in others] == [f"GET /{number}" for number in range(21, 30)]
    assert max(len(one.what) for one in others) < 400
    assert max(len(one.status) for one in others) <= 64
    written = notes.unwritten[:4]
    notes.hear(Exchange("GET /meanwhile", "200"))
    notes.forget(written)
    assert notes.unwritten[-1].what == "GET /meanwhile"
    assert not set(written) & set(notes.unwritten)


def test_a_listener_that_breaks_does_not_touch_the_exchange(caplog: pytest.LogCaptureFixture) -> None:
    def broken(exchange: Exchange) -> None:
        raise ValueError("planted words")

    with listening(broken):
        tell(Exchange("POST /x", "200", "planted words"))
    tell(Exchange("POST /x", "200"))  # nobody listens any more
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "An answer to POST /x could not be noted (ValueError)")
    ]


async def test_a_late_id_brings_its_answer_along(bench: Bench) -> None:
    """A7: the lease is lost while the paid request is on its way; the id and the answer are accepted all the same."""

    async def submit(job_id: str) -> None:
        tell(Exchange("POST /x", "200", "taken", is_paid=True))
        bench.store.drop_all_leases()
        other = bench.store.claim_interrupted(["scripted"], worker="other", lease_s=60)
        assert other is not None
        bench.store.move(other, state=JobState.NEEDS_ATTENTION)

    bench.provider.on_submit = submit
    runner = bench.start_runner()
    job_id = bench.add()
    await bench.until(job_id, JobState.RUNNING)
    runner.stop()
    record = bench.store.record_of(job_id)
    assert record is not None
    assert record.job.remote_id == f"remote-{job_id}"
    assert [(one.what, one.words) for one in record.replies] == [(f"{PAID}POST /x", "taken")]


async def test_an_answer_is_there_wherever_the_job_rests(bench: Bench) -> None:
    """A2: also where the adapter could make nothing of it."""

    async def submit(job_id: str) -> Submitted:
        tell(Exchange("POST /x", "502", "<html>", is_paid=True))
        raise SubmitUnknownError("It answered with status 502.", provider="scripted")

    bench.provider.on_submit = submit
    bench.start_runner()
    job = await bench.until(bench.add(), JobState.NEEDS_ATTENTION)
    assert [(one.status, one.words) for one in replies_of(bench.store, job.job_id)] == [("502", "<html>")]


async def test_a_look_for_a_video_is_noted_without_what_it_showed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A7: the question crosses from the page's loop to the runner's; its answer may be about another person's job."""

    async def is_record_of(job: Job, remote_id: str) -> bool:
        tell(Exchange(f"GET /jobs/{remote_id}", "200", "another's prompt"))
        return False

    async def submit(job_id: str) -> Submitted:
        raise SubmitUnknownError("No answer.", provider="scripted")

    bench.provider.on_submit = submit
    monkeypatch.setattr(bench.provider, "is_record_of", is_record_of)
    runner = bench.start_runner()
    job = await bench.until(bench.add(), JobState.NEEDS_ATTENTION)
    with pytest.raises(GenerationMismatchError):
        await WaysOn({"scripted": bench.provider}, runner, bench.tools).find_video(job.job_id, "theirs")
    noted = [(one.what, one.status, one.words) for one in replies_of(bench.store, job.job_id)]
    assert noted == [("GET /jobs/theirs", "200", "")]
