"""From the record of a run to a job of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seedance_ui.domain.job import Job, JobState, Phase, SavedVideo
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.shared_run import PRIVATE_LINK, imported_name
from seedance_ui.jobs.run_record import Medium, Record

_DEFAULT_MIMES = {MediaKind.IMAGE: "image/png", MediaKind.VIDEO: "video/mp4", MediaKind.AUDIO: "audio/mpeg"}
"""Of a file that is not in the zip, so that its card knows what it was."""


def build_job(job_id: str, owner: str, record: Record, request: GenerationRequest, video: SavedVideo) -> Job:
    """Return a run as a finished job. It has no remote id: no part of the runner has anything to do with it."""
    times = record.times
    return Job(
        job_id=job_id,
        owner=owner,
        request=request,
        state=JobState.SUCCEEDED,
        phase=Phase.DONE,
        message="Imported",
        created_at=times.created_at,
        started_at=times.started_at,
        finished_at=times.finished_at or times.created_at,
        cost=Cost(record.cost.amount, record.cost.unit, record.cost.kind),
        progress=1.0,
        seed=record.seed,
        video=video,
        imported_run=imported_name(record.run_id, video.sha256),
    )


def build_request(record: Record, media: Mapping[str, MediaFile], uploads: Path) -> GenerationRequest:
    """Return what a run was made of.

    Args:
        record: What its zip says.
        media: Place to the file here, of those that came along.
        uploads: Where files of requests are.
    """
    settings = record.settings
    given = {medium.place: media.get(medium.place) or _elsewhere(record, medium, uploads) for medium in record.media}
    return GenerationRequest(
        provider=record.provider,
        mode=Mode(record.mode),
        prompt=record.prompt,
        duration_s=settings.duration_s,
        resolution=settings.resolution,
        aspect_ratio=settings.aspect_ratio,
        generate_audio=settings.generate_audio,
        seed=settings.seed,
        first_frame=given.get("first_frame"),
        last_frame=given.get("last_frame"),
        images=_of_kind(given, MediaKind.IMAGE),
        videos=_of_kind(given, MediaKind.VIDEO),
        audios=_of_kind(given, MediaKind.AUDIO),
    )


def _of_kind(given: dict[str, Reference], kind: MediaKind) -> tuple[Reference, ...]:
    return tuple(one for place, one in given.items() if place.startswith(f"@{kind.value.capitalize()}"))


def _elsewhere(record: Record, medium: Medium, uploads: Path) -> Reference:
    """Return a link, or what keeps the place of a file that did not come along: used, it is said to be gone."""
    kind = MediaKind(medium.kind)
    if medium.link is not None:
        return MediaLink(medium.link, kind)
    is_link = medium.left_out == PRIVATE_LINK
    stem = f"left-out-{record.run_id}-{medium.place.strip('@').lower()}"
    name = medium.name or (f"The link of {medium.place}" if is_link else f"The file of {medium.place}")
    return MediaFile(uploads / stem, kind, _DEFAULT_MIMES[kind], size_bytes=0, sha256=stem, name=name)
