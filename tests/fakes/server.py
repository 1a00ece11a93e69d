"""What every fake provider is: a real HTTP server on a port of its own, with a script of faults.

A fake subclasses `FakeServer` and answers in `handle`. A test puts faults in front of it with `script`;
each happens once, in order, to the next request that matches, and the rest is answered as ever::

    with FakeThing() as fake:
        fake.script("POST", "/v1/generate", AcceptThenDrop())
        fake.script("GET", "/v1/jobs/.*", Instead(Reply(503)), Instead(Reply(429, headers={"Retry-After": "1"})))
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

Self = TypeVar("Self", bound="FakeServer")


@dataclass(frozen=True)
class Received:
    """One request, as it came over the wire."""

    method: str
    path: str
    """Decoded, without the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; raises ValueError where it is none."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: Any = b""
    """Bytes are sent as they are, anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Close the connection after so many bytes of the body; its whole length was promised."""
    promise_length: bool = True
    """False sends no Content-Length: the end of the connection is the end of the body."""
    is_reset: bool = False
    """End with a reset of the connection (RST) instead of its orderly end; with `cut_after`."""
    drips_after: int | None = None
    """After so many bytes of the body, one byte every few milliseconds, until the client goes away."""

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Instead:
    """Answer this; the request is never looked at."""

    reply: Reply


@dataclass(frozen=True)
class AcceptThen:
    """Do what was asked for, and answer something else."""

    reply: Reply


@dataclass(frozen=True)
class AcceptThenEdit:
    """Do what was asked for, and change what the JSON of the answer says."""

    change: Callable[[Any], Any]


@dataclass(frozen=True)
class AcceptThenSpoil:
    """Do what was asked for, and spoil the answer on its way."""

    spoil: Callable[[Reply], Reply]


@dataclass(frozen=True)
class Drop:
    """Read the request, do nothing, and close the connection without an answer."""


@dataclass(frozen=True)
class Reset:
    """Read the request, do nothing, and reset the connection (RST)."""


@dataclass(frozen=True)
class AcceptThenDrop:
    """Do what was asked for, and close the connection without an answer."""


@dataclass(frozen=True)
class AcceptThenReset:
    """Do what was asked for, and reset the connection (RST) without an answer."""


@dataclass(frozen=True)
class Hold:
    """Answer as ever, but only once the test sets `go`; `arrived` tells that the request is here."""

    arrived: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


Fault = Instead | AcceptThen | AcceptThenEdit | AcceptThenSpoil | Drop | Reset | AcceptThenDrop | AcceptThenReset | Hold


class FakeServer(ABC):
    """An HTTP/1.1 server on 127.0.0.1; use it as a context manager."""

    def __init__(self, port: int = 0) -> None:
        """Bind the port, 0 for a free one; nothing is answered before the `with`."""
        self.received: list[Received] = []
        """Every request in the order in which it came."""
        self._scripts: list[tuple[str, re.Pattern[str], list[Fault]]] = []
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name=type(self).__name__)
        self.connections = 0
        """How many were made so far."""
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self: Self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._connections:
                _shut(connection)
        self._server.server_close()

    @abstractmethod
    def handle(self, request: Received) -> Reply:
        """Answer one request; never called twice at the same time."""

    def script(self, method: str, path: str, *faults: Fault) -> None:
        """Let these faults happen, once each, to the next requests whose whole path matches the pattern."""
        with self._lock:
            self._scripts.append((method, re.compile(path), list(faults)))

    def unscript(self) -> int:
        """Forget the faults that have not happened, and return how many there were."""
        with self._lock:
            left = sum(len(faults) for _, _, faults in self._scripts)
            self._scripts.clear()
        return left

    def requests(self, method: str, path: str) -> list[Received]:
        """Return what came so far with this method and a path that matches the whole pattern."""
        with self._lock:
            return [one for one in self.received if one.method == method and re.fullmatch(path, one.path)]

    def answer(self, request: Received) -> Reply | None:
        """Return the answer to a request, with its fault; None closes the connection.

        Raises:
            ConnectionResetError: The connection is to be reset.
        """
        with self._lock:
            self.received.append(request)
            fault = self._next_fault(request)
        if isinstance(fault, Hold):
            fault.arrived.set()
            while not fault.go.wait(0.05) and not self._stopping.is_set():
                pass
        if isinstance(fault, Instead):
            return fault.reply
        if isinstance(fault, Drop):
            return None
        if isinstance(fault, Reset):
            raise ConnectionResetError
        with self._lock:
            reply = self.handle(request)
        if isinstance(fault, AcceptThen):
            return fault.reply
        if isinstance(fault, AcceptThenEdit):
            return replace(reply, body=fault.change(json.loads(reply.content())))
        if isinstance(fault, AcceptThenSpoil):
            return fault.spoil(reply)
        if isinstance(fault, AcceptThenReset):
            raise ConnectionResetError
        return None if isinstance(fault, AcceptThenDrop) else reply

    def _next_fault(self, request: Received) -> Fault | None:
        for method, path, faults in self._scripts:
            if faults and method == request.method and path.fullmatch(request.path):
                return faults.pop(0)
        return None


def serve_range(request: Received, content: bytes, content_type: str) -> Reply:
    """Answer with a file, or with the one part of it that was asked for, under a strong ETag."""
    etag = f'"{len(content)}-{hash(content) & 0xFFFFFFFF:x}"'
    headers = {"Content-Type": content_type, "ETag": etag, "Accept-Ranges": "bytes"}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if wanted is None or request.headers.get("if-range", etag) != etag:
        return Reply(200, content, headers)
    first = int(wanted[1])
    last = min(int(wanted[2] or len(content)), len(content) - 1)
    if first > last:
        return Reply(416, b"", {**headers, "Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Reply(206, content[first : last + 1], headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that the end waits for every thread, and no socket is left open
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to print; whatever else broke is a bug of the fake."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _handler_for(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            with fake._lock:
                fake._connections.add(self.request)
                fake.connections += 1
            super().setup()

        def finish(self) -> None:
            super().finish()
            with fake._lock:
                fake._connections.discard(self.request)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: tests read `received`."""

        def _answer(self) -> None:
            request = self._read()
            try:
                reply = Reply(411, {"message": "Length Required"}) if request is None else fake.answer(request)
            except ConnectionResetError:
                self._reset()
                return
            if reply is None:
                self.close_connection = True
                _shut(self.connection)
                return
            self._send(reply)

        def _read(self) -> Received | None:
            """Return the request; None for a body without a declared length, or one that the client did not end."""
            if "transfer-encoding" in self.headers:
                self.close_connection = True
                return None
            size_bytes = int(self.headers.get("content-length", "0"))
            body = self.rfile.read(size_bytes)
            if len(body) < size_bytes:  # it died meanwhile: nothing was asked for
                self.close_connection = True
                return None
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            return Received(
                self.command, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body
            )

        def _send(self, reply: Reply) -> None:
            content = reply.content()
            reason = HTTPStatus(reply.status).phrase if reply.status in HTTPStatus._value2member_map_ else "Odd"
            headers = {"Content-Type": "application/json", **reply.headers}
            if reply.promise_length:
                headers.setdefault("Content-Length", str(len(content)))
            else:
                headers["Connection"] = "close"
            if reply.cut_after is not None:
                content = content[: reply.cut_after]
            if reply.cut_after is not None or not reply.promise_length:
                self.close_connection = True
            lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
            head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
            # One piece: two would wait for each other (Nagle).
            self.wfile.write(head + (b"" if self.command == "HEAD" else content[: reply.drips_after]))
            if reply.drips_after is not None:
                self._drip(content[reply.drips_after :])
            if reply.is_reset:
                self._reset()

        def _drip(self, content: bytes) -> None:
            self.close_connection = True
            for n in range(len(content)):
                if fake._stopping.wait(0.005):
                    return
                self.wfile.write(content[n : n + 1])

        def _reset(self) -> None:
            """Close so that the client is told with RST, and never with an orderly end."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _answer

    return Handler


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
