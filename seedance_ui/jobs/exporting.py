"""A finished run as a zip for another installation. Nothing of it is written anywhere here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seedance_ui.domain.job import Job
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.shared_run import (
    POSTER,
    RECORD,
    VIDEO,
    EntryJson,
    build_record,
    check_run_size,
    entry_name,
)
from seedance_ui.errors import MediaError
from seedance_ui.jobs.tools import Tools
from seedance_ui.media.sniff import EXTENSIONS
from seedance_ui.media.stored_zip import ZipPart, measure_part, zip_chunks, zip_size
from seedance_ui.providers.base import Provider


@dataclass(frozen=True, slots=True)
class RunZip:
    """A zip that is written while it is read."""

    parts: tuple[ZipPart, ...]

    @property
    def size_bytes(self) -> int:
        """How many bytes there are in all."""
        return zip_size(self.parts)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes; blocks."""
        return zip_chunks(self.parts)


def export_run(job: Job, providers: Mapping[str, Provider], tools: Tools, *, with_files: bool) -> RunZip:
    """Return a run with everything that it was made of, as far as that is here. Reads every file once; blocks.

    Args:
        job: The run.
        providers: Id to provider.
        tools: Has its files.
        with_files: Whether the files of the request go along, with their names.

    Raises:
        MediaError: Its video is not here, not whole, or the run is too large; says which.
    """
    library, provider = tools.library, providers.get(job.request.provider)
    video = _video(job, tools)
    given = list(job.request.placed_media()) if with_files else []
    media = {place: part for place, one in given if (part := _medium(place, one)) is not None}
    poster = [measure_part(POSTER, path)] if (path := library.poster_path(job.job_id)).is_file() else []
    parts = [video, *poster, *media.values()]
    record = build_record(
        job,
        provider_label=provider.info.label if provider else job.request.provider,
        model=provider.spec().model if provider else None,
        media={place: part.name for place, part in media.items()},
        entries=[_entry(part) for part in parts],
        redactor=tools.redactor,
        tells_files=with_files,
    )
    written = json.dumps(record, indent=2, ensure_ascii=False).encode("utf-8", "replace")
    run = RunZip((measure_part(RECORD, written), *parts))
    check_run_size(run.size_bytes)
    return run


def _video(job: Job, tools: Tools) -> ZipPart:
    if job.video is None:
        raise MediaError("This job has no video.")
    try:
        part = measure_part(VIDEO, tools.library.video_path(job.job_id))
    except OSError as exc:
        raise MediaError("The file of this video is not on disk any more.") from exc
    if part.sha256 != job.video.sha256:
        raise MediaError("The file of this video is not as it was saved: it is damaged.")
    return part


def _medium(place: str, reference: object) -> ZipPart | None:
    """Return a file of the request as it was sent: cleaned, and under a name of ours; None where it is gone."""
    if not isinstance(reference, MediaFile):
        return None
    try:
        part = measure_part(entry_name(place, EXTENSIONS[reference.mime]), reference.path)
    except OSError:
        return None
    return part if part.sha256 == reference.sha256 else None


def _entry(part: ZipPart) -> EntryJson:
    return {"name": part.name, "size_bytes": part.size_bytes, "sha256": part.sha256}
