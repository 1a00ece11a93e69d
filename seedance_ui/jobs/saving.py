"""After success: the video is in the library before the job has succeeded; our own faults never fail it."""

from __future__ import annotations

import logging

from seedance_ui.domain.job import JobState, Phase, SavedVideo
from seedance_ui.errors import (
    AuthenticationError,
    LeaseLostError,
    RateLimitError,
    SeedanceError,
    StoreError,
    TakenBackError,
)
from seedance_ui.jobs.download import bring_home, explain_expired, explain_unsaved
from seedance_ui.jobs.hold import Hold
from seedance_ui.jobs.polling import apply_update, is_key_refused
from seedance_ui.jobs.retention import Retention
from seedance_ui.jobs.schedule import save_again_s
from seedance_ui.media.disk import is_from_full_disk

log = logging.getLogger(__name__)


async def save(hold: Hold) -> None:
    """B4, B5, B8: save, with a fresh link each time, until the provider does not keep the video any more."""
    failures = 0
    since = await hold.tools.blocking(hold.tools.store.reached_at, hold.job.job_id, JobState.DOWNLOADING)
    retention = hold.retention(since=since or hold.tools.clock.now())
    while hold.job.state is JobState.DOWNLOADING:
        hold.nudged.clear()
        await hold.look_again()  # A9: whoever was frozen past the lease fetches nothing into another's file
        try:
            video = await _saved(hold)
        except LeaseLostError:
            raise
        except Exception as exc:  # noqa: BLE001 - B8: nothing makes a finished video fail
            if isinstance(exc, AuthenticationError) and is_key_refused(exc):
                await hold.rest(exc, state=JobState.NEEDS_KEY)
                continue
            failures += 1
            await _save_later(hold, _as_ours(hold, exc), failures, retention)
        else:
            if video is not None:
                await _finish(hold, video)


async def _finish(hold: Hold, video: SavedVideo) -> None:
    await hold.tools.library.make_stills(hold.job.job_id)
    done = {"state": JobState.SUCCEEDED, "phase": Phase.DONE, "message": "Ready", "progress": 1.0}
    await hold.move(**done, video=video, error=None)


def _as_ours(hold: Hold, exc: Exception) -> SeedanceError:
    """Return a fault that has words: B8, one that nobody foresaw is waited out like any other."""
    if isinstance(exc, SeedanceError):
        return exc
    log.error("Job %s: saving its video broke", hold.job.job_id, exc_info=exc)
    return StoreError(f"Something unforeseen went wrong here ({type(exc).__name__}).")


async def _saved(hold: Hold) -> SavedVideo | None:
    """Return the video once it is in the library; None where the job has ended without."""
    known, hold.video = hold.video, None
    already = await hold.tools.blocking(hold.tools.library.saved, hold.job.job_id)
    if already is not None:  # by a process that died since, and maybe another before it in mid-download
        await hold.tools.blocking(hold.tools.library.discard_parts, hold.job.job_id, hold.job.epoch)
        return already
    return await bring_home(hold.job, hold.provider, hold.tools, known) if known else await _ask_and_save(hold)


async def _ask_and_save(hold: Hold) -> SavedVideo | None:
    """Ask where the video is; another word than before is waited out where it was made and is paid (B8, B10)."""
    update = await hold.ask()
    if update.state in ("failed", "cancelled"):
        if hold.job.cost.is_free:
            await apply_update(hold, update)
            return None
        said = f"{hold.label} made it, and says {update.message!r} now."
        raise TakenBackError(said, provider=hold.provider.info.id)
    if update.video is None:
        raise StoreError("The provider has not handed out the video yet.")
    return await bring_home(hold.job, hold.provider, hold.tools, update.video)


async def _save_later(hold: Hold, exc: SeedanceError, failures: int, retention: Retention) -> None:
    """Wait for the next try, and say until when there will be tries (B5, B10)."""
    log.warning("Job %s: try %d did not save the video: %s", hold.job.job_id, failures, exc)
    if retention.is_over_without_answer():
        await hold.rest_with(explain_expired(hold.job, exc, provider_label=hold.label))
        return
    if is_from_full_disk(exc):
        await hold.tools.blocking(hold.tools.make_room)
    # Past that time by the records, the next tries are soon the last, but when is not for a clock to say.
    until = retention.until
    message = f"Saving the video, and trying again: {exc}"
    if hold.tools.clock.now() < until:
        message = f"Saving the video, and trying again until {until:%Y-%m-%d %H:%M} UTC: {exc}"
    if message != hold.job.message:
        await hold.move(message=message, error=explain_unsaved(hold.job, exc, provider_label=hold.label))
    retry_after_s = exc.retry_after_s if isinstance(exc, RateLimitError) else None
    await hold.pause(save_again_s(failures, retry_after_s))
