"""From the waiting line to the provider's id: files first, then the paid request, once."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any

from seedance_ui.domain.job import JobState, Phase
from seedance_ui.errors import (
    LeaseLostError,
    MediaError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    RemoteIdTakenError,
    SeedanceError,
    StoreError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.jobs.hold import Hold
from seedance_ui.jobs.polling import apply_update
from seedance_ui.jobs.schedule import resubmit_after_s
from seedance_ui.providers.base import Handles

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
"""A3: a request that was provably not taken is sent at most this often."""

FROZEN_S = 10.0
"""A commit takes no longer: where it did, this process stood still, and its lease may be another's by now."""

WRITE_AGAIN_S = 1.0
"""How long to wait before a generation ID is written again, after the database did not take it."""


async def begin(hold: Hold) -> None:
    """Leave the waiting line; a wish to stop that came while the request was being refused is fulfilled here."""
    if await _is_stopped(hold):
        return
    await hold.move(state=JobState.UPLOADING, phase=Phase.UPLOADING, message="Preparing the files")


async def upload_and_submit(hold: Hold) -> None:
    """Send the files, then go on to the request itself: the handles live only in this process."""
    try:
        handles = await _upload(hold)
    except LeaseLostError:  # cancelled meanwhile, for one: no fault of the files
        raise
    except ProviderError as exc:
        await _not_taken(hold, exc)
    except MediaError as exc:
        await hold.fail(exc)
    except Exception as exc:
        log.exception("Job %s: its files could not be prepared", hold.job.job_id)
        await _try_again(hold, _as_ours(exc))
    else:
        hold.sending = asyncio.ensure_future(_commit_and_submit(hold, handles))
        # A request that is on its way is never aborted, not by a shutdown either.
        await asyncio.shield(hold.sending)


async def _upload(hold: Hold) -> Handles:
    """Send the files, and say how many are there."""
    news: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()
    uploading = asyncio.ensure_future(hold.provider.upload(hold.job, lambda done, all_: news.put_nowait((done, all_))))
    uploading.add_done_callback(lambda _: news.put_nowait(None))
    try:
        while (files := await news.get()) is not None:
            await hold.say(f"Uploading, {files[0]} of {files[1]} files are there")
        return uploading.result()
    finally:
        uploading.cancel()


async def recover_submitting(hold: Hold) -> None:
    """A5: a crash in `submitting` never leads to a second request."""
    if hold.job.remote_id is not None:
        await hold.move(state=JobState.RUNNING, phase=Phase.GENERATING, message="Generating")
        return
    cause = "The app stopped after this request was prepared and before an answer was saved."
    await hold.rest(SubmitUnknownError(cause, provider=hold.job.request.provider))


async def _commit_and_submit(hold: Hold, handles: Handles) -> None:
    """A1: the row says that a request may be on its way before one is, and when it is sent.

    A9: who stood still behind that commit commits again, so that who lost the job meanwhile sends nothing.
    """
    stood_still = True
    while stood_still:
        begun_s = hold.tools.clock.monotonic()
        await hold.move(state=JobState.SUBMITTING, phase=Phase.SENDING, message="Sending the request")
        stood_still = hold.tools.clock.monotonic() - begun_s > FROZEN_S
    await _submit(hold, handles)


async def _submit(hold: Hold, handles: Handles) -> None:
    """A5: the only call of `submit`, right behind the committed move to `submitting`."""
    job = hold.job
    try:
        submitted = await hold.provider.submit(job, handles)
    except (SubmitUnknownError, UnexpectedResponseError) as exc:
        await hold.rest(exc)
    except ProviderError as exc:
        await _not_taken(hold, exc)
    except Exception as exc:  # A2: whatever it was, the request may have been taken
        log.exception("Job %s: the adapter broke while sending", job.job_id)
        await hold.rest(SubmitUnknownError(type(exc).__name__, provider=job.request.provider))
    else:
        await _taken(hold, submitted.remote_id)
        if submitted.update is not None:
            await apply_update(hold, submitted.update)


async def _taken(hold: Hold, remote_id: str) -> None:
    """B3: the id is committed before anything else; where the lease is lost, it is accepted all the same."""
    log.info("Job %s: %s has it as %s", hold.job.job_id, hold.label, remote_id)  # for when it cannot be written
    taken: dict[str, Any] = {
        "state": JobState.RUNNING,
        "phase": Phase.PROVIDER_QUEUE,
        "message": "In the provider's queue",
        "remote_id": remote_id,
        "submitted_at": hold.tools.clock.now(),
    }
    while hold.job.state is JobState.SUBMITTING:
        try:
            await _write_id(hold, taken)
        except LeaseLostError:
            raise
        except RemoteIdTakenError as exc:
            log.error("Job %s: its generation ID %s is another job's here", hold.job.job_id, remote_id)
            await hold.rest(SubmitUnknownError(str(exc), provider=hold.job.request.provider))
        except StoreError as exc:
            log.error("Job %s: its generation ID %s is not written yet: %s", hold.job.job_id, remote_id, exc)
            await hold.tools.clock.sleep(WRITE_AGAIN_S)


async def _write_id(hold: Hold, taken: dict[str, Any]) -> None:
    try:
        await hold.move(**taken)
    except LeaseLostError:
        await _accept_late(hold, taken["remote_id"])


async def _accept_late(hold: Hold, remote_id: str) -> None:
    """Keep the id of a job that moved on meanwhile; it is still ours where only the answer to our commit was lost.

    Raises:
        LeaseLostError: Somebody else holds it now.
        StoreError: The database does not answer.
    """
    store, job_id = hold.tools.store, hold.job.job_id
    if not await hold.tools.blocking(lambda: store.adopt(job_id, remote_id=remote_id)):
        known = await hold.tools.blocking(store.get, job_id)
        if known is None or known.remote_id != remote_id:
            log.error("Job %s: its generation ID %s came too late to be kept", job_id, remote_id)
    await hold.tools.blocking(store.note, job_id, hold.notes.unwritten)
    await hold.look_again()


async def _not_taken(hold: Hold, exc: ProviderError) -> None:
    """A3, A4: nothing was taken; try again where that can help, else the provider's words end it."""
    if isinstance(exc, (RateLimitError, ProviderUnavailableError)):
        await _try_again(hold, exc)
    else:
        await hold.fail(exc)


async def _try_again(hold: Hold, exc: SeedanceError) -> None:
    """Go back to the waiting line, a few times; then the cause ends the job."""
    attempts = hold.job.attempts + 1
    if attempts >= MAX_ATTEMPTS:
        await hold.fail(exc)
        return
    message = "Nothing was taken yet; trying again"
    await hold.move(state=JobState.QUEUED, phase=Phase.WAITING, message=message, attempts=attempts)
    if await _is_stopped(hold):
        return
    retry_after_s = exc.retry_after_s if isinstance(exc, RateLimitError) else None
    jitter = random.random()  # noqa: S311 - spreads load, guards nothing
    await hold.tools.clock.sleep(resubmit_after_s(attempts, jitter, retry_after_s))


async def _is_stopped(hold: Hold) -> bool:
    """A12: end a job that a person wants stopped and of which nothing was taken; it must not be sent after that."""
    if not hold.job.cancel_wanted:
        return False
    await hold.tools.blocking(hold.tools.store.want_cancel, hold.job.job_id)
    await hold.look_again()
    return True


def _as_ours(exc: Exception) -> SeedanceError:
    """Return a fault of ours that has words; another's words may hold a path or a key."""
    return (
        exc if isinstance(exc, SeedanceError) else SeedanceError(f"The files could not be sent ({type(exc).__name__}).")
    )
