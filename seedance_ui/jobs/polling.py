"""While the provider has the job: ask, commit what it says, pass on a wish to stop."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Literal

from seedance_ui.domain.job import JobError, JobState, JobUpdate, Phase
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import AuthenticationError, RateLimitError, SeedanceError, UnexpectedResponseError
from seedance_ui.jobs.hold import Hold
from seedance_ui.jobs.retention import Retention
from seedance_ui.jobs.schedule import next_poll_s
from seedance_ui.providers.refusals import FORBIDDEN

log = logging.getLogger(__name__)

SAID_AFTER_FAILURES = 2
"""A single question without an answer is no news; the second in a row is."""

TAKES_LONG_S = 3600.0
"""B11: a run that takes longer says so; most take a minute or two."""

_PROGRESS_STEP = 0.01
"""A smaller step is not worth a committed event."""


@dataclass(slots=True)
class _Questions:
    """What there is to know about the questions of one walk."""

    retention: Retention
    failures: int = 0
    """So many in a row brought no answer."""
    wish: Literal["none", "passed_on", "refused"] = "none"
    """What became of the wish to stop."""
    noted_words: set[str] = field(default_factory=set)
    """Words that we do not know, each written to the log once."""


async def poll_until_done(hold: Hold) -> None:
    """Ask, draw the conclusion, wait. B7: no fault of a question is ever final."""
    questions = _Questions(hold.retention(since=hold.job.submitted_at or hold.job.created_at))
    running_for_s = 0.0
    while hold.job.state is JobState.RUNNING:
        hold.nudged.clear()
        await hold.look_again()  # A9: whoever was frozen past the lease asks no more
        if hold.job.cancel_wanted and questions.wish != "refused" and await _ask_to_stop(hold, questions):
            return
        retry_after_s = await _ask_once(hold, questions)
        if hold.job.state is JobState.RUNNING:
            running_for_s += await _wait(hold, running_for_s, questions.failures, retry_after_s)


async def _ask_once(hold: Hold, questions: _Questions) -> float | None:
    """Ask, commit what that brought, and return how long the provider wants us to wait, where it says so."""
    try:
        update = await hold.ask()
    except Exception as exc:  # noqa: BLE001 - a bug of an adapter is no verdict on a paid job either
        if isinstance(exc, AuthenticationError) and is_key_refused(exc):
            await hold.rest(exc, state=JobState.NEEDS_KEY)
            return None
        questions.failures += 1
        await _note_failure(hold, exc, questions)
        return exc.retry_after_s if isinstance(exc, RateLimitError) else None
    questions.failures = 0
    if update.state == "unknown":
        await _note_unknown(hold, update, questions)
    else:
        questions.retention.on_answer()
        await apply_update(hold, update, keep_message=questions.wish != "none")
        if hold.job.state is JobState.RUNNING and questions.retention.is_over():
            await _give_up(hold, update)
    return None


def is_key_refused(exc: AuthenticationError) -> bool:
    """Tell a refused key from a 403 without a reason: a firewall's passes, and the job must not rest for it (B7)."""
    return exc.code != FORBIDDEN


async def _note_unknown(hold: Hold, update: JobUpdate, questions: _Questions) -> None:
    """B11: a word that we do not know is shown, logged once, and asked on about for as long as no answer at all."""
    if update.message not in questions.noted_words:
        questions.noted_words.add(update.message)
        log.warning("Job %s: %s says %r, a word that we do not know", hold.job.job_id, hold.label, update.message)
    if questions.retention.is_over_without_answer():
        await _give_up(hold, update)
    else:
        await apply_update(hold, update, keep_message=questions.wish != "none")


async def _give_up(hold: Hold, update: JobUpdate) -> None:
    """B11: leave to a person what never came to an end while its provider keeps anything; `Check again` asks on."""
    said = UnexpectedResponseError(f"The last it said is {update.message!r}.", provider=hold.provider.info.id)
    await hold.rest_with(_expired(hold, said))


async def apply_update(hold: Hold, update: JobUpdate, *, keep_message: bool = False) -> None:
    """Commit what the provider said."""
    learnt: dict[str, Any] = {}
    if update.cost is not None:
        learnt["cost"] = update.cost
    if update.seed is not None and hold.job.seed is None:
        learnt["seed"] = update.seed
    if update.state == "succeeded":
        hold.video = update.video
        await hold.move(state=JobState.DOWNLOADING, phase=Phase.SAVING, message="Saving the video", **learnt)
    elif update.state == "failed":
        await _end_failed(hold, update, learnt)
    elif update.state == "cancelled":
        await _end_cancelled(hold)
    else:
        await _note_progress(hold, update, learnt, keep_message)


async def _end_failed(hold: Hold, update: JobUpdate, learnt: dict[str, Any]) -> None:
    error = update.error
    if error is None or error.charged == "no":
        learnt["cost"] = Cost(0.0, hold.job.cost.unit, "exact")
    message = error.title if error else update.message
    await hold.move(state=JobState.FAILED, phase=Phase.DONE, message=message, error=error, **learnt)


async def _end_cancelled(hold: Hold) -> None:
    """A12: no provider says whether it takes money for a job that was stopped, so nor do we; the price stays."""
    message = f"Cancelled. Your usage page at {hold.label} says whether it was charged"
    await hold.move(state=JobState.CANCELLED, phase=Phase.DONE, message=message)


async def _note_progress(hold: Hold, update: JobUpdate, learnt: dict[str, Any], keep_message: bool) -> None:
    """Commit an event where a person would see a difference."""
    job = hold.job
    takes_long = (hold.tools.clock.now() - (job.submitted_at or job.created_at)).total_seconds() > TAKES_LONG_S
    if update.state == "queued":
        learnt["phase"] = Phase.PROVIDER_QUEUE
    elif update.state == "running":
        learnt["phase"] = Phase.GENERATING
        if job.started_at is None:
            learnt["started_at"] = hold.tools.clock.now()
    if update.progress is not None and update.progress >= (job.progress or 0.0) + _PROGRESS_STEP:
        learnt["progress"] = update.progress
    if not keep_message:
        learnt["message"] = (
            f"{update.message}. This takes long; your job keeps running" if takes_long else update.message
        )
    if any(getattr(job, name) != value for name, value in learnt.items()):
        await hold.move(**learnt)


async def _note_failure(hold: Hold, exc: Exception, questions: _Questions) -> None:
    """Say that there is no answer, and give up only when the provider does not keep the job any more (B11)."""
    failures = questions.failures
    if isinstance(exc, SeedanceError):
        log.info("Job %s: no answer to question %d: %s", hold.job.job_id, failures, exc)
    else:
        log.error("Job %s: question %d broke", hold.job.job_id, failures, exc_info=exc)
    if questions.retention.is_over_without_answer():
        await hold.rest_with(_expired(hold, exc))
    elif failures >= SAID_AFTER_FAILURES and questions.wish == "none":
        await hold.say(f"No answer from {hold.label} right now; asking again. Your job keeps running")


def _expired(hold: Hold, cause: Exception) -> JobError:
    return JobError(
        code="expired",
        title=f"{hold.label} did not say in time what became of this job",
        detail=f"Generation ID {hold.job.remote_id}. {cause if isinstance(cause, SeedanceError) else ''}".strip(),
        charged="unknown",
        next_step=f"Look at your usage page at {hold.label}, with this generation ID.",
    )


async def _ask_to_stop(hold: Hold, questions: _Questions) -> bool:
    """A12: pass on the wish to cancel, believe only a confirmed stop, and return whether it is one.

    Where no clear answer came, it is passed on again before the next question: that costs nothing.
    """
    try:
        stopped = await hold.provider.cancel(hold.job)
    except Exception as exc:  # noqa: BLE001 - whatever it was, nothing was confirmed
        log.info("Job %s: asking to stop brought an error: %r", hold.job.job_id, type(exc))
        stopped = None
    if stopped:
        await _end_cancelled(hold)
    elif stopped is None:
        questions.wish = "passed_on"
        await hold.say(f"{hold.label} has not confirmed that it stops this job. If it finishes, its video will be kept")
    else:
        questions.wish = "refused"
        await hold.say(f"{hold.label} can't stop this job. It will finish and be charged, and its video will be kept")
    return stopped is True


async def _wait(hold: Hold, running_for_s: float, failures: int, retry_after_s: float | None) -> float:
    """Wait until the next question is due or a person wants something, and return how long that may have been."""
    wait_s = next_poll_s(
        hold.provider.spec().poll_after_s,
        running_for_s=running_for_s,
        failures=failures,
        retry_after_s=retry_after_s,
    )
    await hold.pause(wait_s)
    return wait_s
