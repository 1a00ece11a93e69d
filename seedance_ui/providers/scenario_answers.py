"""Scenario's answers: what they look like on the wire, and what they mean. Sources: see `scenario.py`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import Field

from seedance_ui.domain.job import NO_WORD, Charged, JobUpdate
from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.verdicts import failed_job, shown
from seedance_ui.errors import ProviderError, RateLimitError, UnexpectedResponseError
from seedance_ui.providers.answers import MAX_RETRY_AFTER_S, OR_NONE, Answer, RemoteId, Wire, say
from seedance_ui.providers.refusals import explain_answer

_MEDIA_FIELDS = ("image", "lastFrameImage", "referenceImages", "referenceVideos", "referenceAudio")
_PLAIN_FIELDS = ("prompt", "duration", "resolution", "aspectRatio", "generateAudio")

_STATES: Mapping[str, JobUpdate] = {
    **dict.fromkeys(("pending", "queued", "warming-up"), JobUpdate("queued", "In the provider's queue")),
    **dict.fromkeys(("in-progress", "finalizing"), JobUpdate("running", "Generating")),
    "success": JobUpdate("succeeded", "Ready"),
    "failure": JobUpdate("failed", "Failed"),
    "canceled": JobUpdate("cancelled", "Cancelled"),
}
"""Scenario's status words. Source: S-SDK, in exactly this spelling (C)."""

log = logging.getLogger(__name__)


class _Metadata(Wire):
    asset_ids: Annotated[list[RemoteId] | None, OR_NONE] = None
    error: Any = None
    hint: Any = None
    input: Annotated[dict[str, Any] | None, OR_NONE] = None


class _Billing(Wire):
    cu_cost: Annotated[float | None, Field(ge=0), OR_NONE] = None
    disable_refund: Annotated[bool | None, OR_NONE] = None


class RemoteJob(Wire):
    """A job as Scenario shows it. Source: S-SDK (C); only id and status are on S-PAGE."""

    job_id: RemoteId
    status: str
    progress: Annotated[float | None, OR_NONE] = None
    metadata: Annotated[_Metadata | None, OR_NONE] = None
    billing: Annotated[_Billing | None, OR_NONE] = None
    created_at: Annotated[datetime | None, OR_NONE] = None


class JobAnswer(Wire):
    """The answer to a question about one job. Source: S-PAGE (C)."""

    job: RemoteJob


class _TakenJob(Wire):
    job_id: RemoteId
    status: Annotated[str | None, OR_NONE] = None


class _Taken(Wire):
    """The answer to a submit: the id stands at `job.jobId`. Source: S-SDK (C)."""

    job: _TakenJob
    creative_units_cost: Annotated[float | None, Field(ge=0), OR_NONE] = None


class JobsPage(Wire):
    """One page of the job list. Source: S-SDK (C): it may be empty while there is a next one."""

    jobs: list[dict[str, Any]]
    next_pagination_token: Annotated[str | None, OR_NONE] = None


def parse_update(remote: RemoteJob, request: GenerationRequest) -> JobUpdate:
    """Return what an answer about a job means; the video of a success is fetched separately."""
    metadata, billing = remote.metadata or _Metadata(), remote.billing or _Billing()
    known = _STATES.get(remote.status)
    if known is None:
        return JobUpdate("unknown", shown(remote.status) or NO_WORD)
    cost = None if billing.cu_cost is None else Cost(billing.cu_cost, "CU", "exact")
    if known.state == "failed":
        # Refunded unless Scenario says that this one is not. Source: S-SDK, S-SK (C).
        charged: Charged = "unknown" if billing.disable_refund else "no"
        words = " ".join(filter(None, (say(metadata.error), say(metadata.hint))))
        error = failed_job(words, request, provider_label="Scenario", charged=charged)
        return JobUpdate("failed", error.title, error=error, cost=cost)
    return JobUpdate(
        known.state,
        known.message,
        progress=None if remote.progress is None else min(1.0, max(0.0, remote.progress)),
        cost=cost,
        seed=_seed(metadata.input or {}),
    )


def _seed(used: Mapping[str, Any]) -> int | None:
    seed = used.get("seed")
    return seed if type(seed) is int and 0 <= seed <= MAX_SEED else None


def explain_refusal(answer: Answer) -> ProviderError:
    """Return the error that an answer of Scenario outside 2xx stands for."""
    error = explain_answer(answer)
    if not isinstance(error, RateLimitError):
        return error
    try:
        body = answer.json()
    except UnexpectedResponseError:
        return error
    words, wait_s = str(error), error.retry_after_s
    remaining = body.get("remainingSeconds")  # of a cooldown. Source: S-BL (C)
    if isinstance(remaining, (int, float)) and not isinstance(remaining, bool) and remaining >= 0:
        wait_s = min(MAX_RETRY_AFTER_S, float(remaining))
        words = f"{words}: wait {remaining:.0f} s"
    details = body.get("details")  # of too many jobs at once. Source: S-SK (C)
    if isinstance(details, dict) and "actionLimit" in details:
        words = f"{words} (at most {shown(str(details['actionLimit']))} at once)"
    return RateLimitError(words, provider=error.provider, request_id=error.request_id, retry_after_s=wait_s)


def job_id_in(answer: Answer) -> str | None:
    """Return the id of a job that an answer says was made; None where it names none."""
    try:
        return answer.parse(_Taken).job.job_id
    except UnexpectedResponseError:
        pass
    try:
        return answer.parse(_TakenJob).job_id  # not documented, but an id must never be lost
    except UnexpectedResponseError:
        return None


def update_of_taken(answer: Answer) -> JobUpdate | None:
    """Return what the answer to a submit says about money."""
    try:
        amount = answer.parse(_Taken).creative_units_cost
    except UnexpectedResponseError:
        return None
    if amount is None:
        return None
    return JobUpdate("queued", "In the provider's queue", cost=Cost(amount, "CU", "exact"))


def readable_jobs(rows: list[dict[str, Any]]) -> list[RemoteJob]:
    """Return the rows of a list of jobs that have the documented form."""
    jobs = []
    for row in rows:
        try:
            jobs.append(RemoteJob.model_validate(row))
        except ValueError:
            log.info("A row of Scenario's job list cannot be read")
    return jobs


def is_same_job(
    ours: Mapping[str, Any], remote: RemoteJob, since: datetime, until: datetime | None, *, is_named: bool
) -> bool:
    """Tell whether a job in Scenario's list is the one whose body was `ours`; matching is ours (G).

    The ids of our files are forgotten by a restart, and those of links were never known: "" in `ours`, which may be
    any. Settings and a number of files are alike in many jobs of an account, so that then only a person's own words can
    tie a job to ours; without words it may be a colleague's, and is left to a person, who names it (A7).
    """
    if not _is_between(since, remote.created_at, until):
        return False
    theirs = remote.metadata.input if remote.metadata else None
    if theirs is None or any(ours.get(name) != theirs.get(name) for name in _PLAIN_FIELDS):
        return False
    if "seed" in ours and ours["seed"] != theirs.get("seed"):
        return False
    media = [(_listed(ours.get(name)), _listed(theirs.get(name))) for name in _MEDIA_FIELDS]
    if not is_named and "prompt" not in ours and any("" in own for own, _ in media):
        return False
    return all(_are_same_media(own, other) for own, other in media)


def _is_between(since: datetime, made_at: datetime | None, until: datetime | None) -> bool:
    """Tell whether a time is known to be in the window."""
    if made_at is None:
        return False
    made_at = made_at if made_at.tzinfo else made_at.replace(tzinfo=timezone.utc)
    return since <= made_at and (until is None or made_at <= until)


def _are_same_media(ours: list[Any], theirs: list[Any]) -> bool:
    """Compare asset ids; an empty one of ours may be any."""
    return len(ours) == len(theirs) and all(own in ("", other) for own, other in zip(ours, theirs, strict=True))


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
