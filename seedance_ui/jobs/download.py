"""Bring a finished video from its provider into the library."""

from __future__ import annotations

from seedance_ui.domain.job import FinishedVideo, Job, SavedVideo
from seedance_ui.errors import StoreError
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.base import Provider

SAVE_AGAIN_S = 5.0
"""How long to wait after a fault of our own before a finished video is saved again."""


async def save_video(job: Job, provider: Provider, tools: Tools, known: FinishedVideo | None) -> SavedVideo:
    """Save the video of a job that its provider has finished; harmless to do again after any crash.

    Args:
        job: In state `downloading`.
        provider: Is asked where the video is, unless that is known.
        tools: The library, and where calls that block run.
        known: What the provider said last, while that is fresh; it is never stored.

    Raises:
        ProviderError: The provider gave no answer.
        MediaError: What came is not a whole video.
        StoreError: The disk would not take it, or there is nothing to fetch yet.
    """
    saved = await tools.blocking(tools.library.saved, job.job_id)
    if saved is not None:
        return saved
    video = known or (await provider.poll(job)).video
    if video is None:
        raise StoreError("The provider has not handed out the video yet.")
    return await tools.blocking(tools.library.keep, job.job_id, video.path)
