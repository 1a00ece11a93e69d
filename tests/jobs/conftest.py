"""A store on disk and everything that a runner works with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from seedance_ui.domain.job import ENDED_STATES, Job, JobState
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.runner import Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.library import Library
from seedance_ui.providers.base import Setup
from tests.scripted import QuickClock, ScriptedProvider, make_job


@dataclass
class Bench:
    """Everything that a runner works with, and ways to look at it."""

    store: Store
    bell: Bell
    clock: QuickClock
    provider: ScriptedProvider
    tools: Tools
    runners: list[Runner] = field(default_factory=list)

    def start_runner(self) -> Runner:
        """Start a runner; what an earlier one held is free, as after a restart."""
        self.store.drop_all_leases()
        runner = Runner({"scripted": self.provider}, self.tools, lock=None)
        runner.start()
        self.runners.append(runner)
        return runner

    def add(self, prompt: str = "a lighthouse", **more: str) -> str:
        """Commit an intent and wake the runners."""
        job = self.store.add(make_job(prompt, **more), form_token=None, variation=0)
        for runner in self.runners:
            runner.wake()
        return job.job_id

    async def until(self, job_id: str, *states: JobState) -> Job:
        """Wait until a job is in one of these states, or has ended."""
        with self.bell.listen(job_id) as rung:
            while True:
                rung.clear()
                job = self.store.get(job_id)
                assert job is not None
                if job.state in (states or ENDED_STATES) or job.state in ENDED_STATES:
                    return job
                await asyncio.wait_for(rung.wait(), 30)

    async def until_state(self, job_id: str, state: JobState) -> Job:
        """Wait until a job is in this state, past any rest before it."""
        with self.bell.listen(job_id) as rung:
            while True:
                rung.clear()
                job = self.store.get(job_id)
                assert job is not None
                if job.state is state:
                    return job
                await asyncio.wait_for(rung.wait(), 30)

    async def until_idle(self, runner: Runner) -> None:
        """Wait until a runner neither walks nor looks for anything."""

        async def idle() -> None:
            while runner._walks or runner._searches:
                await asyncio.wait([*(task for _, task in runner._walks.values()), *runner._searches])

        await asyncio.wait_for(runner.ask(idle()), 30)

    async def until_message(self, job_id: str, message: str) -> None:
        """Wait until a job says this."""
        await self._until_any_said(job_id, lambda said: said == message)

    async def until_said(self, job_id: str, words: str) -> None:
        """Wait until a job says something with these words in it."""
        await self._until_any_said(job_id, lambda said: words in said)

    async def _until_any_said(self, job_id: str, is_it: Callable[[str], bool]) -> None:
        with self.bell.listen(job_id) as rung:
            while True:
                rung.clear()
                if any(is_it(snapshot["message"]) for _, snapshot in self.store.events_after(job_id, 0)):
                    return
                await asyncio.wait_for(rung.wait(), 30)

    def states(self, job_id: str) -> list[str]:
        """Return the states a job went through, each once."""
        return list(dict.fromkeys(snapshot["state"] for _, snapshot in self.store.events_after(job_id, 0)))


@pytest.fixture
def quick_clock() -> QuickClock:
    return QuickClock()


@pytest.fixture
def store(database_url: str, quick_clock: QuickClock) -> Iterator[Store]:
    opened = Store(database_url, now=quick_clock.now, bell=Bell())
    yield opened
    opened.close()


@pytest.fixture
def bench(data_dir: Path, quick_clock: QuickClock) -> Iterator[Bench]:
    bell = Bell()
    store = Store(f"sqlite:///{data_dir}/jobs.sqlite3", now=quick_clock.now, bell=bell)
    executor = ThreadPoolExecutor(max_workers=4)
    tools = Tools(store, Library(data_dir / "library"), quick_clock, executor)
    made = Bench(store, bell, quick_clock, ScriptedProvider(Setup(data_dir / "work")), tools)
    yield made
    for runner in made.runners:
        runner.stop()
    executor.shutdown()
    store.close()


@pytest.fixture
def new_job() -> Callable[..., Job]:
    return make_job
