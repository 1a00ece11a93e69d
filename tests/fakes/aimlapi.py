"""AIML API as its reference describes it, and strict: what the real one would refuse is refused.

Reference: the model's page at https://docs.aimlapi.com (2026-11-20), whose OpenAPI stands in `SCHEMA` as published;
`/v2/logs`, `/v2/billing` and the form of errors as in `aimlapi/api-docs` (Aug 2026). What it takes money for is
counted in `bill`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.server import FakeServer, Received, Reply, serve_range

KEY = "test-aimlapi-key"
MODEL = "bytedance/seedance-2-0-fast"
GENERATIONS = "/v2/video/generations"

_URI = {"type": "string", "format": "uri"}

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "model": {"type": "string", "enum": [MODEL]},
        "prompt": {"type": "string"},
        "image_url": _URI,
        "last_image_url": _URI,
        "image_urls": {"type": "array", "items": _URI, "minItems": 1, "maxItems": 9},
        "audio_urls": {"type": "array", "items": _URI, "minItems": 1, "maxItems": 3},
        "video_urls": {"type": "array", "items": _URI, "minItems": 1, "maxItems": 3},
        "aspect_ratio": {"type": "string", "enum": ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]},
        "resolution": {"type": "string", "enum": ["480p", "720p"]},
        "duration": {"type": "integer", "enum": [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]},
        "generate_audio": {"type": "boolean"},
        "seed": {"type": "integer"},
    },
    "required": ["model", "prompt"],
}
"""The body of the POST, without its descriptions and defaults."""

_FILES = "https://raw.githubusercontent.com/aimlapi/api-docs/main/reference-files"

MONA_LISA = {
    "model": MODEL,
    "prompt": "Mona Lisa puts on glasses with her hands.",
    "image_url": f"{_FILES}/mona_lisa_extended.jpg",
    "duration": "8",
}
"""The reference's first example: its duration is a string, and is taken in this body only."""

LIP_SYNC = {
    "model": MODEL,
    "image_urls": [f"{_FILES}/mona_lisa_extended.jpg"],
    "audio_urls": ["https://storage.googleapis.com/falserverless/example_inputs/omnihuman_audio.mp3"],
    "prompt": "The woman in @Image1 is speaking the audio from @Audio1.",
}
"""The reference's second example."""

STEPS = ("queued", "generating", "completed")
"""What a generation says of itself when it is asked again and again."""

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list}
_DATA_URI = re.compile(r"data:(image|audio)/(jpeg|png|webp|mpeg|wav);base64,([A-Za-z0-9+/=]+)")
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[!-~]*)?")
_CLIENT_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class RefusedError(Exception):
    """The request is answered with a status and a message."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message


@dataclass
class Taken:
    """A generation that will be paid for."""

    generation_id: str
    body: dict[str, Any]
    client_request_id: str | None
    usd: float
    steps: list[str]

    @property
    def status(self) -> str:
        return self.steps[0]


class FakeAimlApi(FakeServer):
    """One account at AIML API."""

    def __init__(self, video: bytes = b"", port: int = 0) -> None:
        """Take the mp4 that every generation makes."""
        super().__init__(port)
        self.video = video
        self.generations: dict[str, Taken] = {}
        self.bill: list[str] = []
        """The id of every generation that was started."""
        self.steps: tuple[str, ...] = STEPS
        """What the next generations say, one a question; the last one stays."""
        self.failure: Any = {"name": "Error", "message": "The model could not make this video."}
        self.credit_usd = 1_000.0
        self.link_uses = 1_000
        """How often a link to a video works before it has expired."""
        self.other_rows: list[dict[str, Any]] = []
        """Rows of the account's log that are not ours, newest first."""
        self._links: dict[str, int] = {}

    # -- what a test looks at ----------------------------------------------------------------------

    def bodies(self) -> list[dict[str, Any]]:
        """Return the bodies of the paid requests, in their order."""
        return [self.generations[one].body for one in self.bill]

    def settings(self) -> dict[str, str]:
        """Return the environment that leads here."""
        return {"AIMLAPI_KEY": KEY, "AIMLAPI_BASE_URL": self.origin}

    # -- answers -----------------------------------------------------------------------------------

    def handle(self, request: Received) -> Reply:
        try:
            return self._handle(request)
        except RefusedError as refused:
            return refusal(refused.status, refused.message, path=request.path)

    def _handle(self, request: Received) -> Reply:
        if request.path.startswith("/cdn/"):
            return self._serve_video(request)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            raise RefusedError(401, "This request requires a valid API key.")
        routes = {
            ("POST", GENERATIONS): self._generate,
            ("GET", GENERATIONS): self._show,
            ("GET", "/v2/logs"): self._show_log,
            ("GET", "/v2/billing"): self._show_balance,
        }
        route = routes.get((request.method, request.path))
        if route is None:
            raise RefusedError(404, f"Cannot {request.method} {request.path}")
        return route(request)

    def _generate(self, request: Received) -> Reply:
        if request.headers.get("content-type") != "application/json" or request.query:
            raise RefusedError(400, "Body validation error!")
        body = request.json()
        check_body(body)
        usd = round(0.314496 * int(body.get("duration", 8)), 6)
        if usd > self.credit_usd:
            raise RefusedError(403, "You've run out of credits. Please top up your balance.")
        self.credit_usd -= usd
        sent_id = request.headers.get("x-client-request-id", "")
        client_request_id = sent_id if _CLIENT_REQUEST_ID.fullmatch(sent_id) else None
        taken = Taken(secrets.token_urlsafe(15), body, client_request_id, usd, list(self.steps))
        self.generations[taken.generation_id] = taken
        self.bill.append(taken.generation_id)
        usage = {"credits_used": round(usd * 2_000_000), "usd_spent": usd}
        answer = {"id": taken.generation_id, "status": "queued", "meta": {"usage": usage}}
        return Reply(200, answer, {"x-inference-id": taken.generation_id})

    def _show(self, request: Received) -> Reply:
        if set(request.query) != {"generation_id"}:
            raise RefusedError(400, "Query validation error!")
        taken = self.generations.get(request.query["generation_id"])
        if taken is None:
            raise RefusedError(404, "Generation not found")
        answer: dict[str, Any] = {"id": taken.generation_id, "status": taken.status}
        if len(taken.steps) > 1:
            taken.steps.pop(0)
        if answer["status"] == "completed":
            answer["video"] = {"url": self._new_link(taken)}
        if answer["status"] == "error":
            answer["error"] = self.failure
        return Reply(200, answer)

    def _show_log(self, request: Received) -> Reply:
        query = request.query
        if "period" in query or not {"start", "end"} <= set(query) or query["end"] < query["start"]:
            raise RefusedError(400, "Pass either period or both start and end.")
        limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
        if not 1 <= limit <= 100 or offset < 0:
            raise RefusedError(400, "Query validation error!")
        rows = [*self.other_rows, *(log_row(one) for one in reversed(self.generations.values()))]
        pagination = {
            "limit": limit, "offset": offset, "total": len(rows), "has_more": offset + limit < len(rows)
        }  # fmt: skip
        return Reply(200, {"data": rows[offset : offset + limit], "pagination": pagination})

    def _show_balance(self, request: Received) -> Reply:
        return Reply(200, {"current_balance": self.credit_usd, "currency": "USD"})

    def _new_link(self, taken: Taken) -> str:
        signature = secrets.token_hex(8)
        self._links[signature] = self.link_uses
        return f"{self.origin}/cdn/{taken.generation_id}_video.mp4?signature={signature}"

    def _serve_video(self, request: Received) -> Reply:
        if {"authorization", "cookie"} & set(request.headers):
            raise RefusedError(400, "Only one auth mechanism allowed")
        signature = request.query.get("signature", "")
        if self._links.get(signature, 0) < 1:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
        self._links[signature] -= 1
        generation_id = request.path.removeprefix("/cdn/").removesuffix("_video.mp4")
        return serve_range(request, self.video_of(generation_id), "video/mp4")

    def video_of(self, generation_id: str) -> bytes:
        """Return what a generation made."""
        return self.video


def refusal(status: int, message: str, *, path: str = GENERATIONS) -> Reply:
    """Return an error in the documented form."""
    body = {
        "message": message,
        "path": path,
        "requestId": "req-1",
        "statusCode": status,
        "timestamp": "2026-11-20T00:00:00.000Z",
    }
    return Reply(status, body)


def log_row(taken: Taken, **changes: Any) -> dict[str, Any]:
    """Return a row of the account's log."""
    row = {
        "created": "2026-11-20T00:00:00.000Z",
        "status": "succeeded",
        "origin": "api",
        "model": MODEL,
        "cost": {"usd": taken.usd, "credits": round(taken.usd * 2_000_000)},
        "tokens": {"input": 0, "output": 0, "total": 0},
        "request_id": "req-1",
        "inference_id": taken.generation_id,
        "client_request_id": taken.client_request_id,
    }
    return {**row, **changes}


def check_body(body: Any) -> None:
    """Hold a body to the published schema and to what its descriptions say.

    Raises:
        RefusedError: It is not what the reference describes.
    """
    if body == MONA_LISA and json.dumps(body) == json.dumps(MONA_LISA):
        return
    if not isinstance(body, dict):
        raise _bad("object", body)
    for name, value in body.items():
        if name not in SCHEMA["properties"]:
            raise RefusedError(400, f"Body validation error! Unrecognized key: {name}")
        _check_value(name, value, SCHEMA["properties"][name])
    for name in SCHEMA["required"]:
        if name not in body:
            raise RefusedError(400, f"Body validation error! Required: {name}")
    if not body["prompt"].strip():
        raise RefusedError(400, "Body validation error! prompt must not be empty")
    _check_combination(body)


def _check_value(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    if type(value) is not _TYPES[schema["type"]]:  # 8.0 and True are no integers
        raise _bad(f"{name}: {schema['type']}", value)
    if "enum" in schema and value not in schema["enum"]:
        raise _bad(f"{name}: one of {schema['enum']}", value)
    if schema["type"] == "array":
        if not schema["minItems"] <= len(value) <= schema["maxItems"]:
            raise _bad(f"{name}: {schema['minItems']} to {schema['maxItems']} items", len(value))
        for number, item in enumerate(value):
            _check_value(f"{name}[{number}]", item, schema["items"])
    if schema.get("format") == "uri":
        _check_uri(name, value)


def _check_uri(name: str, value: str) -> None:
    """A link, or for images and audio a data URI whose base64 is whole."""
    if name.startswith("video_urls") and not _LINK.fullmatch(value):
        raise RefusedError(400, f"Only video URLs supported: {name}")
    kind = "audio" if name.startswith("audio") else "image"
    data = _DATA_URI.fullmatch(value)
    if data is None:
        if not _LINK.fullmatch(value):
            raise _bad(f"{name}: uri", value[:40])
        return
    try:
        content = base64.b64decode(data[3], validate=True)
    except binascii.Error:
        content = b""
    if data[1] != kind or not content:
        raise _bad(f"{name}: {kind}", value[:40])


def _check_combination(body: Mapping[str, Any]) -> None:
    frames = {"image_url", "last_image_url"} & set(body)
    references = {"image_urls", "video_urls", "audio_urls"} & set(body)
    if frames and references:
        raise RefusedError(400, "Body validation error! image_url excludes image_urls, video_urls and audio_urls")
    if frames == {"last_image_url"}:
        raise RefusedError(400, "Body validation error! last_image_url needs image_url")
    if references == {"audio_urls"}:
        raise RefusedError(400, "Body validation error! audio_urls needs image_urls or video_urls")


def _bad(expected: str, received: object) -> RefusedError:
    return RefusedError(400, f"Body validation error! Expected {expected}, received {received!r}")
