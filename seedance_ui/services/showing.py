"""Finished videos and their files."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from seedance_ui.domain.job import Job
from seedance_ui.domain.library_item import LibraryItemJson, build_library_item
from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.jobs.handovers import HandedOver
from seedance_ui.services.parts import Parts

EVERYTHING = LibraryQuery()
"""All that is not deleted, newest first."""

DELETED = LibraryQuery(deleted=True)
"""All that can be brought back."""

PAGE_SIZE = 48
"""How many the library shows at first, and how many more each time: full rows of 4, 3 and 2."""


class LibraryCountsJson(TypedDict):
    """How many a library holds."""

    found: int
    """Of what is asked for."""
    videos: int
    """The finished ones among those; the others rest."""
    deleted: int
    """What can be brought back, whatever is asked for."""


class Showing(Parts):
    """The verbs for what was made."""

    async def library(
        self,
        owner: str | None,
        query: LibraryQuery = EVERYTHING,
        *,
        after: str | None = None,
        limit: int = PAGE_SIZE,
    ) -> list[LibraryItemJson]:
        """Return a page of an owner's finished videos and jobs that rest, closed ones too.

        Args:
            owner: From `owner_of`; None has none.
            query: Which, and in which order.
            after: job_id of the last one that is known already; the page begins behind it.
            limit: How many at most.
        """
        return await self._tools.blocking(
            lambda: self._library_items(owner, self._store.shelf(owner, query, after=after, limit=limit))
        )

    async def library_counts(self, owner: str | None, query: LibraryQuery = EVERYTHING) -> LibraryCountsJson:
        """Return how many an owner's library holds of what is asked for, on all its pages."""

        def count() -> LibraryCountsJson:
            found, videos = self._store.count_shelf(owner, query)
            deleted, _ = self._store.count_shelf(owner, DELETED)
            return {"found": found, "videos": videos, "deleted": deleted}

        return await self._tools.blocking(count)

    async def library_item(self, job_id: str, *, owner: str | None) -> LibraryItemJson | None:
        """Return one of an owner's library, a deleted one too while it can be brought back; None for any other."""

        def look() -> LibraryItemJson | None:
            job = self._store.on_shelf(job_id, owner)
            return self._library_items(owner, [job])[0] if job else None

        return await self._tools.blocking(look)

    async def set_favourite(self, job_id: str, favourite: bool, *, owner: str | None) -> bool:
        """Mark a video of an owner's library, or take the mark off; False where it is none of theirs.

        Raises:
            StoreError: It could not be written.
        """
        return await self._tools.blocking(self._store.set_favourite, job_id, owner, favourite)

    async def delete(self, job_id: str, *, owner: str | None) -> bool:
        """Take a video or a job that rests out of an owner's library; its files go a day later.

        Returns:
            False where it is not in there, or is still being made.

        Raises:
            StoreError: It could not be written.
        """
        return await self._tools.blocking(self._store.delete, job_id, owner)

    async def restore(self, job_id: str, *, owner: str | None) -> bool:
        """Bring back what an owner deleted; False where it is gone for good.

        Raises:
            StoreError: It could not be written.
        """
        return await self._tools.blocking(self._store.restore, job_id, owner)

    def _library_items(self, owner: str | None, jobs: list[Job]) -> list[LibraryItemJson]:
        """Look for the jobs' files and for their kin too, which blocks."""
        kin = self._store.kin_of(owner, jobs)
        now = self._clock.now()
        return [
            build_library_item(
                job,
                provider_label=self._label(job.request.provider),
                now=now,
                has_file=self._library.has_video(job.job_id),
                parent_prompt=kin.parents.get(job.parent) if job.parent else None,
                children=kin.children.get(job.job_id, 0),
            )
            for job in jobs
        ]

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
