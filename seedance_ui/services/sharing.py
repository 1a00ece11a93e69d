"""A finished run as one file, from one installation to another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from seedance_ui.domain.shared_run import check_run_size
from seedance_ui.errors import NotAllowedError
from seedance_ui.jobs.exporting import RunZip, export_run
from seedance_ui.jobs.importing import Imported
from seedance_ui.services.parts import LOCAL_OWNER, Parts


class Sharing(Parts):
    """The verbs behind `Share as zip` and `Import a run`."""

    async def export_run(self, job_id: str) -> RunZip | None:
        """Return a finished job with what it was made of (D5); None for an unknown id, and for a deleted job.

        On a public app the files of the request stay here: whoever has a video's address would get them.

        Raises:
            MediaError: It has no video, or that is not here any more, or not whole.
        """
        job = await self._tools.blocking(self._store.get, job_id)
        if job is None or job.deleted_at is not None:
            return None
        export = partial(export_run, job, self._providers, self._tools, with_files=not self.is_public)
        return await asyncio.to_thread(export)

    def check_import(self, size_bytes: int) -> None:
        """Let a zip come, before a byte of it is read.

        Raises:
            NotAllowedError: This is a public app: a stranger could fill its disk.
            MediaError: It is larger than any run.
        """
        if self.is_public:
            raise NotAllowedError("A run can be imported on one's own machine only.")
        check_run_size(size_bytes)

    async def import_run(self, chunks: AsyncIterator[bytes], size_bytes: int) -> Imported:
        """Bring a run that was exported elsewhere into the library of this machine's owner; the same one only once.

        Args:
            chunks: The zip as it comes.
            size_bytes: How many bytes were announced.

        Raises:
            NotAllowedError: As of `check_import`.
            MediaError: It is no run, or not a whole one; nothing was kept of it.
            StoreError: There is no room, or the disk or the database would not take it.
        """
        self.check_import(size_bytes)
        return await self._imports.take_in(chunks, size_bytes, owner=LOCAL_OWNER)
