"""From an answer that is no success to one of our errors: the table that the hosted providers share.

An adapter looks at what is special to its provider first, then asks `explain_answer`.
"""

from __future__ import annotations

import re

from seedance_ui.domain.verdicts import named_asset, refusal_code, setting_code, shown
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ContentFilterError,
    InsufficientBalanceError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    UnexpectedResponseError,
)
from seedance_ui.providers.answers import Answer

_NO_CREDIT = re.compile(r"credit|balance|insufficient|top[ -]?up|creative units", re.IGNORECASE)
_NO_PLAN = re.compile(r"\bplans?\b|subscription|upgrade", re.IGNORECASE)
FORBIDDEN = "forbidden"
"""The code of a 403 without a reason that we know: the key is refused, or somebody on the way stands in between."""

_TRACE_FIELDS = ("trace_id", "requestId", "request_id")
"""Scenario's and AIML API's names of their own id of a call. Sources: S-BL, AI-DOC of providers.md (C)."""


def explain_answer(answer: Answer) -> ProviderError:
    """Return the error that an answer outside 2xx stands for."""
    status, provider = answer.status, answer.provider
    words = answer.words() or f"It answered with status {status}."
    request_id = _request_id(answer)
    if status == 401:
        return AuthenticationError(words, provider=provider, request_id=request_id)
    if status in (402, 403):
        return _account_error(status, words, provider, request_id)
    if status == 429:
        return RateLimitError(words, provider=provider, request_id=request_id, retry_after_s=answer.retry_after_s())
    if status == 408 or status >= 500:
        return ProviderUnavailableError(words, provider=provider, request_id=request_id)
    if status < 400:
        return UnexpectedResponseError(f"It answered with status {status}.", provider=provider, request_id=request_id)
    asset = named_asset(words)
    if code := refusal_code(words):
        return ContentFilterError(words, provider=provider, request_id=request_id, code=code, asset=asset)
    code = "bad_media" if asset else setting_code(words)
    return BadRequestError(words, provider=provider, request_id=request_id, code=code, asset=asset)


def _account_error(status: int, words: str, provider: str, request_id: str | None) -> ProviderError:
    """Tell an empty account and a plan that is too small from a refused key: 403 stands for all three (C)."""
    if _NO_CREDIT.search(words):
        return InsufficientBalanceError(words, provider=provider, request_id=request_id)
    if _NO_PLAN.search(words):
        return InsufficientBalanceError(words, provider=provider, request_id=request_id, code="no_plan")
    if code := refusal_code(words):
        return ContentFilterError(words, provider=provider, request_id=request_id, code=code)
    if status == 402:
        return InsufficientBalanceError(words, provider=provider, request_id=request_id)
    return AuthenticationError(words, provider=provider, request_id=request_id, code=FORBIDDEN)


def _request_id(answer: Answer) -> str | None:
    try:
        body = answer.json()
    except UnexpectedResponseError:
        return None
    return next((shown(str(body[name]))[:128] for name in _TRACE_FIELDS if body.get(name)), None)
