"""What the stage shows of a job beside its snapshot: what it was asked for, and what runs like it took."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.domain.job import Job
from seedance_ui.domain.remedies import lower_resolution, shorter_s


class UsualJson(TypedDict):
    """How long similar runs took on this installation, from start to end."""

    range_s: list[float] | None
    """Lowest and highest; None where there were too few."""
    runs: int
    """How many similar runs had ended when this one was made."""


class StagedJobJson(TypedDict):
    """A job's lasting facts; its snapshots tell the rest."""

    job_id: str
    prompt: str
    usual: UsualJson
    has_sound: bool
    lower_resolution: str | None
    """The next lower one, for a provider that refuses this one."""
    shorter_s: int | None
    """A shorter length in seconds, for the same reason."""
    is_new: bool
    """Whether a click has just made it."""


def build_staged_job(job: Job, *, is_new: bool = False) -> StagedJobJson:
    """Return what the stage shows of a job."""
    request = job.request
    return {
        "job_id": job.job_id,
        "prompt": request.prompt,
        "usual": {"range_s": list(job.usual_s) if job.usual_s else None, "runs": job.similar_runs},
        "has_sound": request.generate_audio,
        "lower_resolution": lower_resolution(request.resolution),
        "shorter_s": shorter_s(request.duration_s),
        "is_new": is_new,
    }
