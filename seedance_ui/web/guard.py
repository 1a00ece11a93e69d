"""The request guard: what never reaches Gradio or our routes, and the headers of every answer.

Why each rule stands: Gradio 6.31 answers any Host (DNS rebinding), reflects foreign origins with
credentials, streams any public URL through `/file=` and `/file/`, and takes bodies of any size (measured 2026-11).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedance_ui.domain.shared_run import MAX_RUN_BYTES
from seedance_ui.web.runs import IMPORT_PATH

MAX_UPLOAD_BYTES = 12 * 50_000_000 + 1_000_000
"""One upload request: twelve of the largest files that Gradio takes, and their envelope."""

MAX_JSON_BYTES = 256_000
"""Any other body: a prompt and a form are far below."""

_CLOSED = re.compile(
    r"/(gradio_api/(file=\s*https?:|file/|proxy=|runs(/|$)|run/(?!predict$)|run-history|api/|(undo-)?vibe|process_recording"
    r"|component_server|deep_link|dev/|profiling|stream/)"
    r"|monitoring|docs|redoc|openapi\.json)",
    re.IGNORECASE,
)
"""Ways into Gradio that this page does not use; path after decoding, with single slashes."""

_HASHED = re.compile(r"/assets/[\w.-]+-[\w-]{8,9}\.(js|css|woff2|svg|png|wasm)")
"""Gradio's scripts and styles, some hundreds of them: another content has another name. It says nothing of caching."""

_KEEP = "public, max-age=31536000, immutable"
"""A year: a browser that has such a file never asks again."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, *, hosts: Collection[str], allows_ip_hosts: bool, takes_runs: bool = False
    ) -> None:
        """Guard `app`.

        Args:
            app: What is guarded.
            hosts: Names under which it may be called, without port, in lower case.
            allows_ip_hosts: Whether a bare IP address will do as well; a rebinding attack needs a name.
            takes_runs: Whether a whole run may be posted, which strangers may not.
        """
        self._app = app
        self._hosts = frozenset(hosts)
        self._allows_ip_hosts = allows_ip_hosts
        self._takes_runs = takes_runs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on under limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._is_ours, keeps=_HASHED.fullmatch(scope["path"]) is not None)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, answer.send)
            return
        try:
            await self._app(scope, _limited(receive, self._body_limit_bytes(scope)), answer.send)
        except _BodyTooLargeError:
            if not answer.has_started:
                await _too_large()(scope, receive, answer.send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not self._is_ours(f"//{headers.get('host', '')}"):
            return PlainTextResponse("This host name is not served here.", status_code=421)
        origin = headers.get("origin")
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and origin is not None and not self._is_ours(origin):
            return PlainTextResponse("Requests from other sites are refused.", status_code=403)
        if _CLOSED.match(_plain_path(scope)):
            return PlainTextResponse("Not Found", status_code=404)
        declared = headers.get("content-length", "0")
        if not declared.isdigit():
            return PlainTextResponse("The length of the body is not a number.", status_code=400)
        if int(declared) > self._body_limit_bytes(scope):
            return _too_large()
        return None

    def _body_limit_bytes(self, scope: Scope) -> int:
        if self._takes_runs and scope["path"] == IMPORT_PATH:
            return MAX_RUN_BYTES
        return MAX_UPLOAD_BYTES if _plain_path(scope).startswith("/gradio_api/upload") else MAX_JSON_BYTES

    def _is_ours(self, url: str) -> bool:
        try:
            host = (urlsplit(url).hostname or "").lower()
        except ValueError:
            return False
        return host in self._hosts or (self._allows_ip_hosts and _is_ip(host))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _plain_path(scope: Scope) -> str:
    """Return the path with every layer of percent-encoding and every doubled slash taken off."""
    path = str(scope["path"])
    while (decoded := unquote(path)) != path:
        path = decoded
    return re.sub(r"/{2,}", "/", path.replace("\\", "/"))


def _too_large() -> PlainTextResponse:
    return PlainTextResponse("This is more than the app takes at once.", status_code=413)


class _BodyTooLargeError(Exception):
    """A streamed body passed its limit; ends the request."""


def _limited(receive: Receive, limit_bytes: int) -> Receive:
    """Count what really arrives: a chunked body declares no length."""
    seen_bytes = 0

    async def counting() -> Message:
        nonlocal seen_bytes
        message = await receive()
        seen_bytes += len(message.get("body", b""))
        if seen_bytes > limit_bytes:
            raise _BodyTooLargeError
        return message

    return counting


class _Answer:
    """An answer on its way out, with our headers on it and no invitation to other sites."""

    def __init__(self, send: Send, is_ours: Callable[[str], bool], *, keeps: bool) -> None:
        """Answer through `send`; `keeps`: what is found may be kept for good."""
        self._send = send
        self._is_ours = is_ours
        self._keeps = keeps
        self.has_started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self._keeps and message["status"] == 200:
                headers["Cache-Control"] = _KEEP
            if not self._is_ours(headers.get("Access-Control-Allow-Origin", "//localhost")):
                del headers["Access-Control-Allow-Origin"]
        await self._send(message)
