"""A7, A8: what becomes of a job whose request may have been taken, by itself and by a person's wish."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from seedance_ui.domain.job import Job, JobState
from seedance_ui.errors import GenerationMismatchError, ProviderUnavailableError, SubmitUnknownError
from seedance_ui.jobs.reconciling import ASK_AFTER_S
from seedance_ui.jobs.runner import Runner
from seedance_ui.jobs.ways_on import WaysOn
from seedance_ui.providers.base import Setup
from tests.jobs.conftest import Bench
from tests.scripted import ScriptedProvider, make_job


class AskedProvider(ScriptedProvider):
    """Loses the answer to each paid request, and keeps a list of what it took."""

    can_be_asked = True

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.shows_after = 1
        """From which question on its list has what it took."""
        self.questions: list[str] = []
        self.is_down = False
        self.on_submit = self.lose

    async def lose(self, job_id: str) -> None:
        raise SubmitUnknownError("the connection ended", provider="scripted")

    async def reconcile(self, job: Job, *, known: Collection[str] = ()) -> str | None:
        self.questions.append(job.job_id)
        if self.is_down:
            raise ProviderUnavailableError("down", provider="scripted")
        mine = {f"remote-{job.job_id}"} - set(known)
        return mine.pop() if mine and 0 < self.shows_after <= len(self.questions) else None

    async def is_record_of(self, job: Job, remote_id: str) -> bool:
        return remote_id.startswith("remote-")


@pytest.fixture
def asked(bench: Bench, data_dir: Path, finished_video: Path) -> AskedProvider:
    provider = AskedProvider(Setup(data_dir / "work", keys={"SCRIPTED_KEY": "k"}))
    provider.on_poll = provider.finish(finished_video)
    bench.provider = provider
    return provider


HOURS = 24
"""So many times the provider is asked once more, before it forgets."""


def ways_on(bench: Bench, runner: Runner) -> WaysOn:
    return WaysOn({"scripted": bench.provider}, runner, bench.tools)


@pytest.mark.parametrize("questions", [2, len(ASK_AFTER_S), HOURS])
async def test_a_request_that_was_taken_is_found_by_itself(bench: Bench, asked: AskedProvider, questions: int) -> None:
    """A7: however late the provider shows it, while it keeps the video."""
    asked.shows_after = questions
    bench.start_runner()
    job = await bench.until_state(bench.add(), JobState.SUCCEEDED)
    assert (job.remote_id, job.error) == (f"remote-{job.job_id}", None)
    assert asked.submits == [job.job_id]
    assert len(asked.questions) == questions


async def test_a_request_that_waited_for_days_is_looked_for_as_long_as_one_that_did_not(
    bench: Bench, asked: AskedProvider
) -> None:
    """A7: what the provider keeps it keeps from the sending on."""
    asked.shows_after = HOURS
    job_id = bench.add()
    bench.clock.time += timedelta(days=3)
    bench.start_runner()
    job = await bench.until_state(job_id, JobState.SUCCEEDED)
    assert job.remote_id == f"remote-{job_id}"


async def test_a_request_that_nobody_finds_rests_and_is_sent_once(bench: Bench, asked: AskedProvider) -> None:
    asked.shows_after = 0
    runner = bench.start_runner()
    job_id = bench.add()
    await bench.until(job_id)
    await bench.until_idle(runner)
    job = bench.store.get(job_id)
    assert job is not None and job.state is JobState.NEEDS_ATTENTION
    assert asked.questions == [job_id] * (len(ASK_AFTER_S) + HOURS)
    assert asked.submits == [job_id]


async def test_a_provider_that_is_down_while_it_is_asked_changes_nothing(bench: Bench, asked: AskedProvider) -> None:
    asked.is_down = True
    runner = bench.start_runner()
    job_id = bench.add()
    await bench.until(job_id)
    await bench.until_idle(runner)
    with pytest.raises(ProviderUnavailableError):
        await ways_on(bench, runner).check_again(job_id)
    assert bench.states(job_id)[-1] == "needs_attention"


async def test_a_restart_asks_for_what_rested_before(bench: Bench, asked: AskedProvider) -> None:
    lost = rest(bench)
    bench.start_runner()
    assert (await bench.until_state(lost.job_id, JobState.SUCCEEDED)).remote_id == f"remote-{lost.job_id}"
    assert asked.submits == []


async def test_a_crash_while_sending_is_asked_for_and_never_sent_again(bench: Bench, asked: AskedProvider) -> None:
    """A5."""
    bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.SUBMITTING)
    bench.start_runner()
    await bench.until_state(job.job_id, JobState.SUCCEEDED)
    assert asked.submits == []


async def test_check_again_finds_what_the_provider_shows_late(bench: Bench, asked: AskedProvider) -> None:
    asked.shows_after = len(ASK_AFTER_S) + HOURS + 1
    runner = bench.start_runner()
    job_id = bench.add()
    await bench.until(job_id)
    await bench.until_idle(runner)
    going_on = await ways_on(bench, runner).check_again(job_id)
    assert going_on is not None and going_on.remote_id == f"remote-{job_id}"
    assert (await bench.until_state(job_id, JobState.SUCCEEDED)).error is None


async def test_check_again_of_a_job_with_its_id_asks_the_provider_for_it(bench: Bench, asked: AskedProvider) -> None:
    lost = rest(bench, remote_id="remote-1")
    runner = bench.start_runner()
    await ways_on(bench, runner).check_again(lost.job_id)
    assert (await bench.until_state(lost.job_id, JobState.SUCCEEDED)).remote_id == "remote-1"
    assert asked.questions == []


async def test_check_again_of_a_job_that_is_final_or_unknown_asks_nobody(bench: Bench, asked: AskedProvider) -> None:
    asked.on_submit = None
    runner = bench.start_runner()
    done = await bench.until(bench.add())
    assert await ways_on(bench, runner).check_again(done.job_id) == done
    assert await ways_on(bench, runner).check_again("0" * 32) is None
    assert asked.questions == []


async def test_find_video_believes_an_id_whose_record_agrees(bench: Bench, asked: AskedProvider) -> None:
    asked.shows_after = 0
    lost = rest(bench)
    runner = bench.start_runner()
    await ways_on(bench, runner).find_video(lost.job_id, "remote-by-hand")
    assert (await bench.until_state(lost.job_id, JobState.SUCCEEDED)).remote_id == "remote-by-hand"


async def test_find_video_refuses_an_id_of_something_else(bench: Bench, asked: AskedProvider) -> None:
    asked.shows_after = 0
    lost, other = rest(bench), rest(bench, remote_id="remote-of-other")
    runner = bench.start_runner()
    for remote_id in ("something-else", "remote-of-other"):
        with pytest.raises(GenerationMismatchError, match="Nothing was changed"):
            await ways_on(bench, runner).find_video(lost.job_id, remote_id)
    assert [bench.states(job.job_id)[-1] for job in (lost, other)] == ["needs_attention"] * 2


async def test_an_id_that_may_be_of_a_job_that_is_being_sent_is_not_taken(bench: Bench, asked: AskedProvider) -> None:
    """Two clicks for the same video: what the list shows may be the answer that the second still waits for."""
    lost = rest(bench)
    bench.store.add(make_job(), form_token=None)
    sending = bench.store.claim_next("scripted", worker="me", lease_s=60)
    assert sending is not None
    sending = bench.store.move(sending, state=JobState.SUBMITTING)
    assert not bench.store.adopt_found(lost.job_id, remote_id="remote-1")
    bench.store.move(sending, state=JobState.RUNNING, remote_id="remote-1")
    assert not bench.store.adopt_found(lost.job_id, remote_id="remote-1")
    assert bench.store.adopt_found(lost.job_id, remote_id="remote-2")


async def test_a_job_that_waited_for_a_key_goes_on_at_start(bench: Bench, asked: AskedProvider) -> None:
    lost = rest(bench, state=JobState.NEEDS_KEY, remote_id="remote-1")
    bench.start_runner()
    assert (await bench.until_state(lost.job_id, JobState.SUCCEEDED)).job_id == lost.job_id


async def test_a_job_that_waits_for_a_key_that_is_not_there_rests(bench: Bench, finished_video: Path) -> None:
    lost = rest(bench, state=JobState.NEEDS_KEY, remote_id="remote-1")
    bench.provider.on_poll = bench.provider.finish(finished_video)
    bench.start_runner()
    assert (await bench.until(bench.add())).state is JobState.SUCCEEDED
    assert bench.states(lost.job_id)[-1] == "needs_key"


async def test_a_batch_that_a_crash_cut_short_asks_the_person(bench: Bench, asked: AskedProvider) -> None:
    """A8: of three, one was sent; the other two are not sent by themselves."""
    asked.on_submit = None
    batch = [replace(make_job(f"{number}"), batch=3) for number in range(3)]
    bench.store.add_batch(batch, form_token="t", worker="dead", lease_s=60)
    sent = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert sent is not None
    bench.store.move(sent, state=JobState.RUNNING, remote_id="remote-1")
    bench.start_runner()
    ends = [await bench.until(job.job_id) for job in batch]
    assert [job.state.value for job in ends] == ["succeeded", "needs_attention", "needs_attention"]
    assert [job.error and (job.error.code, job.error.charged) for job in ends[1:]] == [("batch_interrupted", "no")] * 2
    assert asked.submits == asked.questions == []


def rest(bench: Bench, *, state: JobState = JobState.NEEDS_ATTENTION, remote_id: str | None = None) -> Job:
    """Return a job that an earlier process left at rest."""
    bench.store.add(make_job(), form_token=None)
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    return bench.store.move(job, state=state, remote_id=remote_id)
