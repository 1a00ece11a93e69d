"""What a person can do with a job that rests: ask again, name its generation ID, put it away.

To send it again is to make a new job: `services` does that.
"""

from __future__ import annotations

from collections.abc import Mapping

from seedance_ui.domain.job import RESTING_STATES, Job, JobState
from seedance_ui.errors import GenerationMismatchError
from seedance_ui.jobs.reconciling import adopt_where_found, may_be_there
from seedance_ui.jobs.runner import Runner
from seedance_ui.jobs.tools import Tools
from seedance_ui.providers.base import Provider
from seedance_ui.providers.replies import listening


class WaysOn:
    """The verbs for a job in `needs_attention` or `needs_key`; each returns the job as it is afterwards."""

    def __init__(self, providers: Mapping[str, Provider], runner: Runner, tools: Tools) -> None:
        self._providers = providers
        self._runner = runner
        self._tools = tools

    async def check_again(self, job_id: str) -> Job | None:
        """Ask the provider what became of a job; None for an unknown one.

        Raises:
            ProviderError: The provider cannot be asked now.
            StoreError: The answer could not be written.
        """
        job = await self._get(job_id)
        provider = self._provider_of(job)
        if job is None or provider is None or job.state not in RESTING_STATES:
            return job
        if job.remote_id is not None:
            await self._tools.blocking(self._tools.store.resume, job_id)
        else:
            await self._runner.ask(adopt_where_found(job_id, provider, self._tools))
        return await self._going_on(job_id)

    async def find_video(self, job_id: str, remote_id: str) -> Job | None:
        """Believe a person who names the generation ID of a job, once the provider's record agrees.

        Raises:
            GenerationMismatchError: The provider's record of that ID is not of this job, or another job has it.
            ProviderError: The provider cannot be asked now, or knows no such ID.
            StoreError: The answer could not be written.
        """
        job = await self._get(job_id)
        provider = self._provider_of(job)
        if job is None or provider is None or not may_be_there(job):
            return job
        if not await self._is_record_of(job, provider, remote_id):
            raise GenerationMismatchError(
                f"{provider.info.label} has no video under {remote_id!r} that this request made at that time. "
                "Nothing was changed, nothing was sent."
            )
        if not await self._tools.blocking(lambda: self._tools.store.adopt_found(job_id, remote_id=remote_id)):
            raise GenerationMismatchError(f"The video {remote_id!r} belongs to another job here. Nothing was changed.")
        return await self._going_on(job_id)

    async def _is_record_of(self, job: Job, provider: Provider, remote_id: str) -> bool:
        notes = self._tools.new_notes(with_words=False)  # it may turn out to be another person's
        try:
            with listening(notes.hear):
                return await self._runner.ask(self._asked_in_turn(job, provider, remote_id))
        finally:
            await self._tools.blocking(self._tools.store.note, job.job_id, notes.unwritten)

    async def _asked_in_turn(self, job: Job, provider: Provider, remote_id: str) -> bool:
        await self._tools.turns.wait(provider.spec())
        return await provider.is_record_of(job, remote_id)

    async def put_away(self, job_id: str) -> Job | None:
        """Hide a job that rests from the stage; it stays in the list.

        Raises:
            StoreError: It could not be written.
        """
        await self._tools.blocking(self._tools.store.put_away, job_id)
        return await self._get(job_id)

    async def try_now(self, job_id: str) -> Job | None:
        """Save at once a finished video that would be saved after a wait; not sooner than the provider asks."""
        job = await self._get(job_id)
        if job is not None and job.state is JobState.DOWNLOADING:
            self._runner.nudge(job_id)
        return job

    async def _going_on(self, job_id: str) -> Job | None:
        self._runner.wake()
        return await self._get(job_id)

    async def _get(self, job_id: str) -> Job | None:
        return await self._tools.blocking(self._tools.store.get, job_id)

    def _provider_of(self, job: Job | None) -> Provider | None:
        return self._providers.get(job.request.provider) if job else None
