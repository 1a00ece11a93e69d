"""What passes between us and a provider, told to whoever listens: the evidence of a job (B18).

Nothing here is redacted or kept; that is the listener's part. A listener hears what is asked in its own
task and in those that are started from it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to a provider, and how it ended."""

    what: str
    """Method and path, without host and query: "POST /v2/video/generations"."""
    status: str
    """Of the answer; or the name of what broke, where there is none."""
    body: str = field(default="", repr=False)
    """As it came: it may hold signed links."""
    is_paid: bool = False
    """Whether this was the request that costs money."""


Listener = Callable[[Exchange], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let a listener hear every exchange in this block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def telling_faults(what: str, *, is_paid: bool = False) -> Iterator[None]:
    """Tell the listener, if there is one, what breaks in this block before an answer is there."""
    try:
        yield
    except Exception as exc:
        tell(Exchange(what, type(exc).__name__, is_paid=is_paid))
        raise


def tell(exchange: Exchange) -> None:
    """Tell the listener, if there is one; what breaks there must not touch what the exchange was for."""
    listener = _listener.get()
    if listener is None:
        return
    try:
        listener(exchange)
    except Exception as exc:  # noqa: BLE001 - a note about a paid request is worth less than the request
        log.error("An answer to %s could not be noted (%s)", exchange.what, type(exc).__name__)
