"""One job's way through the states, from the claim to where it ends.

Every conclusion is drawn here, from what an adapter returned or raised; each is committed before the
next step begins. Durations in seconds.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from seedance_ui.domain.explain import explain
from seedance_ui.domain.job import OPEN_STATES, FinishedVideo, Job, JobState, JobUpdate, Phase
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import (
    AuthenticationError,
    LeaseLostError,
    MediaError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    SeedanceError,
    StoreError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.jobs.download import explain_expired, save_video
from seedance_ui.jobs.schedule import next_poll_s, resubmit_after_s, save_again_s
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.base import Handles, Provider

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
"""A3: a request that was provably not taken is sent at most this often."""

WRITE_AGAIN_S = 1.0
"""How long to wait before a generation ID is written again, after the database did not take it."""

_PROGRESS_STEP = 0.01
"""A smaller step is not worth a committed event."""


class Walk:
    """Takes one claimed job to its end, or to where a person is needed."""

    def __init__(self, job: Job, provider: Provider, tools: Tools) -> None:
        self.job = job
        self.nudged = asyncio.Event()
        """Set from outside when a person wants something of this job."""
        self._provider = provider
        self._tools = tools
        self.sending: asyncio.Task[None] | None = None
        """The paid request while it is on its way; a shutdown waits for it."""
        self._asked_to_stop = False
        self._handles = Handles()
        self._video: FinishedVideo | None = None
        self._unsaved = 0
        """Tries in a row that did not save the finished video."""

    async def run(self) -> None:
        """Walk until the job ends; a lost lease ends the walk, never the job."""
        steps: dict[JobState, Callable[[], Awaitable[None]]] = {
            JobState.QUEUED: self._begin,
            JobState.UPLOADING: self._upload,
            JobState.SUBMITTING: self._recover_submitting,
            JobState.RUNNING: self._poll_once,
            JobState.DOWNLOADING: self._save,
        }
        try:
            while self.job.state in OPEN_STATES:
                await steps[self.job.state]()
        except LeaseLostError:
            log.info("Job %s is somebody else's now", self.job.job_id)

    # -- before the paid request -------------------------------------------------------------------

    async def _begin(self) -> None:
        await self._move(state=JobState.UPLOADING, phase=Phase.UPLOADING, message="Preparing the files")

    async def _upload(self) -> None:
        """Send the files, then go on to the request itself: the handles live only in this process."""
        try:
            self._handles = await self._provider.upload(self.job)
        except ProviderError as exc:
            await self._not_taken(exc)
            return
        except MediaError as exc:
            await self._fail(exc)
            return
        await self._move(state=JobState.SUBMITTING, phase=Phase.SENDING, message="Sending the request")
        self.sending = asyncio.ensure_future(self._submit())
        # A request that is on its way is never aborted, not by a shutdown either.
        await asyncio.shield(self.sending)

    async def _submit(self) -> None:
        """A5: the only call of `submit`, right behind the committed move to `submitting`."""
        job = self.job
        handles, self._handles = self._handles, Handles()  # whole files, perhaps: not kept while the video is made
        try:
            submitted = await self._provider.submit(job, handles)
        except (SubmitUnknownError, UnexpectedResponseError) as exc:
            await self._rest(exc)
        except ProviderError as exc:
            await self._not_taken(exc)
        except Exception as exc:  # A2: whatever it was, the request may have been taken
            log.exception("Job %s: the adapter broke while sending", job.job_id)
            await self._rest(SubmitUnknownError(type(exc).__name__, provider=job.request.provider))
        else:
            await self._taken(submitted.remote_id)
            if submitted.update is not None:
                await self._apply(submitted.update)

    async def _taken(self, remote_id: str) -> None:
        """B3: the id is committed before anything else; where the lease is lost, it is accepted all the same."""
        taken = {
            "state": JobState.RUNNING,
            "phase": Phase.PROVIDER_QUEUE,
            "message": "In the provider's queue",
            "remote_id": remote_id,
            "submitted_at": self._tools.clock.now(),
        }
        while self.job.state is JobState.SUBMITTING:
            try:
                await self._move(**taken)
            except LeaseLostError:
                await self._tools.blocking(lambda: self._tools.store.adopt(self.job.job_id, remote_id=remote_id))
                raise
            except StoreError as exc:
                log.error("Job %s: its generation ID %s is not written yet: %s", self.job.job_id, remote_id, exc)
                await self._tools.clock.sleep(WRITE_AGAIN_S)

    async def _not_taken(self, exc: ProviderError) -> None:
        """A3, A4: nothing was taken; try again where that can help, else the provider's words end it."""
        attempts = self.job.attempts + 1
        passing = isinstance(exc, (RateLimitError, ProviderUnavailableError))
        if not passing or attempts >= MAX_ATTEMPTS:
            await self._fail(exc)
            return
        await self._move(
            state=JobState.QUEUED,
            phase=Phase.WAITING,
            message="Nothing was taken yet; trying again",
            attempts=attempts,
        )
        retry_after_s = exc.retry_after_s if isinstance(exc, RateLimitError) else None
        jitter = random.random()  # noqa: S311 - spreads load, guards nothing
        await self._tools.clock.sleep(resubmit_after_s(attempts, jitter, retry_after_s))

    async def _recover_submitting(self) -> None:
        """A5: a crash in `submitting` never leads to a second request."""
        if self.job.remote_id is not None:
            await self._move(state=JobState.RUNNING, phase=Phase.GENERATING, message="Generating")
            return
        cause = "The app stopped after this request was prepared and before an answer was saved."
        await self._rest(SubmitUnknownError(cause, provider=self.job.request.provider))

    # -- while the provider has it -----------------------------------------------------------------

    async def _poll_once(self) -> None:
        """Ask, draw the conclusion, wait. B7: no fault of a question is ever final."""
        failures = 0
        while self.job.state is JobState.RUNNING:
            await self._ask_to_stop()
            if self.job.state is not JobState.RUNNING:
                return
            retry_after_s = None
            try:
                update = await self._provider.poll(self.job)
            except AuthenticationError as exc:
                await self._rest(exc, state=JobState.NEEDS_KEY)
                return
            except (ProviderError, StoreError) as exc:
                failures += 1
                retry_after_s = exc.retry_after_s if isinstance(exc, RateLimitError) else None
                log.info("Job %s: no answer to question %d: %s", self.job.job_id, failures, exc)
            else:
                failures = 0
                await self._apply(update)
            if self.job.state is JobState.RUNNING:
                await self._wait(failures, retry_after_s)

    async def _wait(self, failures: int, retry_after_s: float | None) -> None:
        """Wait until the next question is due, or until a person wants something."""
        since = self.job.submitted_at or self.job.created_at
        wait_s = next_poll_s(
            self._provider.spec().poll_after_s,
            running_for_s=(self._tools.clock.now() - since).total_seconds(),
            failures=failures,
            retry_after_s=retry_after_s,
        )
        pause = asyncio.ensure_future(self._tools.clock.sleep(wait_s))
        nudge = asyncio.ensure_future(self.nudged.wait())
        try:
            await asyncio.wait({pause, nudge}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
            nudge.cancel()

    async def _ask_to_stop(self) -> None:
        """A12: pass on the wish to cancel, once, and believe only a confirmed stop."""
        self.nudged.clear()
        fresh = await self._tools.blocking(self._tools.store.get, self.job.job_id)
        if fresh is None or not fresh.cancel_wanted or self._asked_to_stop:
            return
        self._asked_to_stop = True
        try:
            stopped = await self._provider.cancel(self.job)
        except ProviderError as exc:
            log.info("Job %s: asking to stop brought an error: %s", self.job.job_id, exc)
            stopped = False
        if stopped:
            await self._end_cancelled()
        else:
            label = self._provider.info.label
            await self._move(message=f"{label} can't stop this job; it will finish and its video will be kept")

    async def _apply(self, update: JobUpdate) -> None:
        """Commit what the provider said."""
        learnt: dict[str, Any] = {}
        if update.cost is not None:
            learnt["cost"] = update.cost
        if update.seed is not None and self.job.seed is None:
            learnt["seed"] = update.seed
        if update.state == "succeeded":
            await self._move(state=JobState.DOWNLOADING, phase=Phase.SAVING, message="Saving the video", **learnt)
            self._video = update.video
        elif update.state == "failed":
            not_charged = update.error is None or update.error.charged == "no"
            cost = {"cost": Cost(0.0, self.job.cost.unit, "exact")} if not_charged else {}
            message = update.error.title if update.error else update.message
            await self._move(
                state=JobState.FAILED, phase=Phase.DONE, message=message, error=update.error, **{**learnt, **cost}
            )
        elif update.state == "cancelled":
            await self._end_cancelled()
        else:
            await self._note_progress(update, learnt)

    async def _note_progress(self, update: JobUpdate, learnt: dict[str, Any]) -> None:
        """Commit an event where a person would see a difference."""
        job = self.job
        if update.state == "queued":
            learnt["phase"] = Phase.PROVIDER_QUEUE
        elif update.state == "running":
            learnt["phase"] = Phase.GENERATING
            if job.started_at is None:
                learnt["started_at"] = self._tools.clock.now()
        if update.progress is not None and update.progress >= (job.progress or 0.0) + _PROGRESS_STEP:
            learnt["progress"] = update.progress
        if update.message != job.message and not self._asked_to_stop:
            learnt["message"] = update.message
        if any(getattr(job, name) != value for name, value in learnt.items()):
            await self._move(**learnt)

    async def _end_cancelled(self) -> None:
        await self._move(state=JobState.CANCELLED, phase=Phase.DONE, message="Cancelled")

    # -- after success -----------------------------------------------------------------------------

    async def _save(self) -> None:
        """B4, B8: the video is in the library before the job has succeeded; our own faults never fail it."""
        tools = self._tools
        known, self._video = self._video, None
        try:
            video = await save_video(self.job, self._provider, tools, known)
        except AuthenticationError as exc:
            await self._rest(exc, state=JobState.NEEDS_KEY)
            return
        except (MediaError, StoreError, ProviderError) as exc:
            await self._save_later(exc)
            return
        await tools.library.make_stills(self.job.job_id)
        await self._move(state=JobState.SUCCEEDED, phase=Phase.DONE, message="Ready", video=video, progress=1.0)

    async def _save_later(self, exc: SeedanceError) -> None:
        """B5, B10: try again with a fresh link, until the provider does not keep the video any more."""
        self._unsaved += 1
        log.warning("Job %s: try %d did not save the video: %s", self.job.job_id, self._unsaved, exc)
        reached_at = await self._tools.blocking(self._tools.store.reached_at, self.job.job_id, JobState.DOWNLOADING)
        now = self._tools.clock.now()
        until = (reached_at or now) + timedelta(seconds=self._provider.spec().retention_s)
        if now >= until:
            error = explain_expired(self.job, exc, provider_label=self._provider.info.label)
            await self._move(state=JobState.NEEDS_ATTENTION, phase=Phase.DONE, message=error.title, error=error)
            return
        message = f"Saving the video, and trying again until {until:%Y-%m-%d %H:%M} UTC: {exc}"
        if message != self.job.message:
            await self._move(message=message)
        retry_after_s = exc.retry_after_s if isinstance(exc, RateLimitError) else None
        await self._tools.clock.sleep(save_again_s(self._unsaved, retry_after_s))

    # -- ends --------------------------------------------------------------------------------------

    async def _fail(self, exc: SeedanceError) -> None:
        """End a job that was provably not taken."""
        error = explain(exc, provider_label=self._provider.info.label)
        await self._move(
            state=JobState.FAILED,
            phase=Phase.DONE,
            message=error.title,
            error=error,
            cost=Cost(0.0, self.job.cost.unit, "exact"),
        )

    async def _rest(self, exc: SeedanceError, *, state: JobState = JobState.NEEDS_ATTENTION) -> None:
        """Leave a job to a person; the reserved price stays."""
        error = explain(exc, provider_label=self._provider.info.label)
        await self._move(state=state, phase=Phase.DONE, message=error.title, error=error)

    async def _move(self, **changes: Any) -> None:
        """Commit a move, and see the job as it is now."""
        self.job = await self._tools.blocking(lambda: self._tools.store.move(self.job, **changes))
