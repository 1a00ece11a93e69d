"""A finished video as the page shows it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from seedance_ui.domain.job import Job, build_snapshot
from seedance_ui.domain.pricing import CostJson


class LibraryItemJson(TypedDict):
    """A finished video as the page shows it; pixels, seconds, bytes."""

    job_id: str
    prompt: str
    mode: str
    provider: str
    provider_label: str
    created_at: str
    video_url: str
    poster_url: str
    last_frame_url: str
    duration_s: float | None
    resolution: str
    aspect_ratio: str
    width_px: int
    height_px: int
    generate_audio: bool
    seed: int | None
    size_bytes: int
    cost: CostJson
    elapsed_s: float
    queued_s: float


def build_library_item(job: Job, *, provider_label: str, now: datetime) -> LibraryItemJson:
    """Return what the library shows of a job that has succeeded."""
    request, snapshot, video = job.request, build_snapshot(job, now), job.video
    assert video is not None  # noqa: S101 - written with the move to `succeeded`
    return {
        "job_id": job.job_id,
        "prompt": request.prompt,
        "mode": request.mode.value,
        "provider": request.provider,
        "provider_label": provider_label,
        "created_at": snapshot["created_at"],
        "video_url": f"/media/{job.job_id}.mp4",
        "poster_url": f"/media/{job.job_id}.jpg",
        "last_frame_url": f"/media/{job.job_id}-last.png",
        "duration_s": video.duration_s,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
        "width_px": video.width_px,
        "height_px": video.height_px,
        "generate_audio": video.has_audio,
        "seed": job.seed,
        "size_bytes": video.size_bytes,
        "cost": job.cost.to_json(),
        "elapsed_s": snapshot["elapsed_s"],
        "queued_s": snapshot["queued_s"],
    }
