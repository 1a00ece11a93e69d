"""A small world for the state machine: virtual time, a provider that keeps its own books, workers that can be killed.

A worker is the real runner, walk and store calls on one event loop that the test drives by hand. It can be
stopped at any point where it talks to the database, the library or the provider, before or after the call. One
that is never let go on is a process that was killed; one that goes on later is a process that was frozen, and
finds that the world went on without it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import shutil
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, ClassVar, TypeVar

from seedance_ui.domain.job import Job, JobError, JobUpdate, LocalVideo
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ProviderUnavailableError,
    RateLimitError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.runner import LEASE_S, Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.jobs.ways_on import WaysOn
from seedance_ui.library import Library
from seedance_ui.providers.base import Handles, ReportFiles, Setup, Submitted
from tests.scripted import ScriptedProvider

T = TypeVar("T")

RETENTION_S = 600
LOOK_AROUND_S = 150.0
"""How often a worker looks for work that nobody rang for."""

_MAX_TURNS = 20_000
"""Turns of the loop after which a step is said to run in circles."""

CHARGE = Cost(2.4, "USD", "exact")
"""What the provider says a video cost; the estimate is another."""

WEATHER: dict[str, Callable[[], Exception]] = {
    "down": lambda: ProviderUnavailableError("down", provider="scripted"),
    "busy": lambda: RateLimitError("slow down", provider="scripted", retry_after_s=3),
    "odd": lambda: UnexpectedResponseError("<html>", provider="scripted"),
    "key refused": lambda: AuthenticationError("no", provider="scripted"),
    "bug": lambda: RuntimeError("a bug of the adapter"),
}
"""What a question brings instead of an answer."""

NOT_TAKEN: dict[str, Callable[[], Exception]] = {
    "refused": lambda: BadRequestError("no", provider="scripted"),
    "busy": lambda: RateLimitError("slow down", provider="scripted", retry_after_s=3),
    "unreachable": lambda: ProviderUnavailableError("no route", provider="scripted"),
}
"""What the paid request brings where it was provably not taken."""

UNCLEAR: dict[str, Callable[[], Exception]] = {
    "time-out": lambda: SubmitUnknownError("time-out", provider="scripted"),
    "no id": lambda: UnexpectedResponseError("{}", provider="scripted"),
    "bug": lambda: RuntimeError("a bug of the adapter"),
}
"""What it brings where nobody can tell."""


class GoneError(Exception):
    """A worker that was killed does nothing any more, not even to clean up."""


class Gate:
    """Where a worker passes before and after each call; it can be stopped here."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.stops_in: int | None = None
        """After so many passes; None for never."""
        self.is_gone = False
        self._open = asyncio.Event()
        self._open.set()

    @property
    def is_shut(self) -> bool:
        return not self._open.is_set()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self.stops_in = None
        self._open.set()

    async def through(self) -> None:
        if self.stops_in is not None:
            self.stops_in -= 1
            if self.stops_in <= 0:
                self.shut()
        for _ in range(self._chance.randrange(3)):  # what is begun first need not come first
            await asyncio.sleep(0)
        await self._open.wait()
        if self.is_gone:
            raise GoneError

    async def around(self, call: Coroutine[Any, Any, T]) -> T:
        """Pass before a call and after it, whatever it brought."""
        try:
            await self.through()
        except BaseException:
            call.close()
            raise
        try:
            return await call
        finally:
            await self.through()


@dataclass(frozen=True, slots=True)
class GatedTools(Tools):
    """Tools whose every call can be the last thing that a worker does."""

    gate: Gate = field(kw_only=True)

    async def blocking(self, call: Callable[..., T], *args: Any) -> T:
        async def run() -> T:
            return call(*args)

        return await self.gate.around(run())


class BareLibrary(Library):
    """The library without stills, which are no part of what is proven here."""

    async def make_stills(self, job_id: str) -> None:
        return None


class WorldClock:
    """Time that passes only when the test says so."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.jumped = timedelta()
        """How far the clock for records is off."""
        self._sleepers: list[tuple[float, int, Gate, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=self.passed_s) + self.jumped

    def next_due_s(self) -> float | None:
        """Return when the next worker that is not stopped wakes up."""
        return min(
            (due_s for due_s, _, gate, one in self._sleepers if not gate.is_shut and not one.done()), default=None
        )

    def wake_due(self) -> None:
        """Wake who is due and not stopped, in the order of their times."""
        kept = []
        while self._sleepers and self._sleepers[0][0] <= self.passed_s:
            sleeper = heapq.heappop(self._sleepers)
            _, _, gate, future = sleeper
            if gate.is_shut:
                kept.append(sleeper)
            elif not future.done():
                future.set_result(None)
        for sleeper in kept:
            heapq.heappush(self._sleepers, sleeper)

    async def sleep_of(self, gate: Gate, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.passed_s + seconds, next(self._count), gate, future))
        await future


@dataclass(frozen=True, slots=True)
class WorkerClock:
    """The world's time, as one worker sleeps through it."""

    world: WorldClock
    gate: Gate

    def now(self) -> datetime:
        return self.world.now()

    def monotonic(self) -> float:
        return self.world.passed_s

    async def sleep(self, seconds: float) -> None:
        await self.world.sleep_of(self.gate, seconds)


@dataclass(slots=True)
class Remote:
    """One job in the provider's books: it is paid, whatever becomes of it."""

    remote_id: str
    job_id: str
    """Whose request it was; the provider does not know that."""
    prompt: str
    taken_s: float
    word: str = "queued"
    done_s: float | None = None


@dataclass(slots=True)
class Post:
    """One paid request that reached the provider."""

    job: Job
    gate: Gate
    """Of the worker that sent it."""
    answer: asyncio.Future[Submitted]
    proven_not_taken: bool = False
    is_delivered: bool = False
    """Whether that worker has the answer."""


@dataclass(slots=True)
class Books:
    """What the provider knows: the truth that the table is checked against."""

    clock: WorldClock
    state_of: Callable[[str], str]
    """What the table says of a job."""
    posts: list[Post] = field(default_factory=list)
    remotes: dict[str, Remote] = field(default_factory=dict)
    weather: str = "fine"
    confirms_cancel: bool = False
    forgets: bool = True
    questions: list[tuple[str, float]] = field(default_factory=list)
    """Which job was asked about, and when."""
    too_early: list[str] = field(default_factory=list)
    """Jobs whose request came before the table said that it may be on its way."""

    def note(self, post: Post) -> None:
        """Receive a request."""
        self.posts.append(post)
        if self.state_of(post.job.job_id) in ("queued", "uploading"):
            self.too_early.append(post.job.job_id)

    @property
    def waiting(self) -> list[Post]:
        return [post for post in self.posts if not post.answer.done()]

    def maybe_taken(self, job_id: str) -> int:
        """Return how many requests for this job may be charged."""
        return sum(post.job.job_id == job_id and not post.proven_not_taken for post in self.posts)

    def take(self, post: Post) -> Remote:
        """Accept a request: from now on it is paid."""
        remote = Remote(
            f"r{len(self.remotes) + 1}", post.job.job_id, post.job.request.prompt, taken_s=self.clock.passed_s
        )
        self.remotes[remote.remote_id] = remote
        return remote

    def end(self, remote: Remote, word: str) -> None:
        """Let a job there come to a state."""
        remote.word = word
        remote.done_s = self.clock.passed_s

    def remembers(self, remote: Remote) -> bool:
        is_old = remote.done_s is not None and self.clock.passed_s >= remote.done_s + RETENTION_S
        return not (self.forgets and is_old)


class BookedProvider(ScriptedProvider):
    """The provider as one worker reaches it; its books are the world's."""

    can_be_asked: ClassVar[bool] = True

    def __init__(self, setup: Setup, books: Books, gate: Gate, video: Path) -> None:
        super().__init__(setup)
        self.retention_s = RETENTION_S
        self.jobs_at_once = 3
        self.questions_per_s = 2.0
        self._books = books
        self._gate = gate
        self._video = video

    def spec(self) -> ModelSpec:
        return replace(super().spec(), poll_after_s=10.0)

    async def upload(self, job: Job, report: ReportFiles) -> Handles:
        await self._gate.through()
        self._check_weather(but=("odd", "key refused"))
        report(1, 1)
        return Handles()

    async def submit(self, job: Job, handles: Handles) -> Submitted:
        sent = Post(job, self._gate, asyncio.get_running_loop().create_future())

        async def post() -> Submitted:
            self._books.note(sent)
            return await sent.answer

        submitted = await self._gate.around(post())
        sent.is_delivered = True
        return submitted

    async def poll(self, job: Job) -> JobUpdate:
        return await self._gate.around(self._answer(job))

    async def _answer(self, job: Job) -> JobUpdate:
        self._books.questions.append((job.job_id, self._books.clock.passed_s))
        self._check_weather()
        remote = self._books.remotes.get(job.remote_id or "")
        if remote is None or not self._books.remembers(remote):
            raise BadRequestError("no such job", provider="scripted")
        if remote.word == "no link":
            return JobUpdate("succeeded", "Ready", cost=CHARGE)
        if remote.word == "succeeded":
            return JobUpdate("succeeded", "Ready", video=LocalVideo(self._hand_out(job)), cost=CHARGE)
        if remote.word == "failed":
            return JobUpdate("failed", "Declined", error=JobError("moderation", "Declined", "", "no", "Change it."))
        if remote.word == "cancelled":
            return JobUpdate("cancelled", "Cancelled")
        if remote.word in ("queued", "running"):
            return JobUpdate(remote.word, remote.word.capitalize())  # type: ignore[arg-type]
        return JobUpdate("unknown", remote.word)

    def _hand_out(self, job: Job) -> Path:
        self.setup.work_dir.mkdir(parents=True, exist_ok=True)
        copy = self.setup.work_dir / f"{job.job_id}.mp4"
        shutil.copyfile(self._video, copy)
        return copy

    async def cancel(self, job: Job) -> bool:
        return await self._gate.around(self._stop(job))

    async def _stop(self, job: Job) -> bool:
        remote = self._books.remotes.get(job.remote_id or "")
        if remote is None or not self._books.confirms_cancel or remote.done_s is not None:
            return False
        self._books.end(remote, "cancelled")
        return True

    async def reconcile(self, job: Job, *, known: Collection[str] = ()) -> str | None:
        return await self._gate.around(self._look_up(job, known))

    async def _look_up(self, job: Job, known: Collection[str]) -> str | None:
        self._check_weather()
        alike = [
            remote.remote_id
            for remote in self._books.remotes.values()
            if remote.prompt == job.request.prompt and remote.remote_id not in known
        ]
        return alike[0] if len(alike) == 1 else None

    async def is_record_of(self, job: Job, remote_id: str) -> bool:
        remote = self._books.remotes.get(remote_id)
        return remote is not None and remote.prompt == job.request.prompt

    def _check_weather(self, *, but: Collection[str] = ()) -> None:
        if self._books.weather in WEATHER and self._books.weather not in but:
            raise WEATHER[self._books.weather]()


class HandDriven(Runner):
    """The real runner, without its thread: on the test's loop."""

    def __init__(self, provider: BookedProvider, tools: Tools, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__({"scripted": provider}, tools, lock=None)
        self._loop.close()
        self._loop = loop

    async def serve(self) -> None:
        """Do what the thread does, by the world's clock."""
        await self._unbroken(self._take_up_what_rests)
        while True:
            self._wake.clear()
            await self._unbroken(self._take_work)
            rung = asyncio.ensure_future(self._wake.wait())
            pause = asyncio.ensure_future(self._tools.clock.sleep(LOOK_AROUND_S))
            await asyncio.wait({rung, pause}, return_when=asyncio.FIRST_COMPLETED)
            rung.cancel()
            pause.cancel()

    async def keep_leases(self) -> None:
        while True:
            await self._unbroken(self._renew_leases)
            await self._tools.clock.sleep(LEASE_S / 3)


@dataclass(slots=True)
class Worker:
    """One process."""

    gate: Gate
    runner: HandDriven
    ways_on: WaysOn


class NotingBell(Bell):
    """Remembers for whom it rang."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: set[str] = set()

    def ring(self, job_id: str) -> None:
        self.rung.add(job_id)
        super().ring(job_id)


class World:
    """One database, one library, one provider, and the workers that come and go."""

    def __init__(self, directory: Path, video: Path) -> None:
        self.clock = WorldClock()
        self.bell = NotingBell()
        self.store = Store(f"sqlite:///{directory}/jobs.sqlite3", now=self.clock.now, bell=self.bell)
        self.books = Books(self.clock, self._state_of)
        self.library = BareLibrary(directory / "library")
        self.workers: list[Worker] = []
        self._directory = directory
        self._video = video
        self._chance = Random(1)
        self._loop = asyncio.new_event_loop()

    @property
    def at_work(self) -> list[Worker]:
        return [worker for worker in self.workers if not worker.gate.is_shut]

    @property
    def stopped(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.gate.is_shut]

    def _state_of(self, job_id: str) -> str:
        job = self.store.get(job_id)
        return job.state.value if job is not None else "unknown"

    def start_worker(self) -> Worker:
        """Start a process; where no other is at work, the file lock tells it that every lease is dead."""
        if not self.at_work:
            self.store.drop_all_leases()
        gate = Gate(self._chance)
        clock = WorkerClock(self.clock, gate)
        setup = Setup(self._directory / "work", pause=clock.sleep, now=clock.now)
        provider = BookedProvider(setup, self.books, gate, self._video)
        tools = GatedTools(self.store, self.library, clock, Executor(), gate=gate)
        runner = HandDriven(provider, tools, self._loop)
        worker = Worker(gate, runner, WaysOn({"scripted": provider}, runner, tools))
        self.workers.append(worker)
        self.spawn(runner.serve())
        self.spawn(runner.keep_leases())
        return worker

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        return self._loop.create_task(work)

    def wake_all(self) -> None:
        for worker in self.at_work:
            worker.runner.wake()

    def settle(self) -> None:
        """Let everybody do what they can do without time passing."""
        self._loop.run_until_complete(self._settle())

    async def _settle(self) -> None:
        for _ in range(_MAX_TURNS):
            self.clock.wake_due()
            await asyncio.sleep(0)
            # What is left in this list would run in the next turn; the loop has no public word for "nothing to do".
            if not self._loop._ready and not self._is_anybody_due():  # type: ignore[attr-defined]
                return
        raise AssertionError("the workers run in circles")

    def _is_anybody_due(self) -> bool:
        due_s = self.clock.next_due_s()
        return due_s is not None and due_s <= self.clock.passed_s

    def pass_time(self, seconds: float) -> None:
        until_s = self.clock.passed_s + seconds
        self.settle()
        while (due_s := self.clock.next_due_s()) is not None and due_s <= until_s:
            self.clock.passed_s = max(self.clock.passed_s, due_s)
            self.settle()
        self.clock.passed_s = until_s

    def close(self) -> None:
        for worker in self.workers:
            worker.gate.is_gone = True
            worker.gate.open()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        self.store.close()
