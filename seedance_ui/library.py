"""Finished videos on disk, each with its poster and its last frame.

A video counts as saved when it is whole under its final name: verified, synced, renamed, and the folder
synced too. A video is removed by `remove` only, which `jobs.purge` alone calls.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from seedance_ui.domain.job import SavedVideo
from seedance_ui.errors import ConfigError, MediaError, StoreError
from seedance_ui.media.disk import sync
from seedance_ui.media.mp4 import check_finished_video
from seedance_ui.media.stills import make_stills

log = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 20


class Library:
    """The folder of finished videos; names are job ids, which are safe in a path."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def video_path(self, job_id: str) -> Path:
        """Return where the video of a job is or will be."""
        return self.directory / f"{job_id}.mp4"

    def part_path(self, job_id: str, epoch: int) -> Path:
        """Return where the video of a job may grow; on the same disk, and never taken for a video.

        Each claim of the job has a file of its own: a process that was frozen while it wrote, and wakes up when
        another one has saved the video, must not write on in that.
        """
        return self.directory / f"{job_id}.{epoch}.part"

    def discard_parts(self, job_id: str, epoch: int) -> None:
        """Remove what this claim of a job and those before it left of its video. Blocks."""
        for each in range(epoch + 1):
            self.part_path(job_id, each).unlink(missing_ok=True)

    def poster_path(self, job_id: str) -> Path:
        """Return where the poster (JPEG) of a job is or will be."""
        return self.directory / f"{job_id}.jpg"

    def last_frame_path(self, job_id: str) -> Path:
        """Return where the last frame (PNG, full size) of a job is or will be."""
        return self.directory / f"{job_id}-last.png"

    def has_video(self, job_id: str) -> bool:
        """Return whether the video of a job is here; a person may have deleted it (B16), or a restart (B17)."""
        return self.video_path(job_id).is_file()

    def saved(self, job_id: str) -> SavedVideo | None:
        """Measure a video that is in the library already; None where there is none that is whole. Blocks."""
        path = self.video_path(job_id)
        try:
            return _measure(path, is_all=True) if path.exists() else None
        except MediaError as exc:
            log.error("The video of job %s is damaged in the library: %s", job_id, exc)
            return None

    def keep(self, job_id: str, source: Path, *, is_all: bool = False) -> SavedVideo:
        """Take a video into the library; `source` lies on the same disk and is gone afterwards. Blocks.

        Args:
            job_id: Whose video it is.
            source: The file.
            is_all: Whether it is known to be every byte that there is.

        Raises:
            MediaError: It is not a whole mp4; nothing is in the library.
            StoreError: The disk would not take it; `source` is still there.
        """
        video = _measure(source, is_all=is_all)
        try:
            sync(source)
            os.replace(source, self.video_path(job_id))
            sync(self.directory)
        except OSError as exc:
            raise StoreError(f"The video could not be saved: {exc.strerror}.") from exc
        return video

    def remove(self, job_id: str) -> None:
        """Remove the video of a job with its stills, as far as they are there. Blocks.

        Raises:
            OSError: One of them is held open, or the folder cannot be written.
        """
        for path in (self.video_path(job_id), self.poster_path(job_id), self.last_frame_path(job_id)):
            path.unlink(missing_ok=True)

    async def make_stills(self, job_id: str) -> None:
        """Make the poster and the last frame; B8: a video without them is still a video, whatever went wrong."""
        try:
            await make_stills(
                self.video_path(job_id), poster=self.poster_path(job_id), last_frame=self.last_frame_path(job_id)
            )
        except Exception:
            log.exception("No stills for job %s", job_id)


def _measure(path: Path, *, is_all: bool) -> SavedVideo:
    """Verify the structure of a finished video, and take its facts and its digest."""
    facts = check_finished_video(path, is_all=is_all)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return SavedVideo(
        sha256=digest.hexdigest(),
        size_bytes=facts.size_bytes,
        width_px=facts.width_px,
        height_px=facts.height_px,
        duration_s=facts.duration_s,
        has_audio=facts.has_audio,
    )


def prepare_directory(data_dir: Path) -> None:
    """Make the data directory, for this user only, and try whether it can be written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data_dir / f".writable-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as exc:
        raise ConfigError(
            f"The data directory {str(data_dir)!r} cannot be written: {exc.strerror}. "
            "Set SEEDANCE_DATA_DIR to a directory that can."
        ) from exc
