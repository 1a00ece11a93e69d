"""A store on disk, a clock that does not wait, and a provider that does what its script says."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
import pytest

from seedance_ui.domain.job import ENDED_STATES, Job, JobState, JobUpdate, LocalVideo, Phase
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.runner import Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.library import Library
from seedance_ui.providers.base import Handles, Provider, ProviderInfo, Setup, Submitted


class QuickClock:
    """Waits give way once and pass at once; the time for records goes on by what was waited."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0.001 if seconds < 20 else 3600)  # the lease keeper's long sleep must not spin


class ScriptedProvider(Provider):
    """Takes requests and answers questions as a test says; counts what would have been paid."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        id="scripted", label="Scripted", hint="Does what it is told.", key_variables=("SCRIPTED_KEY",)
    )

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.jobs_at_once = 2
        self.submits: list[str] = []
        self.cancels: list[str] = []
        self.confirms_cancel = False
        self.on_submit: Callable[[str], Awaitable[None]] | None = None
        self.on_poll: Callable[[Job], Awaitable[JobUpdate]] | None = None

    def spec(self) -> ModelSpec:
        return ModelSpec(
            provider="scripted",
            provider_label="Scripted",
            model="m",
            jobs_at_once=self.jobs_at_once,
            poll_after_s=1.0,
            can_cancel="maybe",
        )

    async def estimate(self, request: GenerationRequest) -> Cost:
        return Cost(2.5, "USD", "estimate")

    async def submit(self, job_id: str, request: GenerationRequest, handles: Handles) -> Submitted:
        self.submits.append(job_id)
        if self.on_submit is not None:
            await self.on_submit(job_id)
        return Submitted(f"remote-{job_id}")

    async def poll(self, job: Job) -> JobUpdate:
        assert self.on_poll is not None, "this test did not expect a question"
        return await self.on_poll(job)

    async def cancel(self, job: Job) -> bool:
        self.cancels.append(job.job_id)
        return self.confirms_cancel

    def finish(self, video: Path) -> Callable[[Job], Awaitable[JobUpdate]]:
        """Return a poll that hands out a copy of `video` at once."""

        async def poll(job: Job) -> JobUpdate:
            self.setup.work_dir.mkdir(parents=True, exist_ok=True)
            copy = self.setup.work_dir / f"{job.job_id}.mp4"
            shutil.copyfile(video, copy)
            return JobUpdate("succeeded", "Ready", video=LocalVideo(copy), seed=7)

        return poll


def make_job(prompt: str = "a lighthouse", *, owner: str | None = "local", job_id: str | None = None) -> Job:
    """Return an intent, as `services.submit` makes them."""
    return Job(
        job_id=job_id or secrets.token_hex(16),
        owner=owner,
        request=GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt=prompt),
        state=JobState.QUEUED,
        phase=Phase.WAITING,
        message="Waiting",
        created_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
        cost=Cost(2.5, "USD", "estimate"),
    )


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

    def states(self, job_id: str) -> list[str]:
        """Return the states a job went through, each once."""
        return list(dict.fromkeys(snapshot["state"] for _, snapshot in self.store.events_after(job_id, 0)))


@pytest.fixture
def quick_clock() -> QuickClock:
    return QuickClock()


@pytest.fixture
def store(data_dir: Path, quick_clock: QuickClock) -> Iterator[Store]:
    opened = Store(f"sqlite:///{data_dir}/jobs.sqlite3", now=quick_clock.now, bell=Bell())
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


@pytest.fixture(scope="session")
def finished_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one second of noise, 320 × 240 pixels: more than 10 kB of real H.264."""
    path = tmp_path_factory.mktemp("videos") / "finished.mp4"
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for _ in range(24):
            frame = av.VideoFrame.from_ndarray(noise.integers(0, 255, (240, 320, 3), dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
