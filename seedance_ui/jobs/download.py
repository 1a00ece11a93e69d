"""Bring a finished video from its provider into the library."""

from __future__ import annotations

from seedance_ui.domain.explain import explain
from seedance_ui.domain.job import Charged, FinishedVideo, Job, JobError, LocalVideo, SavedVideo
from seedance_ui.errors import MediaError, SeedanceError, TakenBackError
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.addresses import is_loopback_url
from seedance_ui.providers.base import Provider
from seedance_ui.providers.downloads import Origin


async def bring_home(job: Job, provider: Provider, tools: Tools, video: FinishedVideo) -> SavedVideo:
    """Take a finished video into the library; harmless to do again after any crash.

    Raises:
        ProviderError: The server that the provider names gave no whole video.
        MediaError: What came is not a whole video.
        StoreError: The disk would not take it.
    """
    if isinstance(video, LocalVideo):
        return await _keep_local(job, tools, video)
    part = tools.library.part_path(job.job_id, job.epoch)
    try:
        is_all = await tools.downloader.fetch(video.url, part, _origin(provider))
        return await tools.blocking(lambda: tools.library.keep(job.job_id, part, is_all=is_all))
    finally:  # a whole one is under its final name by now
        await tools.blocking(tools.library.discard_parts, job.job_id, job.epoch)


async def _keep_local(job: Job, tools: Tools, video: LocalVideo) -> SavedVideo:
    """Take over what an embedded provider made; what is damaged goes, so that it is made again."""
    try:
        return await tools.blocking(tools.library.keep, job.job_id, video.path)
    except MediaError:
        await tools.blocking(lambda: video.path.unlink(missing_ok=True))
        raise


def explain_unsaved(job: Job, cause: SeedanceError, *, provider_label: str) -> JobError:
    """Return what it means that a finished video is not saved yet (B8): the job goes on, and tries again."""
    return JobError(
        code=explain(cause, provider_label=provider_label).code,
        title="The video is made, and could not be saved yet",
        detail=str(cause),
        charged=_charged(job, cause),
        next_step="Nothing has to be done: it is tried again. Free some space on the disk if it is full.",
    )


def explain_expired(job: Job, cause: SeedanceError, *, provider_label: str) -> JobError:
    """Return what it means that a finished video could not be had for as long as its provider keeps it."""
    return JobError(
        code="expired",
        title=f"{provider_label} made this video, but it could not be saved in time",
        detail=f"Generation ID {job.remote_id}. {cause}",
        charged=_charged(job, cause),
        next_step=f"Ask {provider_label}'s support for the video, with this generation ID.",
    )


def _charged(job: Job, cause: SeedanceError) -> Charged:
    if job.cost.is_free:
        return "no"
    return "unknown" if isinstance(cause, TakenBackError) else "yes"


def _origin(provider: Provider) -> Origin:
    return Origin(
        provider=provider.info.id,
        hosts=provider.download_hosts,
        allow_loopback=is_loopback_url(provider.setup.base_url),
    )
