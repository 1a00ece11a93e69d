"""One claimed job, and the committed moves of it that every step shares."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from seedance_ui.domain.explain import explain
from seedance_ui.domain.job import FinishedVideo, Job, JobError, JobState, JobUpdate, Phase
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import LeaseLostError, SeedanceError
from seedance_ui.jobs.retention import Retention
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.base import Provider


class Hold:
    """A job under our lease, as it was last committed."""

    def __init__(self, job: Job, provider: Provider, tools: Tools) -> None:
        self.job = job
        self.provider = provider
        self.tools = tools
        self.notes = tools.new_notes()
        """What the provider answered since the last move, which the next one writes down."""
        self.nudged = asyncio.Event()
        """Set from outside when a person wants something of this job."""
        self.sending: asyncio.Task[None] | None = None
        """The paid request while it is on its way; a shutdown waits for it."""
        self.video: FinishedVideo | None = None
        """Where the finished video is, while that is fresh: a link is never stored, and does not last."""

    @property
    def label(self) -> str:
        """The provider, as people know it."""
        return self.provider.info.label

    async def ask(self) -> JobUpdate:
        """Ask the provider about the job, when it is this job's turn.

        Raises:
            ProviderError: There was no usable answer.
        """
        await self.tools.turns.wait(self.provider.spec())
        return await self.provider.poll(self.job)

    def retention(self, *, since: datetime) -> Retention:
        """Begin to watch how long the provider keeps what it has of the job, from a time in the records."""
        return Retention(self.tools.clock, since=since, kept_s=self.provider.spec().retention_s)

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until a person wants something."""
        over = asyncio.ensure_future(self.tools.clock.sleep(seconds))
        nudge = asyncio.ensure_future(self.nudged.wait())
        try:
            await asyncio.wait({over, nudge}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            nudge.cancel()

    async def move(self, **changes: Any) -> None:
        """Commit a move, and see the job as it is now.

        Raises:
            LeaseLostError: Somebody else moved it, or holds it now.
            StoreError: The database did not take it.
        """
        replies = self.notes.unwritten
        self.job = await self.tools.blocking(lambda: self.tools.store.move(self.job, replies=replies, **changes))
        self.notes.forget(replies)

    async def look_again(self) -> None:
        """See the job as it is in the table, after something broke.

        Raises:
            LeaseLostError: It is not ours any more.
        """
        fresh = await self.tools.blocking(self.tools.store.get, self.job.job_id)
        if fresh is None or (fresh.worker, fresh.epoch) != (self.job.worker, self.job.epoch):
            raise LeaseLostError(f"Job {self.job.job_id} is not under our lease any more.")
        self.job = fresh

    async def say(self, message: str) -> None:
        """Commit what the card says, where that is news."""
        if message != self.job.message:
            await self.move(message=message)

    async def fail(self, exc: SeedanceError) -> None:
        """End a job that was provably not taken: nothing is charged, whatever the error's class thinks of it."""
        error = replace(explain(exc, provider_label=self.label), charged="no")
        await self.move(
            state=JobState.FAILED,
            phase=Phase.DONE,
            message=error.title,
            error=error,
            cost=Cost(0.0, self.job.cost.unit, "exact"),
        )

    async def rest(self, exc: SeedanceError, *, state: JobState = JobState.NEEDS_ATTENTION) -> None:
        """Leave a job to a person; the reserved price stays.

        It was taken, or may have been: what the error's class says of money (a refused key is free) is not about it.
        """
        error = replace(explain(exc, provider_label=self.label), charged="unknown")
        await self.rest_with(error, state=state)

    async def rest_with(self, error: JobError, *, state: JobState = JobState.NEEDS_ATTENTION) -> None:
        """Leave a job to a person, in these words."""
        await self.move(state=state, phase=Phase.DONE, message=error.title, error=error)
