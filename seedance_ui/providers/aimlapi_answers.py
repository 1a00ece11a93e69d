"""AIML API's answers: what they look like on the wire, and what they mean. Sources: see `aimlapi.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from seedance_ui.domain.job import NO_WORD, Charged, JobUpdate, RemoteVideo
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.verdicts import failed_job, shown
from seedance_ui.errors import UnexpectedResponseError
from seedance_ui.providers.answers import OR_NONE, Answer, RemoteId, Wire, is_remote_id, say

_STATES: Mapping[str, JobUpdate] = {
    **dict.fromkeys(("queued", "waiting"), JobUpdate("queued", "In the provider's queue")),
    **dict.fromkeys(("generating", "active"), JobUpdate("running", "Generating")),
    "completed": JobUpdate("succeeded", "Ready"),
    "error": JobUpdate("failed", "Failed"),
}
"""Status words. Source: AI-PAGE (C); `waiting` and `active` stand in older samples of AI-DOC (C)."""


class _Wire(Wire):
    """Part of an answer; AIML API writes snake_case."""

    model_config = ConfigDict(alias_generator=None)


class _Video(_Wire):
    url: str = Field(min_length=1)


class _Usage(_Wire):
    usd_spent: Annotated[float | None, Field(ge=0), OR_NONE] = None


class _Meta(_Wire):
    usage: Annotated[_Usage | None, OR_NONE] = None


class Generation(_Wire):
    """The answer of both calls. Source: AI-PAGE (C)."""

    id: RemoteId
    status: str
    video: Annotated[_Video | list[_Video] | None, OR_NONE] = None
    """An array in the schema of 2.5 (AI-DOC, C)."""
    error: Any = None
    """An object with name and message (C); a plain string is accepted too (G)."""
    meta: Annotated[_Meta | None, OR_NONE] = None

    @property
    def url(self) -> str | None:
        """Where the video is; None where this answer does not say."""
        videos = self.video if isinstance(self.video, list) else [self.video]
        return next((video.url for video in videos if video is not None), None)

    @property
    def cost(self) -> Cost | None:
        """What was spent in US dollars; credits alone never replace them."""
        usd = self.meta.usage.usd_spent if self.meta and self.meta.usage else None
        return None if usd is None else Cost(usd, "USD", "exact")

    @property
    def reason(self) -> str:
        """Why it failed, in the provider's words."""
        name = self.error.get("name") if isinstance(self.error, dict) else None
        return ": ".join(dict.fromkeys(filter(None, (say(name), say(self.error)))))


class _TakenId(_Wire):
    id: RemoteId


class _LogRow(_Wire):
    inference_id: Annotated[RemoteId | None, OR_NONE] = None
    client_request_id: Annotated[str | None, OR_NONE] = None


class _Pagination(_Wire):
    has_more: Annotated[bool | None, OR_NONE] = None


class LogPage(_Wire):
    """One page of the account's log, newest first. Source: AI-DOC, logs-v2.json (C)."""

    data: list[_LogRow]
    pagination: Annotated[_Pagination | None, OR_NONE] = None

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return bool(self.data and self.pagination and self.pagination.has_more)

    def inference_ids_of(self, job_id: str) -> set[str]:
        """Return which generations were sent under our id; null means "not supplied" and never matches (C)."""
        return {row.inference_id for row in self.data if row.client_request_id == job_id and row.inference_id}


class Balance(_Wire):
    """The answer to a question about the account. Source: AI-DOC, billing-v2.json (C)."""

    current_balance: float


def taken_id(answer: Answer) -> str | None:
    """Return the id of the generation that an answer says was started; None where it names none.

    The header `x-inference-id` is the same id (AI-DOC, request-tracing-and-cost, C): a body that cannot be read, or
    broke on its way, must not lose a paid video.
    """
    try:
        return answer.parse(_TakenId).id
    except UnexpectedResponseError:
        remote_id = answer.headers.get("x-inference-id", "")
        return remote_id if is_remote_id(remote_id) else None


def update_of_taken(answer: Answer, request: GenerationRequest) -> JobUpdate | None:
    """Return what the answer to a submit also said; None where it is of no known form."""
    try:
        return parse_update(answer.parse(Generation), request)
    except UnexpectedResponseError:
        return None


def parse_update(generation: Generation, request: GenerationRequest) -> JobUpdate:
    """Return what an answer about a generation means."""
    known, cost = _STATES.get(generation.status), generation.cost
    if known is None:
        return JobUpdate("unknown", shown(generation.status) or NO_WORD, cost=cost)
    if known.state == "failed":
        # A failed request is billed nothing (AI-DOC, usage-logs.md, C); an answer that names dollars says otherwise.
        charged: Charged = "unknown" if cost is not None and cost.amount else "no"
        error = failed_job(generation.reason, request, provider_label="AIML API", charged=charged)
        return JobUpdate("failed", error.title, error=error, cost=cost)
    url = generation.url if known.state == "succeeded" else None
    return JobUpdate(known.state, known.message, video=RemoteVideo(url) if url else None, cost=cost)
