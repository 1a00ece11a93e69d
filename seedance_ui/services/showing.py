"""Finished videos and their files."""

from __future__ import annotations

from pathlib import Path

from seedance_ui.domain.job import (
    RESTING_STATES,
    Job,
    JobState,
)
from seedance_ui.domain.library_item import LibraryItemJson, build_library_item
from seedance_ui.jobs.handovers import HandedOver
from seedance_ui.services.parts import Parts


class Showing(Parts):
    """The verbs for what was made."""

    async def library(self, owner: str | None, *, limit: int = 200) -> list[LibraryItemJson]:
        """Return an owner's finished videos and jobs that rest, closed ones too, newest first."""
        listed = RESTING_STATES | {JobState.SUCCEEDED}
        jobs = await self._tools.blocking(lambda: self._store.jobs_of(owner, listed, limit=limit))
        return await self._tools.blocking(lambda: [self._library_item(job) for job in jobs])

    def _library_item(self, job: Job) -> LibraryItemJson:
        """Look for a job's file too, which blocks."""
        return build_library_item(
            job,
            provider_label=self._label(job.request.provider),
            now=self._clock.now(),
            has_file=self._library.has_video(job.job_id),
        )

    def _label(self, provider_id: str) -> str:
        provider = self._providers.get(provider_id)
        return provider.info.label if provider else provider_id

    def media_path(self, name: str) -> Path | None:
        """Return the file behind a media URL (`<job_id>.mp4`, `.jpg`, `-last.png`); None where there is none."""
        path = self._library.directory / name
        return path if path.parent == self._library.directory and path.is_file() else None

    async def handed_over(self, token: str) -> HandedOver | None:
        """Return the uploaded file behind a link that a provider was given; None where there is none any more."""
        return await self._tools.blocking(self._handovers.find, token) if self._handovers else None
