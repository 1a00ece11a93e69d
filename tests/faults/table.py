"""The fault table as data: what breaks, at which phase, and where the job ends. Statements: A2, A3, A4, B6, B7, B9.

A fault that a job survives has no row of its own end: it goes on, and its video is saved in the end.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fakes.server import (
    AcceptThen,
    AcceptThenDrop,
    AcceptThenEdit,
    AcceptThenReset,
    Drop,
    Fault,
    Instead,
    Reply,
    Reset,
)
from tests.faults.world import Breaks, Phase


@dataclass(frozen=True)
class End:
    """Where a job ends, and what that cost."""

    state: str
    code: str
    charged: str
    times: int
    """How often the broken exchange is tried."""


NOT_TAKEN = End("failed", "provider_down", "no", 3)
"""A3: nothing arrived for certain, so that it is tried twice more."""
TOO_MANY = End("failed", "rate_limited", "no", 3)
"""A3."""
UNKNOWN = End("needs_attention", "submit_unknown", "unknown", 1)
"""A2: never a second request."""


def refused(code: str) -> End:
    """A4: a definite refusal."""
    return End("failed", code, "no", 1)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    phase: Phase
    fault: Fault | Breaks
    end: End | None
    """None: the job goes on (B7), and its video is saved."""
    taken: int = 0
    """How many paid requests the provider has taken in the end; one where the job goes on."""


# What httpx raises

BEFORE_A_CONNECTION = {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "InvalidURL"}
"""Nothing can have arrived."""

IN_AN_EXCHANGE = {
    "CloseError", "CookieConflict", "DecodingError", "HTTPError", "HTTPStatusError", "LocalProtocolError",
    "NetworkError", "ProtocolError", "ProxyError", "ReadError", "ReadTimeout", "RemoteProtocolError", "RequestError",
    "RequestNotRead", "ResponseNotRead", "StreamClosed", "StreamConsumed", "StreamError", "TimeoutException",
    "TooManyRedirects", "TransportError", "WriteError", "WriteTimeout",
}  # fmt: skip
"""Anything can have arrived. A proxy, too, may break after it has passed the request on."""


def all_of_httpx() -> dict[str, type[Exception]]:
    """Return every class of exception that the installed httpx has."""
    roots = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)
    return {kind.__name__: kind for root in roots for kind in (root, *_below(root))}


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


KINDS = {name: kind for name, kind in all_of_httpx().items() if name in BEFORE_A_CONNECTION | IN_AN_EXCHANGE}


# What a server answers

REFUSALS = {
    400: refused("bad_request"),
    401: refused("key_refused"),
    402: refused("no_credit"),
    403: refused("key_refused"),
    404: refused("bad_request"),
    405: refused("bad_request"),
    413: refused("bad_request"),
    415: refused("bad_request"),
    422: refused("bad_request"),
    429: TOO_MANY,
}
UNCLEAR = (
    201, 202, 203, 204, 205, 206, 207, 226, 269, 300, 301, 302, 303, 304, 305, 307, 308, 406, 407, 408, 409, 410, 411,
    412, 414, 416, 417, 418, 421, 423, 424, 425, 426, 428, 431, 451, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520,
    521, 522, 523, 524, 525, 526, 529, 530, 599, 600, 999,
)  # fmt: skip
"""Statuses that prove nothing about a paid request; those of 2xx here have no id with them."""

LOCATION = {"Location": "https://elsewhere.example/"}


def reply(status: int) -> Reply:
    """Return an answer of this status, with as little as it can have."""
    return Reply(status, b"", LOCATION if 300 <= status < 400 else {})


RETRY_AFTER = {
    "in seconds": "7",
    "at once": "0",
    "a week": "604800",
    "a date that is over": "Tue, 20 Jan 2015 12:00:30 GMT",
    "a date far away": "Tue, 20 Jan 2099 12:00:30 GMT",
    "a number no date has": "Tue, 20 Jan 99999999999999 12:00:30 GMT",
    "a zone no clock has": "Tue, 20 Jan 2026 12:00:30 +99999999999999",
    "a digit that is none": "²",
    "an endless number": "9" * 5000,
    "below zero": "-5",
    "a word": "soon",
    "nothing": "",
}


def both_ids(remote_id: Any) -> dict[str, Any]:
    """Return an answer that names this id in the form of each provider."""
    return {"id": remote_id, "status": "queued", "job": {"jobId": remote_id, "status": "queued"}}


PACKED = {"Content-Encoding": "gzip"}

BODIES = {
    "empty": Reply(200, b""),
    "HTML": Reply(200, b"<!doctype html><p>Please log in", {"Content-Type": "text/html"}),
    "cut JSON": Reply(200, b'{"id": "gen_1", "job": {"jobId": "job_1", "sta'),
    "two objects": Reply(200, b"{}{}"),
    "no object": Reply(200, b'["gen_1"]'),
    "a text": Reply(200, b'"gen_1"'),
    "null": Reply(200, b"null"),
    "NaN": Reply(200, b'{"id": NaN, "job": {"jobId": NaN}}'),
    "100,000 levels": Reply(200, b"[" * 100_000),
    "an endless number": Reply(200, b'{"id": ' + b"9" * 5000 + b"}"),
    "no id": Reply(200, {"status": "queued", "job": {"status": "queued"}}),
    "an id of null": Reply(200, both_ids(None)),
    "a number as id": Reply(200, both_ids(7)),
    "a list as id": Reply(200, both_ids(["gen_1"])),
    "an object as id": Reply(200, both_ids({"id": "gen_1"})),
    "an empty id": Reply(200, both_ids("")),
    "an endless id": Reply(200, both_ids("x" * 70_000)),
    "an id of two lines": Reply(200, both_ids("gen_1\r\nHost: x")),
    "an id with a zero byte": Reply(200, both_ids("gen_1\0")),
    "an id with half a character": Reply(200, both_ids("gen_1\ud800")),
    "an id of spaces": Reply(200, both_ids("   ")),
    "a list as job": Reply(200, {"id": [], "job": ["job_1"]}),
    "above 2 MB": Reply(200, b" " * 2_000_001),
    "said to be packed": Reply(200, both_ids("gen_1"), PACKED),
    "a bomb": Reply(200, gzip.compress(b" " * 50_000_000), PACKED),
    "UTF-16": Reply(200, '{"id": "gen_1"}'.encode("utf-16"), {"Content-Type": "application/json; charset=utf-16"}),
    "no text": Reply(200, bytes(range(256)), {"Content-Type": "application/json; charset=none"}),
}  # fmt: skip

SOCKETS: dict[str, Fault] = {
    "closed": Drop(),
    "reset": Reset(),
    "closed after it was taken": AcceptThenDrop(),
    "reset after it was taken": AcceptThenReset(),
    "cut in the answer": AcceptThen(Reply(200, both_ids("gen_1"), cut_after=20)),
    "reset in the answer": AcceptThen(Reply(200, both_ids("gen_1"), cut_after=20, is_reset=True)),
    "cut in an answer of no length": AcceptThen(Reply(200, b'{"id": "gen_1", "jo', promise_length=False)),
    "cut before the answer": AcceptThen(Reply(200, both_ids("gen_1"), cut_after=0)),
}
NOT_ACCEPTED = ("closed", "reset")


def _paid_rows() -> Iterator[Row]:
    at = Phase.SUBMIT
    for name, kind in KINDS.items():
        if name in BEFORE_A_CONNECTION:
            yield Row(name, at, Breaks(kind), NOT_TAKEN)
            continue
        yield Row(f"{name} while sending", at, Breaks(kind), UNKNOWN)
        yield Row(f"{name} once it was taken", at, Breaks(kind, "answered"), UNKNOWN, taken=1)
        yield Row(f"{name} in the answer", at, Breaks(kind, "reading"), UNKNOWN, taken=1)
    for status, end in REFUSALS.items():
        yield Row(str(status), at, Instead(reply(status)), end)
    for status in UNCLEAR:
        yield Row(str(status), at, AcceptThen(reply(status)), UNKNOWN, taken=1)
    for name, body in BODIES.items():
        yield Row(name, at, AcceptThen(body), UNKNOWN, taken=1)
    for name, fault in SOCKETS.items():
        yield Row(name, at, fault, UNKNOWN, taken=int(name not in NOT_ACCEPTED))
    for name, value in RETRY_AFTER.items():
        yield Row(f"429, {name}", at, Instead(Reply(429, b"", {"Retry-After": value})), TOO_MANY)


def _upload_rows() -> Iterator[Row]:
    """Everything here is free: what is no refusal is worth two more tries."""
    at = Phase.ASSET
    for name, kind in KINDS.items():
        yield Row(f"{name} while sending", at, Breaks(kind), NOT_TAKEN)
        yield Row(f"{name} in the answer", at, Breaks(kind, "reading"), NOT_TAKEN)
    for status in (*REFUSALS, *UNCLEAR):
        is_refusal = 400 <= status < 500 and status != 408
        yield Row(
            str(status),
            at,
            Instead(reply(status)),
            REFUSALS.get(status, refused("bad_request")) if is_refusal else NOT_TAKEN,
        )
    for name, body in BODIES.items():
        yield Row(name, at, Instead(body), NOT_TAKEN)
    for phase in (Phase.NEW_UPLOAD, Phase.PART, Phase.COMPLETE, Phase.IMPORT):
        for name in ("ConnectError", "ReadError", "ReadTimeout", "WriteError", "StreamClosed", "InvalidURL"):
            yield Row(f"{name} at {phase.value}", phase, Breaks(KINDS[name]), NOT_TAKEN)
        for name, fault in (("503", Instead(reply(503))), ("302", Instead(reply(302))), ("reset", Reset())):
            yield Row(f"{name} at {phase.value}", phase, fault, NOT_TAKEN)


PAID_ROWS = tuple(_paid_rows())
UPLOAD_ROWS = tuple(_upload_rows())


# What a question survives (B7, B9)

NO_ANSWERS: dict[str, Fault | Breaks] = {
    **{f"{name} while sending": Breaks(kind) for name, kind in KINDS.items()},
    **{f"{name} in the answer": Breaks(kind, "reading") for name, kind in KINDS.items()},
    **{str(status): Instead(reply(status)) for status in (*REFUSALS, *UNCLEAR) if status != 401},
    **{f"429, {name}": Instead(Reply(429, b"", {"Retry-After": value})) for name, value in RETRY_AFTER.items()},
    **{name: Instead(body) for name, body in BODIES.items()},
    **SOCKETS,
}
"""Everything that can come instead of an answer, but for 401: that one rests as `needs_key`."""


def _with_status(word: Any) -> AcceptThenEdit:
    """Return an answer whose status word is this one, in the form of each provider."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        inner = {**body["job"], "status": word} if "job" in body else None
        return {**body, "status": word} if inner is None else {**body, "job": inner}

    return AcceptThenEdit(change)


ODD_WORDS = {
    "marinating": "marinating", "an empty word": "", "another case": "SUCCESS", "spaces around it": " completed ",
    "another language": "готово", "markup": "<b>done</b>", "an endless word": "x" * 10_000, "a zero byte": "a\0b",
    "half a character": "a\ud800b", "no word": None, "a number": 5, "a list": ["completed"], "an object": {},
}  # fmt: skip
ODD_STATUSES: dict[str, Fault | Breaks] = {name: _with_status(word) for name, word in ODD_WORDS.items()}
"""B11."""
