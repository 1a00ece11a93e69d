"""The evidence of a job: what a person hands to a provider's support (B18). Seconds, bytes, times in UTC.

It is an allow-list (D5): what is not named here is not in it. It holds no owner, no form token, no worker, no
key, no signed link, no local path and no hand-over link; the prompt is in it, since the ticket is the person's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from seedance_ui import __version__
from seedance_ui.domain.job import ErrorJson, Job, JobState
from seedance_ui.domain.media import MediaFile, Reference
from seedance_ui.domain.pricing import CostJson
from seedance_ui.domain.redaction import Redactor
from seedance_ui.jobs.replies import Reply

SCHEMA = "seedance-playground/job-evidence"
SCHEMA_VERSION = 1
"""Goes up when a field changes its meaning or goes away."""

NOTE = (
    "For a support ticket. It holds your prompt, and the provider's last answers without keys, signed links, "
    "local paths and network addresses."
)


class SettingsJson(TypedDict):
    """What was asked for, beside prompt and files."""

    duration_s: int
    """0 leaves the length to the provider."""
    resolution: str
    aspect_ratio: str
    generate_audio: bool
    seed: int | None
    """As it was used; null where nobody said."""


class MediaJson(TypedDict):
    """A file or link of the request; a link was never fetched by us, so that it has neither size nor digest."""

    place: str
    """`first_frame`, `last_frame`, or the tag in the prompt."""
    kind: str
    size_bytes: int | None
    sha256: str | None


class StateJson(TypedDict):
    """When the job came into a state."""

    state: str
    at: str


class TimesJson(TypedDict):
    """The moments that a bill is argued by; null for what has not happened."""

    created_at: str
    submitted_at: str | None
    """When the provider had taken it."""
    started_at: str | None
    finished_at: str | None


class PriceJson(TypedDict):
    """What it was to cost, and what it costs as far as is known now."""

    quoted: CostJson
    now: CostJson


class VideoJson(TypedDict):
    """The file in the library, as it was saved."""

    sha256: str
    size_bytes: int


class ReplyJson(TypedDict):
    """One of the provider's last answers."""

    at: str
    what: str
    status: str
    words: str


class EvidenceJson(TypedDict):
    """Everything about one job that may leave this machine. Every field is always there; unknown is null."""

    schema: str
    schema_version: int
    note: str
    app_version: str
    made_at: str
    job_id: str
    is_imported: bool
    """Whether it was made, and paid for, on another installation: then nothing was sent from this one."""
    provider: str
    remote_id: str | None
    """The provider's id of the job."""
    mode: str
    settings: SettingsJson
    prompt: str
    media: list[MediaJson]
    state: str
    states: list[StateJson]
    times: TimesJson
    price: PriceJson
    error: ErrorJson | None
    attempts: int
    """Requests that were provably not taken, before the one that counts."""
    video: VideoJson | None
    replies: list[ReplyJson]
    """Oldest first: the last ones, and the answer to the paid request in any case."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the tables say about one job."""

    job: Job
    states: Sequence[tuple[JobState, datetime]]
    """The state at each of its events, oldest first."""
    quoted: CostJson
    """As of its first event."""
    replies: Sequence[Reply]


def build_evidence(record: Record, redactor: Redactor, now: datetime) -> EvidenceJson:
    """Return the evidence of a job as of `now` (UTC)."""
    job, request = record.job, record.job.request
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "note": NOTE,
        "app_version": __version__,
        "made_at": _written(now),
        "job_id": job.job_id,
        "is_imported": job.imported_run is not None,
        "provider": request.provider,
        "remote_id": job.remote_id,
        "mode": request.mode.value,
        "settings": {
            "duration_s": request.duration_s,
            "resolution": request.resolution,
            "aspect_ratio": request.aspect_ratio,
            "generate_audio": request.generate_audio,
            "seed": job.seed,
        },
        "prompt": redactor.blot(request.prompt),
        "media": [_media(place, reference) for place, reference in request.placed_media()],
        "state": job.state.value,
        "states": _states(record.states),
        "times": {
            "created_at": _written(job.created_at),
            "submitted_at": _written_if(job.submitted_at),
            "started_at": _written_if(job.started_at),
            "finished_at": _written_if(job.finished_at),
        },
        "price": {"quoted": record.quoted, "now": job.cost.to_json()},
        "error": _error(job, redactor),
        "attempts": job.attempts,
        "video": {"sha256": job.video.sha256, "size_bytes": job.video.size_bytes} if job.video else None,
        "replies": [
            {"at": _written(reply.at), "what": reply.what, "status": reply.status, "words": reply.words}
            for reply in record.replies
        ],
    }


def _media(place: str, reference: Reference) -> MediaJson:
    file = reference if isinstance(reference, MediaFile) else None
    return {
        "place": place,
        "kind": reference.kind.value,
        "size_bytes": file.size_bytes if file else None,
        "sha256": file.sha256 if file else None,
    }


def _states(events: Sequence[tuple[JobState, datetime]]) -> list[StateJson]:
    """Return each state with when it began; what happened inside of one is left out."""
    states: list[StateJson] = []
    for state, at in events:
        if not states or states[-1]["state"] != state.value:
            states.append({"state": state.value, "at": _written(at)})
    return states


def _error(job: Job, redactor: Redactor) -> ErrorJson | None:
    if job.error is None:
        return None
    error = job.error.to_json()
    return {**error, "detail": redactor.redact(error["detail"], max_chars=len(error["detail"]))}


def _written_if(time: datetime | None) -> str | None:
    return _written(time) if time else None


def _written(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
