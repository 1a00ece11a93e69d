"""What became of a job, and what a person can do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from seedance_ui.domain.job import (
    ENDED_STATES,
    OPEN_STATES,
    RESTING_STATES,
    Job,
    SnapshotJson,
    build_snapshot,
)
from seedance_ui.domain.staged import StagedJobJson, build_staged_job
from seedance_ui.errors import NotAllowedError
from seedance_ui.jobs.bell import wait_at_most
from seedance_ui.jobs.evidence import EvidenceJson, build_evidence
from seedance_ui.jobs.runner import LOOK_AGAIN_S
from seedance_ui.services.parts import Parts


class Following(Parts):
    """The verbs for jobs that exist. A job id is the capability; whose it is is asked where something is listed."""

    async def snapshot(self, job_id: str) -> SnapshotJson | None:
        """Return a job as it is now; None for an unknown id."""
        return self._as_now(await self._tools.blocking(self._store.get, job_id))

    def _as_now(self, job: Job | None) -> SnapshotJson | None:
        return build_snapshot(job, self._clock.now()) if job else None

    async def cancel(self, job_id: str) -> SnapshotJson | None:
        """Note the wish to stop a job and return it as it is now, in every state; None for an unknown id."""
        job = await self._tools.blocking(self._store.want_cancel, job_id)
        self._runner.nudge(job_id)
        return self._as_now(job)

    async def check_again(self, job_id: str) -> SnapshotJson | None:
        """Ask the provider what became of a job that rests (A7); None for an unknown id.

        Raises:
            ProviderError: The provider cannot be asked now.
            StoreError: The answer could not be written.
        """
        return self._as_now(await self._ways_on.check_again(job_id))

    async def find_video(self, job_id: str, generation_id: str) -> SnapshotJson | None:
        """Take a generation ID that a person found at the provider as this job's; None for an unknown job.

        Raises:
            NotAllowedError: This is a public app: a stranger could name anybody's video.
            GenerationMismatchError: The provider's record of that ID is not of this job.
            ProviderError: The provider cannot be asked now, or knows no such ID.
            StoreError: The answer could not be written.
        """
        if self.is_public:
            raise NotAllowedError("A video can be looked for by its generation ID on one's own machine only.")
        return self._as_now(await self._ways_on.find_video(job_id, generation_id))

    async def close(self, job_id: str) -> SnapshotJson | None:
        """Hide a job that rests from the stage; its state stays. None for an unknown id.

        Raises:
            StoreError: It could not be written.
        """
        return self._as_now(await self._ways_on.put_away(job_id))

    async def try_now(self, job_id: str) -> SnapshotJson | None:
        """Let a finished video be saved at once that would be saved after a wait; None for an unknown id."""
        return self._as_now(await self._ways_on.try_now(job_id))

    async def events_after(self, job_id: str, seq: int) -> list[tuple[int, SnapshotJson]]:
        """Return the numbered snapshots of a job behind `seq`, oldest first."""
        return await self._tools.blocking(self._store.events_after, job_id, seq)

    async def watch(self, job_id: str, *, after: int = 0) -> AsyncIterator[tuple[int, SnapshotJson]]:
        """Yield every numbered snapshot behind `after`, as they come, until the job ends or rests."""
        ended = {state.value for state in ENDED_STATES}
        with self._bell.listen(job_id) as rung:
            while True:
                rung.clear()
                # Looked at before the events: where it ends meanwhile, its last event is among them or still to come.
                latest = await self.snapshot(job_id)
                for seq, snapshot in await self.events_after(job_id, after):
                    yield seq, snapshot
                    after, latest = seq, snapshot
                if latest is None or latest["state"] in ended:
                    return
                # The time-out is for an event that another process wrote: its bell does not ring here.
                await wait_at_most(rung, LOOK_AGAIN_S)

    async def evidence(self, job_id: str) -> EvidenceJson | None:
        """Return what may be shown to a provider's support of a job (B18); None for an unknown id."""
        record = await self._tools.blocking(self._store.record_of, job_id)
        return build_evidence(record, self._tools.redactor, self._clock.now()) if record else None

    async def staged_jobs(self, owner: str | None) -> list[StagedJobJson]:
        """Return what the stage shows of an owner's jobs that are not final and were not put away, newest first."""
        on_stage = OPEN_STATES | RESTING_STATES
        jobs = await self._tools.blocking(lambda: self._store.jobs_of(owner, on_stage, limit=100, with_closed=False))
        return [build_staged_job(job) for job in jobs]

    async def just_made(self, job_ids: Sequence[str]) -> list[StagedJobJson]:
        """Return what the stage shows of the jobs that a click has made, the last one first."""
        jobs = [await self._tools.blocking(self._store.get, job_id) for job_id in reversed(job_ids)]
        return [build_staged_job(job, is_new=True) for job in jobs if job]

    async def staged_job(self, job_id: str, *, owner: str | None) -> StagedJobJson | None:
        """Return what the stage shows of a job; None where it is not this owner's."""
        job = await self._tools.blocking(self._store.get, job_id)
        return build_staged_job(job) if job and owner is not None and job.owner == owner else None

    async def count_by_state(self) -> dict[str, int]:
        """Return how many jobs there are in each state that has any."""
        return await self._tools.blocking(self._store.count_by_state)
