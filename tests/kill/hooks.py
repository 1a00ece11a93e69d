"""Put the points in from outside: around commits, HTTP exchanges, renames and flushes of the process under test."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, event

from seedance_ui.jobs import reader
from tests.kill.points import Points

_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE)\s+(\w+)", re.IGNORECASE)
_NOTES = "points_notes"
"""Where a connection keeps what its transaction wrote so far."""


def watch_everything(points: Points, data_dir: Path) -> None:
    """Put every point in; before the services are made."""
    watch_commits(points)
    watch_exchanges(points)
    watch_files(points, data_dir / "library")


# -- commits ---------------------------------------------------------------------------------------


def watch_commits(points: Points) -> None:
    """Reach a point before and after every commit of a store's engine that wrote something."""
    open_engine = reader.open_engine

    def open_watched(url: str) -> Engine:
        engine = open_engine(url)
        event.listen(engine, "begin", _forget)
        event.listen(engine, "before_cursor_execute", _note)
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            notes = connection.info.pop(_NOTES, None)
            if not notes:
                commit(connection)
                return
            what = _name_of(notes)
            points.reach(f"before commit {what}")
            commit(connection)
            points.reach(f"after commit {what}")

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
        return engine

    reader.open_engine = open_watched  # type: ignore[attr-defined]


def _forget(connection: Connection) -> None:
    connection.info[_NOTES] = []


def _note(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    if found := _WRITES.match(statement):
        values = context.compiled_parameters[0] if context is not None and context.compiled_parameters else {}
        connection.info.setdefault(_NOTES, []).append(_describe(found, statement, values))


def _describe(found: re.Match[str], statement: str, values: dict[str, Any]) -> str:
    """Name one write: a job's event by its state, which is what the commit is about."""
    verb, table = found[1].split()[0].lower(), found[2].lower()
    if (verb, table) == ("insert", "job_events"):
        return f"event {values.get('state')}"
    changed = statement.partition("WHERE")[0]
    if (verb, table) == ("update", "jobs") and "lease_until" in changed:
        return "claim" if "epoch" in changed else "renewal" if "worker" not in changed else "freed leases"
    return f"{verb} {table}"


def _name_of(notes: list[str]) -> str:
    events = [note.removeprefix("event ") for note in notes if note.startswith("event ")]
    if events:
        return events[-1]
    return "tables" if notes[-1].startswith("create") else notes[-1]


# -- HTTP ------------------------------------------------------------------------------------------


def watch_exchanges(points: Points) -> None:
    """Reach a point before a request, at the head of its answer, within a video, and when the body has ended.

    What a question is answered comes as a whole: its head is no moment of its own.
    """
    handle = httpx.AsyncHTTPTransport.handle_async_request

    async def handle_watched(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        label = _label(request)
        points.reach(f"before {label}")
        response = await handle(transport, request)
        half_bytes = _half_bytes(response)
        if request.method != "GET" or half_bytes:
            points.reach(f"answered {label}")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Watched(response.stream, points, label, half_bytes)
        return response

    httpx.AsyncHTTPTransport.handle_async_request = handle_watched  # type: ignore[method-assign]


class _Watched(httpx.AsyncByteStream):
    """A body whose reader passes points; those within it are reached once the reader has dealt with what came."""

    def __init__(self, body: httpx.AsyncByteStream, points: Points, label: str, half_bytes: int) -> None:
        self._body = body
        self._points = points
        self._label = label
        self._half_bytes = half_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        came, is_half = 0, False
        async for chunk in self._body:
            yield chunk
            if self._half_bytes and not came:
                self._points.reach(f"first bytes of {self._label}")
            came += len(chunk)
            if self._half_bytes and not is_half and came >= self._half_bytes:
                is_half = True
                self._points.reach(f"half of {self._label}")
        self._points.reach(f"read {self._label}")

    async def aclose(self) -> None:
        await self._body.aclose()


def _label(request: httpx.Request) -> str:
    """Name an exchange without its ids: "POST /v2/video/generations"; a download's path is its target."""
    target = request.extensions.get("target")
    path, _, query = (target.decode() if target else request.url.raw_path.decode()).partition("?")
    segments = ["*" if len(one) > 3 and re.search(r"\d", one) else one for one in path.split("/")]
    return f"{request.method} {'/'.join(segments)}{' (dry run)' if 'dryRun=true' in query else ''}"


def _half_bytes(response: httpx.Response) -> int:
    """Return half the size of a video; 0 for any other body."""
    is_video = response.headers.get("content-type", "").startswith("video/")
    return int(response.headers.get("content-length", 0)) // 2 if is_video else 0


# -- files -----------------------------------------------------------------------------------------


def watch_files(points: Points, library: Path) -> None:
    """Reach a point before and after every rename into the library, and every flush of it or of a file in it."""
    replace, fsync = os.replace, os.fsync

    def replace_watched(source: Any, target: Any, **more: Any) -> None:
        if Path(target).parent != library:
            replace(source, target, **more)
            return
        points.reach(f"before rename to {Path(target).suffix}")
        replace(source, target, **more)
        points.reach(f"after rename to {Path(target).suffix}")

    def fsync_watched(descriptor: int) -> None:
        what = _what_is(descriptor, library)
        if what is None:
            fsync(descriptor)
            return
        points.reach(f"before fsync of {what}")
        fsync(descriptor)
        points.reach(f"after fsync of {what}")

    os.replace, os.fsync = replace_watched, fsync_watched


def _what_is(descriptor: int, library: Path) -> str | None:
    """Tell a file of the library from the folder itself; None for what is neither."""
    opened = os.fstat(descriptor)
    if os.path.samestat(opened, library.stat()):
        return "the folder"
    is_in_it = any(os.path.samestat(opened, path.stat()) for path in library.iterdir())
    return "a file" if is_in_it else None
