"""A run that was made on another installation comes into the library: all of it, or nothing.

Everything is received, taken apart and checked in a folder of its own. Only then its files go to their places, each
whole, and the row after them. The folder has the name of the job to come: by it the next start finds what a crash left,
also a video that came to its place and has no row, and removes it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock

from seedance_ui.domain.job import JOB_ID, Job, SavedVideo
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.shared_run import MAX_RUN_BYTES, RECORD, VIDEO
from seedance_ui.errors import MediaError, StoreError
from seedance_ui.jobs.admission import Admission
from seedance_ui.jobs.imported_job import build_job, build_request
from seedance_ui.jobs.run_archive import RunArchive, Unpacked, opened_run
from seedance_ui.jobs.run_record import Record, parse_record
from seedance_ui.jobs.tools import Tools
from seedance_ui.media.disk import noticing_full_disk
from seedance_ui.media.intake import Intake
from seedance_ui.media.mp4 import check_finished_video
from seedance_ui.media.stills import PATIENT_STILLS_LIMITS, make_stills

log = logging.getLogger(__name__)

Outcome = Literal["imported", "known", "restored"]
"""New in the library; there already; there, and brought back from the deleted or its missing file put in place."""

STALL_S = 60.0
"""So long without a byte is a broken connection: the next import waits for this one."""

_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a zip."""

    job_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Checked:
    """A run that passed every check, with its files still in the folder."""

    record: Record
    folder: Path
    video: Unpacked
    media: dict[str, MediaFile]
    """Place to the cleaned file."""

    @property
    def poster(self) -> Path:
        return self.folder / "poster.jpg"

    @property
    def last_frame(self) -> Path:
        return self.folder / "last.png"


class Imports:
    """Takes runs in, for one owner each."""

    def __init__(self, tools: Tools, intake: Intake, admission: Admission, directory: Path) -> None:
        self._tools = tools
        self._intake = intake
        self._admission = admission
        self._directory = directory
        """Of the folders of imports that are under way; on the same disk as the library."""
        self._one_at_a_time = asyncio.Lock()
        """B12: each is let in by the room that there is, and so after what the one before it takes."""

    async def take_in(self, chunks: AsyncIterator[bytes], size_bytes: int, *, owner: str) -> Imported:
        """Receive a zip and bring its run into an owner's library, after those that came before it.

        Args:
            chunks: The bytes as they come.
            size_bytes: How many were announced.
            owner: Whose library.

        Raises:
            MediaError: It is no run, or not a whole one; nothing was kept of it.
            StoreError: There is no room, or the disk or the database would not take it.
        """
        async with self._one_at_a_time:
            await self._tools.blocking(self._admission.check_import, size_bytes)
            return await self._take_in(chunks, size_bytes, owner)

    async def _take_in(self, chunks: AsyncIterator[bytes], size_bytes: int, owner: str) -> Imported:
        job_id = secrets.token_hex(16)
        with self._folder(job_id) as folder, noticing_full_disk():
            try:
                await _receive(chunks, folder / "run.zip", size_bytes)
                checked = await self._check(folder)
                return await self._to_its_end(self._tools.blocking(self._commit, checked, job_id, owner))
            finally:
                await self._tools.blocking(self._try_to_clear, job_id)

    @staticmethod
    async def _to_its_end(commit: Coroutine[None, None, Imported]) -> Imported:
        """Wait for a commit even when this is cancelled: what is cleared away behind it must not be its video."""
        running = asyncio.ensure_future(commit)
        try:
            return await asyncio.shield(running)
        finally:
            await asyncio.wait([running])

    def sweep(self) -> None:
        """Remove what a crash left of an import; one that another process is at stays. Blocks."""
        for lock in self._directory.glob("*.lock"):
            try:
                with FileLock(lock, timeout=0, thread_local=False):
                    is_clear = self._try_to_clear(lock.stem)
            except OSError:  # a time-out too: another process is at it
                continue
            if is_clear:
                lock.unlink(missing_ok=True)

    # -- before anything is written --------------------------------------------------------------------

    async def _check(self, folder: Path) -> _Checked:
        record, unpacked = await asyncio.to_thread(_unpack, folder / "run.zip", folder)
        video = unpacked[VIDEO]
        await asyncio.to_thread(check_finished_video, video.path, is_all=True)
        checked = _Checked(record, folder, video, await self._clean_media(record, unpacked, folder))
        # Made anew: the poster of the zip may be any picture. A video that gives none cannot be played either.
        stills = {"poster": checked.poster, "last_frame": checked.last_frame}
        await make_stills(video.path, **stills, limits=PATIENT_STILLS_LIMITS)
        return checked

    async def _clean_media(self, record: Record, unpacked: dict[str, Unpacked], folder: Path) -> dict[str, MediaFile]:
        """Look at each file as at an upload, beside the real ones: none may stay where a later one is refused."""
        intake = Intake(folder / "media")
        media: dict[str, MediaFile] = {}
        for medium in record.media:
            if medium.entry is None:
                continue
            file = await intake.take_in(unpacked[medium.entry].path, name=medium.name or medium.entry)
            if file.kind.value != medium.kind:
                raise MediaError(f"{medium.entry} in this zip is no {medium.kind}.", asset=medium.entry)
            media[medium.place] = file
        return media

    # -- the writing: files, then the row ----------------------------------------------------------------

    def _commit(self, checked: _Checked, job_id: str, owner: str) -> Imported:
        record = checked.record
        here_already = self._bring_back(checked, owner)
        if here_already is not None:
            return here_already
        media = {place: self._intake.adopt(file) for place, file in checked.media.items()}
        request = build_request(record, media, self._intake.directory)
        video = self._place(job_id, checked)
        if self._tools.store.add_imported(build_job(job_id, owner, record, request, video)):
            return Imported(job_id, "imported")
        first = self._find(checked, owner)
        if first is None:
            raise StoreError("The run could not be written. Nothing was imported.")
        return Imported(first.job_id, "known")  # the same zip came in twice at the same moment

    def _place(self, job_id: str, checked: _Checked) -> SavedVideo:
        """Put video and stills to their places, each whole or not at all."""
        library = self._tools.library
        for still, target in (
            (checked.poster, library.poster_path(job_id)),
            (checked.last_frame, library.last_frame_path(job_id)),
        ):
            os.replace(still, target)
        return library.keep(job_id, checked.video.path, is_all=True)

    def _bring_back(self, checked: _Checked, owner: str) -> Imported | None:
        """Make a run that is here already one that can be seen; None where it is not here, or gone for good."""
        known = self._find(checked, owner)
        was_deleted = known is not None and known.deleted_at is not None
        if known is not None and was_deleted and not self._tools.store.restore(known.job_id, owner):
            known = self._find(checked, owner)  # gone for good in this moment, or brought back by hand
        if known is None:
            return None
        # Only now: of a row that is gone for good, the next sweep would remove the file again.
        is_missing = not self._tools.library.has_video(known.job_id)
        if is_missing:
            self._place(known.job_id, checked)
        return Imported(known.job_id, "restored" if is_missing or was_deleted else "known")

    def _find(self, checked: _Checked, owner: str) -> Job | None:
        return self._tools.store.find_run(owner, checked.record.run_id, checked.video.sha256)

    # -- the folder ---------------------------------------------------------------------------------------

    @contextmanager
    def _folder(self, job_id: str) -> Iterator[Path]:
        """Yield a folder that no other process takes for one that a crash left."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder, lock = self._directory / job_id, self._directory / f"{job_id}.lock"
        try:
            with FileLock(lock, thread_local=False):
                folder.mkdir(mode=0o700)
                yield folder
        finally:
            if not folder.exists():
                lock.unlink(missing_ok=True)

    def _try_to_clear(self, job_id: str) -> bool:
        """Remove the folder of an import, and first its video where no row came of it; False where nobody can tell."""
        if not JOB_ID.fullmatch(job_id):
            return False
        try:
            if self._tools.store.get(job_id) is None:
                self._tools.library.remove(job_id)
            shutil.rmtree(self._directory / job_id, ignore_errors=True)
        except (OSError, StoreError) as exc:
            log.warning("What is left of an import cannot be removed yet: %s", exc)
            return False
        return True


async def _receive(chunks: AsyncIterator[bytes], target: Path, size_bytes: int) -> None:
    """Write what comes to a file, counted."""
    buffer, received = bytearray(), 0
    with target.open("xb") as file:
        async for chunk in _without_stall(chunks):
            received += len(chunk)
            if received > min(size_bytes, MAX_RUN_BYTES):
                raise MediaError("More came than was announced. Nothing was imported.")
            buffer += chunk
            if len(buffer) >= _BUFFER_BYTES:
                await asyncio.to_thread(file.write, bytes(buffer))
                buffer.clear()
        file.write(buffer)
    if received != size_bytes:
        raise MediaError("Not all of the file came. Nothing was imported.")


async def _without_stall(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    with suppress(StopAsyncIteration):
        while True:
            try:
                yield await asyncio.wait_for(chunks.__anext__(), STALL_S)
            except (TimeoutError, asyncio.TimeoutError) as exc:
                raise MediaError("Not all of the file came. Nothing was imported.") from exc


def _unpack(path: Path, folder: Path) -> tuple[Record, dict[str, Unpacked]]:
    """Take a zip apart, and hold every file to what its record says."""
    with opened_run(path) as archive:
        record = parse_record(archive.read_record())
        _check_names(record, archive)
        files: dict[str, Unpacked] = {}
        for number, entry in enumerate(record.entries):
            file = archive.unpack(entry.name, folder / f"{number}.part")
            if (file.size_bytes, file.sha256) != (entry.size_bytes, entry.sha256):
                raise MediaError(f"{entry.name} in this zip is not the file that its run.json tells of.")
            files[entry.name] = file
    return record, files


def _check_names(record: Record, archive: RunArchive) -> None:
    told = {RECORD} | {entry.name for entry in record.entries}
    for name in sorted(told ^ archive.names):
        if name in archive.names:
            raise MediaError(f"This zip holds {name}, which its run.json does not tell of.")
        raise MediaError(f"This zip is incomplete: {name} is missing.")
