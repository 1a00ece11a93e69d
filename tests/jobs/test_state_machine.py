"""Hypothesis against the whole engine: clicks, kills, answers, clocks and people in any order (A1–A9, B1–B14).

The store, the runner, the walk and every step are the real ones; `model_world.py` says what is not. To search for
longer, on other paths each time, and to have a failure made short:
`STATE_MACHINE_EXAMPLES=5000 pytest tests/jobs/test_state_machine.py --timeout=0`.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from seedance_ui.domain.job import FINAL_STATES, OPEN_STATES, RESTING_STATES, Job, JobState, build_snapshot
from seedance_ui.domain.pricing import Cost
from seedance_ui.jobs.runner import LEASE_S
from seedance_ui.jobs.store import FormTokenReusedError
from seedance_ui.providers.base import Submitted
from tests.jobs.model_world import CHARGE, NOT_TAKEN, RETENTION_S, UNCLEAR, WEATHER, Post, Remote, World
from tests.scripted import make_job

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "0"))
"""How many examples of a longer search; 0 for the few that are the same each time."""

ESTIMATE = Cost(2.5, "USD", "estimate")
NOTHING = Cost(0.0, "USD", "exact")

MOVES = {
    "queued": {"uploading", "cancelled", "needs_attention"},
    "uploading": {"queued", "submitting", "failed", "cancelled", "needs_attention"},
    "submitting": {"queued", "running", "failed", "needs_attention"},
    "running": {"downloading", "failed", "cancelled", "needs_attention", "needs_key"},
    "downloading": {"succeeded", "failed", "cancelled", "needs_attention", "needs_key"},
    "needs_attention": {"running"},
    "needs_key": {"running"},
    "succeeded": set(),
    "failed": set(),
    "cancelled": set(),
}
"""Every move that architecture.md, section 3, allows. `queued` and `uploading` come to a person only as the unsent
part of a click for several (A8)."""

VOLATILE = ("elapsed_s", "queued_s", "eta_s")
"""What a snapshot says of its own moment."""

NEVER_SENT = {JobState.QUEUED, JobState.UPLOADING}
VERDICTS = {JobState.FAILED, JobState.CANCELLED}

ANSWERS = ["yes"] * 4 + ["yes, late", *NOT_TAKEN, *UNCLEAR]

numbers = st.integers(min_value=0, max_value=10_000)


@dataclass
class Known:
    """What the test remembers of one job."""

    job_id: str
    owner: str | None
    token: str
    batch: int
    seq: int = 0
    path: list[str] = field(default_factory=list)
    remote_id: str | None = None
    last: dict[str, Any] = field(default_factory=dict)


class Engine(RuleBasedStateMachine):
    """Anything may happen between two steps of anything."""

    video: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        self.world = World(Path(self._directory.name), self.video)
        self.jobs: dict[str, Known] = {}

    @initialize()
    def begin(self) -> None:
        self.world.start_worker()
        self.world.settle()

    # -- people ------------------------------------------------------------------------------------

    def _intent(self, prompt: str, owner: str | None, batch: int = 1) -> Job:
        made = make_job(prompt, owner=owner, job_id=f"j{len(self.jobs) + 1}")
        return replace(made, created_at=self.world.clock.now(), batch=batch)

    @precondition(lambda self: len(self.jobs) < 6)
    @rule(prompt=st.sampled_from(["a tram", "a tram", "a boat"]), owner=st.sampled_from(["local", "somebody", None]))
    def click(self, prompt: str, owner: str | None) -> None:
        job = self._intent(prompt, owner)
        token = f"token of {job.job_id}"
        assert self.world.store.add(job, form_token=token) == job
        self.jobs[job.job_id] = Known(job.job_id, owner, token, 1)
        self._go_on()

    @precondition(lambda self: len(self.jobs) < 5 and self.world.at_work)
    @rule(which=numbers)
    def click_for_two(self, which: int) -> None:
        worker = self.world.at_work[which % len(self.world.at_work)]
        first = self._intent("a tram", "local", batch=2)
        batch = [first, replace(first, job_id=f"{first.job_id}b")]
        token = f"token of {first.job_id}"
        self.world.store.add_batch(batch, form_token=token, worker=worker.runner.worker, lease_s=LEASE_S)
        for job in batch:
            self.jobs[job.job_id] = Known(job.job_id, "local", token, 2)
        self._go_on()

    @precondition(lambda self: any(known.batch == 1 and known.owner for known in self.jobs.values()))
    @rule(which=numbers, other_settings=st.booleans())
    def click_again(self, which: int, other_settings: bool) -> None:
        """A6: the same click is the same job, and the same token with other settings is refused."""
        known = self._any([one for one in self.jobs.values() if one.batch == 1 and one.owner], which)
        before = self.world.store.get(known.job_id)
        assert before is not None
        prompt = "something else" if other_settings else before.request.prompt
        again = replace(make_job(prompt, owner=known.owner), created_at=self.world.clock.now())
        if other_settings:
            with pytest.raises(FormTokenReusedError):
                self.world.store.add(again, form_token=known.token)
        else:
            assert self.world.store.add(again, form_token=known.token) == before

    @precondition(lambda self: self.jobs)
    @rule(which=numbers)
    def cancel(self, which: int) -> None:
        job_id = self._any(list(self.jobs), which)
        self.world.store.want_cancel(job_id)
        for worker in self.world.at_work:
            worker.runner.nudge(job_id)
        self.world.settle()

    @precondition(lambda self: self.jobs and self.world.at_work)
    @rule(which=numbers, wish=st.sampled_from(["check again", "put away", "find video"]), remote=numbers)
    def want_more_of_a_job(self, which: int, wish: str, remote: int) -> None:
        """A7: the ways on, in every state; where a job does not rest they change nothing."""
        job_id = self._any(list(self.jobs), which)
        ways_on = self.world.at_work[which % len(self.world.at_work)].ways_on
        if wish == "check again":
            self.world.spawn(ways_on.check_again(job_id))
        elif wish == "put away":
            self.world.spawn(ways_on.put_away(job_id))
        elif own := [one for one in self.world.books.remotes.values() if one.job_id == job_id]:
            # A person finds it on the provider's page; that it is another's of the same words is theirs to see.
            self.world.spawn(ways_on.find_video(job_id, self._any(own, remote).remote_id))
        self.world.settle()

    # -- processes ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.at_work) < 2 and len(self.world.workers) < 8)
    @rule()
    def start_another_worker(self) -> None:
        self.world.start_worker()
        self.world.settle()

    @precondition(lambda self: self.world.at_work)
    @rule(which=numbers, steps=st.integers(min_value=1, max_value=24))
    def kill_before_or_after_a_step_to_come(self, which: int, steps: int) -> None:
        self._any(self.world.at_work, which).gate.stops_in = steps

    @precondition(lambda self: self.world.at_work)
    @rule()
    def kill_all_and_restart(self) -> None:
        for worker in self.world.at_work:
            worker.gate.shut()
        self.world.start_worker()
        self.world.settle()

    @precondition(lambda self: self.world.stopped)
    @rule(which=numbers)
    def thaw(self, which: int) -> None:
        """A process that was frozen goes on, and does not know what happened meanwhile."""
        self._any(self.world.stopped, which).gate.open()
        self.world.settle()

    @precondition(lambda self: len(self.jobs) < 6 and self.world.at_work and len(self.world.workers) < 8)
    @rule(which=numbers, steps=st.integers(min_value=1, max_value=24))
    def freeze_past_the_lease_at_a_step_of_a_new_job(self, which: int, steps: int) -> None:
        """A9: what it was about to do is not true any more when it goes on."""
        worker = self._any(self.world.at_work, which)
        worker.gate.stops_in = steps
        self.click("a tram", "local")
        if not self.world.at_work:
            self.world.start_worker()
        self.world.pass_time(2 * LEASE_S)
        worker.gate.open()
        self.world.settle()

    @precondition(lambda self: self._sending() and len(self.world.workers) < 8)
    @rule(which=numbers)
    def freeze_past_the_lease_while_sending(self, which: int) -> None:
        """A9: another process takes over, and then the answer comes to the one that was frozen."""
        post = self._any(self._sending(), which)
        post.gate.shut()
        if not self.world.at_work:
            self.world.start_worker()
        self.world.pass_time(2 * LEASE_S)
        self._answer_yes(post)
        post.gate.open()
        self.world.settle()

    # -- the provider ------------------------------------------------------------------------------

    @precondition(lambda self: self.world.books.waiting)
    @rule(which=numbers, why=st.sampled_from(ANSWERS), taken=st.booleans())
    def answer_a_request(self, which: int, why: str, taken: bool) -> None:
        """The provider takes a request, refuses it, or takes it or not while the answer is lost."""
        books = self.world.books
        post = self._any(books.waiting, which)
        if why in NOT_TAKEN:
            post.proven_not_taken = True
            post.answer.set_exception(NOT_TAKEN[why]())
        elif why in UNCLEAR:
            if taken and not self._remotes_of(post.job.job_id):
                books.take(post)
            post.answer.set_exception(UNCLEAR[why]())
        elif why == "yes":
            self._answer_yes(post)
        elif not self._remotes_of(post.job.job_id):
            books.take(post)
        self.world.settle()

    @precondition(lambda self: self.world.books.remotes)
    @rule(which=numbers, word=st.sampled_from(["running", "succeeded", "no link", "failed", "warming up"]))
    def work_on_a_job(self, which: int, word: str) -> None:
        books = self.world.books
        remote = self._any(list(books.remotes.values()), which)
        if remote.word == "no link" and word == "succeeded":
            remote.word = word
        elif remote.done_s is None:
            if word in ("succeeded", "no link", "failed"):
                books.end(remote, word)
            else:
                remote.word = word

    @rule(weather=st.sampled_from(["fine"] * 4 + list(WEATHER)), confirms_cancel=st.booleans())
    def change_the_weather(self, weather: str, confirms_cancel: bool) -> None:
        self.world.books.weather = weather
        self.world.books.confirms_cancel = confirms_cancel

    @precondition(lambda self: self.world.books.remotes)
    @rule(which=numbers)
    def bring_an_id_late(self, which: int) -> None:
        """A7: an id is accepted exactly where none is known yet and the request may have been taken."""
        remote = self._any(list(self.world.books.remotes.values()), which)
        job = self.world.store.get(remote.job_id)
        assert job is not None
        lacks_it = job.remote_id is None and job.state in (JobState.SUBMITTING, JobState.NEEDS_ATTENTION)
        is_free = remote.remote_id not in self.world.store.remote_ids("scripted")
        assert self.world.store.adopt(remote.job_id, remote_id=remote.remote_id) == (lacks_it and is_free)
        self._go_on()

    # -- time --------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 5.0, 30.0, 100.0, RETENTION_S + 100.0]))
    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(days=st.sampled_from([-1, 1]), is_silent=st.booleans())
    def jump(self, days: int, is_silent: bool) -> None:
        """B14: somebody sets the clock, and the provider may say nothing for a while."""
        weather = self.world.books.weather
        self.world.books.weather = "down" if is_silent else weather
        self.world.clock.jumped += timedelta(days=days)
        self._go_on()
        self.world.pass_time(30.0)
        self.world.books.weather = weather

    # -- what is always true -----------------------------------------------------------------------

    @invariant()
    def every_job_that_changed_is_sound(self) -> None:
        changed, self.world.bell.rung = self.world.bell.rung, set()
        for job_id in sorted(changed & self.jobs.keys()):
            self._check(self.jobs[job_id])

    @invariant()
    def no_click_is_paid_twice(self) -> None:
        """A5, A6."""
        for job_id in self.jobs:
            assert self.world.books.maybe_taken(job_id) <= 1, f"{job_id} was sent twice"
            assert len(self._remotes_of(job_id)) <= 1, f"{job_id} was paid twice"
        assert not self.world.books.too_early, "a request went out before that was committed"

    @invariant()
    def no_id_is_lost_that_a_worker_was_given(self) -> None:
        """B3."""
        answered = [post for post in self.world.books.posts if post.is_delivered and not post.gate.is_shut]
        if answered:
            known = self.world.store.remote_ids("scripted")
            for post in answered:
                assert post.answer.result().remote_id in known, f"the ID of {post.job.job_id} came, and is lost"

    def _check(self, known: Known) -> None:
        job = self.world.store.get(known.job_id)
        assert job is not None
        self._check_events(known, job)
        assert job.owner == known.owner
        assert known.remote_id in (None, job.remote_id), "an ID that was committed is lost"
        known.remote_id = job.remote_id
        self._check_truth(job)
        self._check_cost(job)

    def _check_events(self, known: Known, job: Job) -> None:
        for seq, snapshot in self.world.store.events_after(known.job_id, known.seq):
            assert seq == known.seq + 1, "the numbers of the events have a gap"
            before = known.path[-1] if known.path else None
            if before is None:
                assert snapshot["state"] == "queued"
            elif snapshot["state"] != before:
                assert snapshot["state"] in MOVES[before], f"{before} → {snapshot['state']}"
            else:
                assert JobState(before) not in FINAL_STATES, "an event behind the end"
            assert min(snapshot["elapsed_s"], snapshot["queued_s"]) >= 0
            known.seq, known.last = seq, dict(snapshot)
            known.path.append(snapshot["state"])
        now = dict(build_snapshot(job, self.world.clock.now()))
        assert _lasting(now) == _lasting(known.last), "the row is not as its last event says"

    def _check_truth(self, job: Job) -> None:
        """Hold the row against the provider's books."""
        remote = self.world.books.remotes.get(job.remote_id or "")
        if remote is not None:
            twin = self.world.store.get(remote.job_id)
            assert twin is not None
            assert (twin.owner, twin.request) == (job.owner, job.request), "the ID is another person's"
        if job.state in NEVER_SENT:
            assert self.world.books.maybe_taken(job.job_id) == 0, "a job waits that may have been taken"
        if job.state in VERDICTS and remote is None:
            assert self.world.books.maybe_taken(job.job_id) == 0, "ended, and may have been taken"
        if job.state in VERDICTS and remote is not None:
            assert remote.word == job.state.value, "ended without a verdict"
        if job.state in {JobState.RUNNING, JobState.DOWNLOADING, JobState.NEEDS_KEY, JobState.SUCCEEDED}:
            assert remote is not None
        if job.state is JobState.SUCCEEDED:
            assert self.world.library.video_path(job.job_id).read_bytes() == self.video.read_bytes()
        if job.error is not None and job.error.code == "expired":
            assert remote is not None
            assert self.world.clock.passed_s - remote.taken_s >= RETENTION_S, "given up early"

    def _check_cost(self, job: Job) -> None:
        if job.state is JobState.FAILED:
            assert job.error is not None
            assert job.error.charged != "no" or job.cost == NOTHING
        if job.state in OPEN_STATES | RESTING_STATES:
            assert job.cost in (ESTIMATE, CHARGE)
            assert job.cost == ESTIMATE or job.remote_id is not None
        if job.state is JobState.SUCCEEDED:
            assert job.cost == CHARGE

    # -- the end -----------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._let_all_go_on()
        finally:
            self.world.close()
            self._directory.cleanup()

    def _let_all_go_on(self) -> None:
        """One process, good weather and no kills: everything comes to its end, and every paid video comes home."""
        books = self.world.books
        for worker in self.world.at_work:
            worker.gate.shut()
        books.weather, books.confirms_cancel, books.forgets = "fine", False, False
        worker = self.world.start_worker()
        self.world.settle()
        for _ in range(3):
            for post in books.waiting:
                self._answer_yes(post)
            for remote in books.remotes.values():
                if remote.word in ("queued", "running", "warming up", "no link"):
                    books.end(remote, "succeeded")
                self.world.store.adopt(remote.job_id, remote_id=remote.remote_id)
                for twin in self.jobs:  # where two are alike, a person finds the video on the provider's page
                    self.world.spawn(worker.ways_on.find_video(twin, remote.remote_id))
            for job_id in self.jobs:
                self.world.spawn(worker.ways_on.check_again(job_id))
            self.world.pass_time(1.5 * LEASE_S)
        self.no_click_is_paid_twice()
        for known in self.jobs.values():
            self._check(known)
        self._check_ends()
        assert not list(self.world.library.directory.glob("*.part"))

    def _check_ends(self) -> None:
        jobs = [job for job_id in self.jobs if (job := self.world.store.get(job_id)) is not None]
        for remote in self.world.books.remotes.values():
            [job] = [job for job in jobs if job.remote_id == remote.remote_id]
            assert job.state.value == remote.word, f"{job.state.value}, and the provider says {remote.word}"
        for job in jobs:
            has_ended = job.state in FINAL_STATES or job.state is JobState.NEEDS_ATTENTION
            assert has_ended and (job.remote_id is not None or job.state is not JobState.SUCCEEDED)

    # -- helpers -----------------------------------------------------------------------------------

    def _go_on(self) -> None:
        self.world.wake_all()
        self.world.settle()

    def _sending(self) -> list[Post]:
        return [post for post in self.world.books.waiting if not post.gate.is_shut]

    def _answer_yes(self, post: Post) -> None:
        remote = next(iter(self._remotes_of(post.job.job_id)), None) or self.world.books.take(post)
        post.answer.set_result(Submitted(remote.remote_id))

    def _remotes_of(self, job_id: str) -> list[Remote]:
        return [remote for remote in self.world.books.remotes.values() if remote.job_id == job_id]

    @staticmethod
    def _any(things: list[Any], which: int) -> Any:
        return things[which % len(things)]


def _lasting(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in snapshot.items() if name not in VOLATILE}


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """Keep the thousands of foreseen faults out of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_no_order_of_events_charges_twice_or_loses_a_video(finished_video: Path, quiet_log: None) -> None:
    class Bound(Engine):
        video = finished_video

    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=EXAMPLES or 25,
            stateful_step_count=40,
            derandomize=not EXAMPLES,
            # To make a failure short takes minutes: the longer search does that.
            phases=[Phase.generate, Phase.shrink] if EXAMPLES else [Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
