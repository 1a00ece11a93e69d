"""A7: a request that may have been taken is looked for at the provider; it is never sent again. Seconds."""

from __future__ import annotations

import logging

from seedance_ui.domain.job import Job, JobState
from seedance_ui.errors import SeedanceError
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.base import Provider
from seedance_ui.providers.replies import listening

log = logging.getLogger(__name__)

ASK_AFTER_S = (2.0, 15.0, 60.0, 180.0, 600.0, 1800.0)
"""Waits before the first questions without a person: one provider writes a run down only when it is over."""

ASK_ON_EVERY_S = 3600.0
"""How often is asked after that, for as long as the provider keeps a video."""


def may_be_there(job: Job) -> bool:
    """Return whether a provider may have a job of which we know no id."""
    was_sent = job.error is None or job.error.charged != "no"
    return job.state is JobState.NEEDS_ATTENTION and job.remote_id is None and was_sent


async def look_for(job: Job, provider: Provider, tools: Tools) -> None:
    """Ask until the provider knows exactly one that is it, or would have forgotten it; a person may be sooner."""
    age_s = (tools.clock.now() - (job.sent_at or job.created_at)).total_seconds()
    hours = max(0, int((provider.spec().retention_s - age_s) // ASK_ON_EVERY_S))
    for wait_s in [*ASK_AFTER_S, *[ASK_ON_EVERY_S] * hours]:
        await tools.clock.sleep(wait_s)
        try:
            if await adopt_where_found(job.job_id, provider, tools):
                return
        except SeedanceError as exc:
            log.info("Job %s: %s cannot be asked for it now: %s", job.job_id, provider.info.label, exc)
        except Exception:
            log.exception("Job %s: looking for it broke", job.job_id)


async def adopt_where_found(job_id: str, provider: Provider, tools: Tools) -> bool:
    """Ask once; True where nothing is left to look for.

    Raises:
        ProviderError: The provider cannot be asked now.
        StoreError: The answer could not be written.
    """
    job = await tools.blocking(tools.store.get, job_id)
    if job is None or not may_be_there(job):
        return True
    known = await tools.blocking(tools.store.remote_ids, provider.info.id)
    notes = tools.new_notes(with_words=False)  # a provider's list also holds other people's jobs
    try:
        with listening(notes.hear):
            await tools.turns.wait(provider.spec())
            remote_id = await provider.reconcile(job, known=known)
    except SeedanceError:  # nothing wider: to write something down while one is stopped could hide that stop
        await tools.blocking(tools.store.note, job_id, notes.unwritten)
        raise
    await tools.blocking(tools.store.note, job_id, notes.unwritten)
    if remote_id is None or await _may_be_anothers(job, remote_id, provider, tools):
        return False
    log.info("Job %s: %s has it as %s", job_id, provider.info.label, remote_id)
    return await tools.blocking(lambda: tools.store.adopt_found(job_id, remote_id=remote_id))


async def _may_be_anothers(job: Job, remote_id: str, provider: Provider, tools: Tools) -> bool:
    """Return whether another lost request, for something else, could be meant as well: then a person decides."""
    for other in await tools.blocking(tools.store.without_answer):
        is_same = (other.owner, other.request) == (job.owner, job.request)
        is_there = other.job_id != job.job_id and other.request.provider == provider.info.id and may_be_there(other)
        if not is_same and is_there:
            await tools.turns.wait(provider.spec())
            if await provider.is_record_of(other, remote_id):
                return True
    return False
