"""A finished run as one file for another installation: what its zip holds, and the record in it. Sizes in bytes.

The record is an allow-list (D5): what is not named here is not in it. It holds no key, no signed link, no path of this
machine, no owner, no address, no id of ours and none of the provider's.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from seedance_ui import __version__
from seedance_ui.domain.job import Job
from seedance_ui.domain.media import MediaFile, MediaLink, Reference
from seedance_ui.domain.pricing import CostJson
from seedance_ui.domain.redaction import MARK, Redactor
from seedance_ui.errors import MediaError

FORMAT = "seedance-playground/run"
FORMAT_VERSION = 1
"""Goes up with every change that the app of before would not understand."""

MAX_RUN_BYTES = 1_000_000_000
"""A whole zip: the largest video that is saved, and more media than any provider takes."""

RECORD, VIDEO, POSTER = "run.json", "video.mp4", "poster.jpg"
"""Names of entries. What goes in was named by us: a person's file name is no entry."""

MEDIA = re.compile(
    r"media/(?:(?:first-frame|last-frame|image-[1-9])\.(?:jpg|png|webp)|video-[1-9]\.(?:mp4|mov)|audio-[1-9]\.(?:mp3|wav))"
)
"""The other names that there can be: by the place in the request, and the type of the content."""

NOT_HERE = "The file is not on the machine that exported the run any more."
PRIVATE_LINK = "A link that may open something private is not passed on."
NOT_FOR_STRANGERS = "The files of a run that was made on a public app stay there."
"""Why something of the request is not in the zip."""


class SettingsJson(TypedDict):
    """What was asked for, beside prompt and files."""

    duration_s: int
    """0 leaves the length to the provider."""
    resolution: str
    aspect_ratio: str
    generate_audio: bool
    seed: int | None
    """As it was asked for; null for a random one."""


class TimesJson(TypedDict):
    """In UTC."""

    created_at: str
    started_at: str | None
    """When the provider began."""
    finished_at: str | None


class MediaJson(TypedDict):
    """A file or link of the request. Exactly one of `entry`, `link` and `left_out` is there."""

    place: str
    """`first_frame`, `last_frame`, or the tag in the prompt."""
    kind: str
    name: str | None
    """What a person's file was called, for display; null for a link."""
    entry: str | None
    link: str | None
    left_out: str | None
    """Why it is not here, for a person."""


class EntryJson(TypedDict):
    """A file beside the record."""

    name: str
    size_bytes: int
    sha256: str


class RecordJson(TypedDict):
    """`run.json`. Every field is always there; unknown is null."""

    format: str
    format_version: int
    app_version: str
    run_id: str
    """The same in every export of this run, and of its imports; opens nothing."""
    provider: str
    provider_label: str
    model: str | None
    mode: str
    prompt: str
    settings: SettingsJson
    seed: int | None
    """The one that was used, asked for or drawn; null where nobody knows."""
    times: TimesJson
    cost: CostJson
    media: list[MediaJson]
    entries: list[EntryJson]


def check_run_size(size_bytes: int) -> None:
    """Let a run be written, received or unpacked.

    Raises:
        MediaError: It is larger than any run.
    """
    if size_bytes > MAX_RUN_BYTES:
        most_mb, size_mb = MAX_RUN_BYTES // 1_000_000, math.ceil(size_bytes / 1_000_000)
        raise MediaError(f"A run has {most_mb:,} MB at most; this one has {size_mb:,} MB.")


def run_id(job: Job) -> str:
    """Return the name of a run wherever it is; a job id is a key to its job, and does not leave."""
    if job.imported_run is not None:
        return job.imported_run.partition(".")[0]
    return hashlib.sha256(f"run of {job.job_id}".encode()).hexdigest()[:32]


def imported_name(run: str, video_sha256: str) -> str:
    """Return what stands with a copy of a run: with the digest, nobody can take the place of another's."""
    return f"{run}.{video_sha256}"


def entry_name(place: str, extension: str) -> str:
    """Return the entry of a file of the request: `media/image-1.jpg` for "@Image1"."""
    stem = re.sub(r"@([A-Za-z]+)([0-9]+)", r"\1-\2", place).replace("_", "-").lower()
    return f"media/{stem}.{extension}"


def build_record(
    job: Job,
    *,
    provider_label: str,
    model: str | None,
    media: Mapping[str, str],
    entries: list[EntryJson],
    redactor: Redactor,
    tells_files: bool = True,
) -> RecordJson:
    """Return the record of a finished run.

    Args:
        job: The run.
        provider_label: As people know its provider.
        model: The provider's name of it; None where that is not known here.
        media: Place of each file that goes along to its entry.
        entries: Every file that goes along.
        redactor: Knows this installation's keys.
        tells_files: Whether files that do not go along are named, too.
    """
    request = job.request
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "app_version": __version__,
        "run_id": run_id(job),
        "provider": request.provider,
        "provider_label": provider_label,
        "model": model,
        "mode": request.mode.value,
        "prompt": redactor.blot(request.prompt),
        "settings": {
            "duration_s": request.duration_s,
            "resolution": request.resolution,
            "aspect_ratio": request.aspect_ratio,
            "generate_audio": request.generate_audio,
            "seed": request.seed,
        },
        "seed": job.seed,
        "times": {
            "created_at": job.created_at.isoformat(),
            "started_at": _written(job.started_at),
            "finished_at": _written(job.finished_at),
        },
        "cost": job.cost.to_json(),
        "media": [
            _media(place, one, media.get(place), redactor, tells_files=tells_files)
            for place, one in request.placed_media()
        ],
        "entries": entries,
    }


def _media(place: str, reference: Reference, entry: str | None, redactor: Redactor, *, tells_files: bool) -> MediaJson:
    link = reference.url if isinstance(reference, MediaLink) and _may_be_told(reference.url, redactor) else None
    why_no_file = NOT_HERE if tells_files else NOT_FOR_STRANGERS
    why = PRIVATE_LINK if isinstance(reference, MediaLink) else why_no_file
    return {
        "place": place,
        "kind": reference.kind.value,
        "name": redactor.blot(reference.name) if isinstance(reference, MediaFile) and tells_files else None,
        "entry": entry,
        "link": link,
        "left_out": why if entry is None and link is None else None,
    }


def _may_be_told(url: str, redactor: Redactor) -> bool:
    """Tell whether a link is public as far as its form says: nothing in it could be a key, an address or a path."""
    return MARK not in url and redactor.redact(url, max_chars=len(url)) == url


def _written(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
