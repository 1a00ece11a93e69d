"""A clock that does not wait, and a provider that does what its script says."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

from seedance_ui.domain.job import Job, JobState, JobUpdate, LocalVideo, Phase
from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.pricing import Cost, Price, PricePart
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.variable import key
from seedance_ui.jobs.clock import SystemClock
from seedance_ui.providers.base import Handles, Provider, ProviderInfo, ReportFiles, Setup, Submitted
from seedance_ui.providers.code.program import Program


class QuickClock:
    """Waits give way once and pass at once; both clocks go on by them. A test that sets `time` makes a clock jump."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.waited_s = 0.0
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.waited_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.time += timedelta(seconds=seconds)
        self.waited_s += seconds
        await asyncio.sleep(0.001)


class QuickWaits(SystemClock):
    """The time of day as it is, so that leases last; waits pass at once."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        """How far this process's records are ahead of everybody's."""

    def now(self) -> datetime:
        return super().now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.001)


class ScriptedProvider(Provider):
    """Takes requests and answers questions as a test says; counts what would have been paid."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        id="scripted", label="Scripted", hint="Does what it is told.", variables=(key("SCRIPTED_KEY", "A key."),)
    )

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.jobs_at_once = 2
        self.retention_s = 24 * 3600
        self.questions_per_s: float | None = None
        self.submits: list[str] = []
        self.cancels: list[str] = []
        self.confirms_cancel = False
        self.on_upload: Callable[[], Awaitable[None]] | None = None
        self.on_submit: Callable[[str], Awaitable[None]] | None = None
        self.on_poll: Callable[[Job], Awaitable[JobUpdate]] | None = None

    def spec(self) -> ModelSpec:
        return ModelSpec(
            provider="scripted",
            provider_label="Scripted",
            model="m",
            jobs_at_once=self.jobs_at_once,
            retention_s=self.retention_s,
            poll_after_s=1.0,
            questions_per_s=self.questions_per_s,
            can_cancel="maybe",
        )

    async def estimate(self, request: GenerationRequest) -> Price:
        return price(2.5)

    async def upload(self, job: Job, report: ReportFiles) -> Handles:
        if self.on_upload is not None:
            await self.on_upload()
        report(1, 1)
        return Handles()

    async def submit(self, job: Job, handles: Handles) -> Submitted:
        self.submits.append(job.job_id)
        if self.on_submit is not None:
            await self.on_submit(job.job_id)
        return Submitted(f"remote-{job.job_id}")

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


class Written(ScriptedProvider):
    """Free; its jobs run for ever, and its requests can be written as code."""

    info: ClassVar[ProviderInfo] = ProviderInfo(id="scripted", label="Scripted", hint="")

    async def poll(self, job: Job) -> JobUpdate:
        return JobUpdate("running", "Generating")

    def programs(self, request: GenerationRequest, app_url: str) -> tuple[Program, ...]:
        return (Program("python", f"print({request.prompt!r}, {app_url!r})", ()),)


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


def price(amount: float) -> Price:
    """Return an estimate in dollars, of one part."""
    return Price("USD", "estimate", (PricePart("whole", amount),))


def no_report(done: int, total: int) -> None:
    """Take no notice of how many files are there."""
