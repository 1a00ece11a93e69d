"""Stills of finished videos and thumbnails of references, drawn by the worker. Files appear whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.media.worker import PROBE_LIMITS, RENDER_LIMITS, Limits, path_argument, run_task

STILLS_LIMITS = Limits(memory_bytes=RENDER_LIMITS.memory_bytes, cpu_s=30, wall_s=30.0)
"""A finished video waits for its stills: not long."""


PATIENT_STILLS_LIMITS = replace(STILLS_LIMITS, wall_s=300.0)
"""For a video that is refused without its stills: a machine that is busy is no fault of the file."""


async def make_stills(video: Path, *, poster: Path, last_frame: Path, limits: Limits = STILLS_LIMITS) -> None:
    """Write a poster (JPEG, at most 960 pixels wide) and the very last frame (PNG, full size) of an MP4.

    Args:
        video: The MP4.
        poster: Where the poster goes.
        last_frame: Where the last frame goes.
        limits: What that may take.

    Raises:
        MediaError: The video cannot be decoded.
        StoreError: The disk is full.
    """
    args = {
        "video": path_argument(video),
        "poster": path_argument(poster),
        "last_frame": path_argument(last_frame),
    }
    await run_task("stills", args, limits=limits, subject="The video")


async def make_thumbnail(file: MediaFile, target: Path) -> None:
    """Write what stands for a file in the reference tray.

    Images and videos become a JPEG of at most 480 pixels a side; sound becomes its waveform, a transparent PNG of
    480 × 192 pixels.

    Raises:
        MediaError: The file cannot be decoded.
        StoreError: The disk is full.
    """
    args = {"path": path_argument(file.path), "mime": file.mime, "name": file.name, "target": path_argument(target)}
    task = "thumbnail_image" if file.kind is MediaKind.IMAGE else "thumbnail_clip"
    await run_task(task, args, limits=PROBE_LIMITS, subject=file.name)
