"""What the library shows: finished videos, and jobs that wait for a person."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from seedance_ui.domain.deviation import find_deviation
from seedance_ui.domain.job import Job, build_snapshot
from seedance_ui.domain.pricing import CostJson


class ParentJson(TypedDict):
    """What a job was made from."""

    job_id: str
    prompt: str


class LibraryItemJson(TypedDict):
    """A finished video, or a job that rests, as the page shows it; pixels, seconds, bytes."""

    job_id: str
    state: str
    """`succeeded`, or the state in which the job rests: then it has no video."""
    is_closed: bool
    """Whether a person put away a job that rests."""
    is_favourite: bool
    is_deleted: bool
    """Whether a person deleted it; it can still be brought back."""
    is_imported: bool
    """Whether it was made, and paid for, on another installation."""
    parent: ParentJson | None
    """What it was made from; None as well where that is not in the library."""
    children: int
    """How many in the library were made from it."""
    remote_id: str | None
    prompt: str
    mode: str
    provider: str
    provider_label: str
    created_at: str
    video_url: str | None
    """None where there is no video; a video that is missing keeps its address."""
    poster_url: str | None
    last_frame_url: str | None
    is_missing: bool
    """Whether the video was saved and its file is gone (B16)."""
    flag: str | None
    """How the video differs from what was asked for (B15)."""
    duration_s: float | None
    """None as well where there is no video; so the size and the bytes."""
    resolution: str
    aspect_ratio: str
    width_px: int | None
    height_px: int | None
    generate_audio: bool
    seed: int | None
    size_bytes: int | None
    cost: CostJson
    elapsed_s: float
    queued_s: float


def build_library_item(
    job: Job,
    *,
    provider_label: str,
    now: datetime,
    has_file: bool,
    parent_prompt: str | None,
    children: int,
) -> LibraryItemJson:
    """Return what the library shows of a job that has succeeded or rests.

    Args:
        job: The job.
        provider_label: As people know the provider.
        now: In UTC.
        has_file: Whether its video is on disk.
        parent_prompt: Of the job that it was made from; None where that is not in the library.
        children: How many were made from it.
    """
    request, snapshot, video = job.request, build_snapshot(job, now), job.video
    media = f"/media/{job.job_id}" if video else None
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        "is_closed": job.closed,
        "is_favourite": job.favourite,
        "is_deleted": job.deleted_at is not None,
        "is_imported": job.imported_run is not None,
        "parent": _parent(job.parent, parent_prompt),
        "children": children,
        "remote_id": job.remote_id,
        "prompt": request.prompt,
        "mode": request.mode.value,
        "provider": request.provider,
        "provider_label": provider_label,
        "created_at": snapshot["created_at"],
        "video_url": media and f"{media}.mp4",
        "poster_url": media and f"{media}.jpg",
        "last_frame_url": media and f"{media}-last.png",
        "is_missing": video is not None and not has_file,
        "flag": find_deviation(request, video) if video else None,
        "duration_s": video.duration_s if video else None,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
        "width_px": video.width_px if video else None,
        "height_px": video.height_px if video else None,
        "generate_audio": video.has_audio if video else request.generate_audio,
        "seed": job.seed,
        "size_bytes": video.size_bytes if video else None,
        "cost": job.cost.to_json(),
        "elapsed_s": snapshot["elapsed_s"],
        "queued_s": snapshot["queued_s"],
    }


def _parent(job_id: str | None, prompt: str | None) -> ParentJson | None:
    return None if job_id is None or prompt is None else {"job_id": job_id, "prompt": prompt}
