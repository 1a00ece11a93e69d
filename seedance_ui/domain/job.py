"""A job, its states, and the snapshot of it that the page and clients see. Seconds everywhere; times in UTC."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Literal, TypedDict

from seedance_ui.domain.pricing import Cost, CostJson
from seedance_ui.domain.request import GenerationRequest

JOB_ID = re.compile(r"[0-9a-f]{32}")
"""The form of every job's id: what a browser, a path or a folder names is looked at by it first."""


MAX_ASKED_ABOUT = 20
"""How many jobs one question of a client may name."""


class JobState(str, Enum):
    """The states of a job; every move between them is one compare-and-swap in the store."""

    QUEUED = "queued"
    """Ours: nothing was sent."""
    UPLOADING = "uploading"
    """Media go to the provider; free, and done again after a crash."""
    SUBMITTING = "submitting"
    """The paid request may be on its way. Never entered twice without proof that it was not taken."""
    RUNNING = "running"
    """The provider has it, in its queue or at work."""
    DOWNLOADING = "downloading"
    """The provider is done; the video is being saved."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The provider's verdict."""
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"
    """We cannot know whether the provider took the request, or could not get its video in time."""
    NEEDS_KEY = "needs_key"
    """The provider asks for a key that we do not have any more."""


FINAL_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})
"""No move leads out of these."""
RESTING_STATES = frozenset({JobState.NEEDS_ATTENTION, JobState.NEEDS_KEY})
"""Streams end here too, but a person or a late answer can move the job on."""
ENDED_STATES = FINAL_STATES | RESTING_STATES
"""Where a stream of events ends."""
OPEN_STATES = frozenset(JobState) - ENDED_STATES
"""Where the runner still has work to do."""
CANCELLABLE_HERE = frozenset({JobState.QUEUED, JobState.UPLOADING})
"""Nothing paid was sent yet, so that a wish to cancel is fulfilled at once."""


class Phase(str, Enum):
    """What the page words in the person's language."""

    WAITING = "waiting"
    UPLOADING = "uploading"
    SENDING = "sending"
    PROVIDER_QUEUE = "provider_queue"
    GENERATING = "generating"
    SAVING = "saving"
    DONE = "done"


Charged = Literal["no", "yes", "unknown"]

FIRST_FRAME = "first frame"
LAST_FRAME = "last frame"
"""What an error names where it is about a frame, which has no tag."""


class ErrorJson(TypedDict):
    """Why a job did not end well, for a person."""

    code: str
    title: str
    detail: str
    charged: Charged
    next_step: str
    asset: str | None


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job did not end well."""

    code: str
    """One of the codes that the page words; `providers.md` section 9."""
    title: str
    """What happened, in one sentence, without a full stop."""
    detail: str
    """The provider's words or the cause, redacted."""
    charged: Charged
    next_step: str
    """What to do, in one sentence."""
    asset: str | None = None
    """What it is about: the tag of a file ("@Image2"), `FIRST_FRAME` or `LAST_FRAME`."""

    def to_json(self) -> ErrorJson:
        """Return the `error` of a snapshot."""
        return {
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "charged": self.charged,
            "next_step": self.next_step,
            "asset": self.asset,
        }


@dataclass(frozen=True, slots=True)
class LocalVideo:
    """A finished video on this machine, made by an embedded provider."""

    path: Path


@dataclass(frozen=True, slots=True)
class RemoteVideo:
    """A finished video at a provider."""

    url: str = field(repr=False)
    """May be signed: never logged, never stored, never given to a browser."""


FinishedVideo = LocalVideo | RemoteVideo
"""Where a finished video can be had."""


NO_WORD = "The provider does not say where it is"
"""The message of an update whose status word is empty."""


@dataclass(frozen=True, slots=True)
class JobUpdate:
    """What a provider says about a job, in our words."""

    state: Literal["queued", "running", "succeeded", "failed", "cancelled", "unknown"]
    """`queued` is the provider's queue. `unknown` is a word we do not know: polling goes on."""
    message: str
    """For a person, in English; an unknown word stands here verbatim."""
    progress: float | None = None
    """0 to 1; None where the provider does not say."""
    video: FinishedVideo | None = None
    """With `succeeded`; None there means that the link must be asked for again."""
    error: JobError | None = None
    """With `failed`."""
    cost: Cost | None = None
    """The provider's figure, where this answer carries one."""
    seed: int | None = None
    """The seed that was used, where the provider says."""


@dataclass(frozen=True, slots=True)
class SavedVideo:
    """A finished video in the library, as it was measured when it was saved."""

    sha256: str
    """Hex digest of the file."""
    size_bytes: int
    width_px: int
    height_px: int
    duration_s: float | None
    """None where the file does not say."""
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the jobs table."""

    job_id: str
    """Ours: at least 128 random bits, URL-safe."""
    owner: str | None
    """`local`, the SHA-256 of a visitor's token, or None for a job that is never listed."""
    request: GenerationRequest
    state: JobState
    phase: Phase
    message: str
    created_at: datetime
    cost: Cost
    progress: float | None = None
    remote_id: str | None = None
    """The provider's id of the job."""
    error: JobError | None = None
    cancel_wanted: bool = False
    closed: bool = False
    """A person put it away while it rested: hidden from the stage, kept in the list."""
    batch: int = 1
    """How many jobs the same click made."""
    favourite: bool = False
    """A person marked it in the library."""
    deleted_at: datetime | None = None
    """When a person deleted it from the library; it can be brought back for a while."""
    parent: str | None = None
    """job_id of the one that this one was made from."""
    sent_at: datetime | None = None
    """When the paid request may first have been on its way: the last move to `submitting`."""
    submitted_at: datetime | None = None
    """When the provider took it."""
    started_at: datetime | None = None
    """When the provider began to work on it."""
    finished_at: datetime | None = None
    """When it reached a state that ends its stream."""
    attempts: int = 0
    """Submits that were provably not taken."""
    seed: int | None = None
    """The seed that was used, asked for or drawn; None where unknown."""
    video: SavedVideo | None = None
    """Once it is in the library."""
    usual_s: tuple[float, float] | None = None
    """How long similar runs took from start to end, as a range learnt before this one; None on too few runs."""
    similar_runs: int = 0
    """How many runs like it had ended by then, which `usual_s` rests on."""
    worker: str | None = None
    """Whose lease this job is under."""
    epoch: int = 0
    """Counts the claims of this row: the fence of every compare-and-swap."""
    imported_run: str | None = None
    """Which run of which video this is a copy of, as `domain.shared_run.imported_name` writes it; None for one that was
    made here. An imported one was never sent from here: its cost is what somebody paid where it was made."""


class EtaJson(TypedDict):
    """Seconds left, as an honest range."""

    low: int
    high: int


class SnapshotJson(TypedDict):
    """A job as the page and clients see it. Every field is always there; what is not known is null."""

    job_id: str
    state: str
    phase: str
    provider: str
    mode: str
    created_at: str
    elapsed_s: float
    queued_s: float
    eta_s: EtaJson | None
    progress: float | None
    message: str
    cost: CostJson
    error: ErrorJson | None
    video_url: str | None
    poster_url: str | None
    remote_id: str | None


def build_snapshot(job: Job, now: datetime) -> SnapshotJson:
    """Return the snapshot of a job as of `now` (UTC)."""
    until = job.finished_at or now
    has_video = job.state is JobState.SUCCEEDED
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        "phase": job.phase.value,
        "provider": job.request.provider,
        "mode": job.request.mode.value,
        "created_at": job.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "elapsed_s": _seconds_between(job.created_at, until),
        "queued_s": _seconds_between(job.created_at, job.started_at or until),
        "eta_s": _eta(job, now),
        "progress": 1.0 if has_video else job.progress,
        "message": job.message,
        "cost": job.cost.to_json(),
        "error": job.error.to_json() if job.error else None,
        "video_url": f"/media/{job.job_id}.mp4" if has_video else None,
        "poster_url": f"/media/{job.job_id}.jpg" if has_video else None,
        "remote_id": job.remote_id,
    }


def _eta(job: Job, now: datetime) -> EtaJson | None:
    """Return the seconds left, from what similar runs took; None where that is not known yet."""
    if job.usual_s is None or job.started_at is None or job.state not in OPEN_STATES:
        return None
    worked_s = _seconds_between(job.started_at, now)
    low, high = (max(0, math.ceil(usual_s - worked_s)) for usual_s in job.usual_s)
    return {"low": low, "high": high}


def _seconds_between(start: datetime, end: datetime) -> float:
    """Return seconds, never below zero: a clock that was set back must not frighten anybody."""
    return round(max(0.0, (end - start).total_seconds()), 1)
