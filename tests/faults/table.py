"""The fault table as data: what breaks, at which phase, and where the job ends. Statements: A2, A3, A4, B6, B7, B9.

A fault that a job survives has no row of its own end: it goes on, and its video is saved in the end.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx

from tests.fakes.server import (
    AcceptThen,
    AcceptThenDrop,
    AcceptThenEdit,
    AcceptThenReset,
    AcceptThenSpoil,
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
UNCLEAR = (201, 204, 206, 269, 302, 304, 408, 409, 410, 425, 500, 501, 502, 503, 504, 520, 999)
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
        if kind.__subclasses__():  # httpx raises what is below it: once is enough
            continue
        yield Row(f"{name} once it was taken", at, Breaks(kind, "answered"), UNKNOWN, taken=1)
    for status, end in REFUSALS.items():
        yield Row(str(status), at, Instead(reply(status)), end)
    for status in UNCLEAR:
        yield Row(str(status), at, AcceptThen(reply(status)), UNKNOWN, taken=1)
    for name, body in BODIES.items():
        yield Row(name, at, AcceptThen(body), UNKNOWN, taken=1)
    for name, fault in SOCKETS.items():
        yield Row(name, at, fault, UNKNOWN, taken=int(name not in NOT_ACCEPTED))


def _upload_rows() -> Iterator[Row]:
    """Everything here is free: what is no refusal is worth two more tries."""
    at = Phase.ASSET
    for name, kind in KINDS.items():
        if not kind.__subclasses__():
            yield Row(name, at, Breaks(kind), NOT_TAKEN)
    yield Row("ReadError in the answer", at, Breaks(KINDS["ReadError"], "reading"), NOT_TAKEN)
    for status, end in REFUSALS.items():
        yield Row(str(status), at, Instead(reply(status)), end)
    for status in (409, 410, 425):
        yield Row(str(status), at, Instead(reply(status)), refused("bad_request"))
    for status in (204, 302, 408, 500, 503):
        yield Row(str(status), at, Instead(reply(status)), NOT_TAKEN)
    for name in ("empty", "HTML", "cut JSON", "an endless id", "above 2 MB", "a bomb"):
        yield Row(name, at, Instead(BODIES[name]), NOT_TAKEN)
    for phase in (Phase.NEW_UPLOAD, Phase.PART, Phase.COMPLETE, Phase.IMPORT):
        yield Row(f"ReadError at {phase.value}", phase, Breaks(KINDS["ReadError"]), NOT_TAKEN)
        yield Row(f"503 at {phase.value}", phase, Instead(reply(503)), NOT_TAKEN)
        yield Row(f"302 at {phase.value}", phase, Instead(reply(302)), NOT_TAKEN)
        end = NOT_TAKEN if phase is Phase.PART else refused("bad_request")  # a link is made anew, a word is final
        yield Row(f"400 at {phase.value}", phase, Instead(reply(400)), end)


PAID_ROWS = tuple(_paid_rows())

BEHIND_THE_HEAD: dict[str, Fault | Breaks] = {
    **{
        f"{name} in the answer": Breaks(kind, "reading")
        for name, kind in KINDS.items()
        if name in IN_AN_EXCHANGE and not kind.__subclasses__()
    },
    "cut": AcceptThenSpoil(lambda whole: replace(whole, status=201, cut_after=20)),
    "cut at once": AcceptThenSpoil(lambda whole: replace(whole, cut_after=0)),
    "cut, of no length": AcceptThenSpoil(lambda whole: replace(whole, body=whole.content()[:20], promise_length=False)),
    "reset": AcceptThenSpoil(lambda whole: replace(whole, cut_after=20, is_reset=True)),
    "above 2 MB": AcceptThenSpoil(lambda whole: replace(whole, body=b" " * 2_000_001)),
    "said to be packed": AcceptThenSpoil(lambda whole: replace(whole, headers={**whole.headers, **PACKED})),
    "packed in a way unknown here": AcceptThenSpoil(
        lambda whole: replace(whole, headers={**whole.headers, "Content-Encoding": "br"})
    ),
}
"""The head of the paid answer comes whole, the body does not."""
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


# What a download survives (B5, B6)

MP4 = {"Content-Type": "video/mp4"}
JUNK = bytes(range(256)) * 100


def _odd_files() -> dict[str, Reply]:
    whole = {**MP4, "ETag": '"junk"'}
    cuts = {f"cut at {percent} %": percent * len(JUNK) // 100 for percent in (0, 1, 10, 50, 90, 99)}
    return {
        "HTML": Reply(200, b"<html>Please log in</html>", {"Content-Type": "text/html"}),
        "HTML that says it is a video": Reply(200, b"<!doctype html>" * 1000, MP4),
        "JSON": Reply(200, {"error": "expired"}),
        "empty": Reply(200, b"", MP4),
        "empty, of no length": Reply(200, b"", MP4, promise_length=False),
        "no video": Reply(200, JUNK, MP4),
        "a stub": Reply(200, b"\0\0\0\x08free" * 3, MP4),
        "packed": Reply(200, JUNK, {**MP4, **PACKED}),
        "longer than it says": Reply(200, JUNK, {**MP4, "Content-Length": "1000"}),
        "endless": Reply(200, JUNK, {**MP4, "Content-Length": "99999999999"}),
        "a part nobody asked for": Reply(206, JUNK, {**MP4, "Content-Range": "bytes 0-25599/25600"}),
        "a redirect without a goal": Reply(302),
        "a redirect to nowhere": Reply(302, headers={"Location": "http://[::1"}),
        "a redirect into this network": Reply(307, headers={"Location": "https://10.0.0.1/v.mp4"}),
        **{name: Reply(200, JUNK, whole, cut_after=cut) for name, cut in cuts.items()},
        **{f"{name}, reset": Reply(200, JUNK, whole, cut_after=cut, is_reset=True) for name, cut in cuts.items()},
        **{f"{name}, of no length": Reply(200, JUNK[:cut], MP4, promise_length=False) for name, cut in cuts.items()},
    }


NO_VIDEOS: dict[str, Fault | Breaks] = {
    **{f"{name} while sending": Breaks(kind) for name, kind in KINDS.items()},
    **{f"{name} in the body": Breaks(kind, "reading") for name, kind in KINDS.items()},
    **{str(status): Instead(reply(status)) for status in (*REFUSALS, *UNCLEAR, 416)},
    **{f"429, {name}": Instead(Reply(429, b"", {"Retry-After": value})) for name, value in RETRY_AFTER.items()},
    **{name: Instead(body) for name, body in _odd_files().items()},
    "closed": Drop(),
    "reset": Reset(),
}
"""Everything that can come instead of a video; 401 too: only the link is refused, not the key."""
EXPIRED = (401, 403, 404, 410)
"""B5: a fresh link is asked for at once."""
