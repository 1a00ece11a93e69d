"""The server's side of the widgets' contract, played by a test: jobs, their streams, and what reached Python."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from fastapi.responses import JSONResponse
from sse_starlette import ServerSentEvent

from seedance_ui.domain.job import ENDED_STATES
from seedance_ui.ui.widgets.html_widget import UploadedFile

FIRST_SNAPSHOT: dict[str, Any] = {
    "state": "queued", "phase": "waiting", "provider": "aimlapi", "mode": "text",
    "created_at": "2026-11-20T14:02:00Z", "elapsed_s": 0.0, "queued_s": 0.0, "eta_s": None, "progress": None,
    "message": "Queued", "cost": {"amount": 2.52, "unit": "USD", "kind": "estimate"}, "error": None,
    "video_url": None, "poster_url": None, "remote_id": None,
}  # fmt: skip


class FakeServer:
    """The server's side of the contract: jobs whose events a test appends, media, uploads that can be refused."""

    def __init__(self, media: Path) -> None:
        self.media = media
        self.url = ""
        self.uploads = ""
        """Gradio's upload folder."""
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        self.streams_opened = 0
        self.stream_status: int | None = None
        """Answer to a stream instead of events."""
        self.upload_status: int | None = None
        """Answer to an upload instead of taking it."""
        self.cancelled: list[str] = []
        self.answers: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        """Verb of a way on to its next answers: 202 with what changes in the job, else the status and its body."""
        self.asked: list[tuple[str, str, Any]] = []
        """Ways on that were taken: (job_id, verb, body)."""
        self.asked_about: list[list[str]] = []
        """The ids of each question about several jobs."""
        self.heard: list[tuple[str, Any]] = []
        """Events that reached Python: (name, data)."""
        self._heard_changed = threading.Condition()
        self._wakers: set[asyncio.Event] = set()
        self.loop: asyncio.AbstractEventLoop | None = None

    def push(self, job_id: str, **changes: Any) -> dict[str, Any]:
        """Append an event to a job; what is not given stays as it was."""
        before = self.jobs.get(job_id, [])
        snapshot = {**(before[-1] if before else FIRST_SNAPSHOT), "job_id": job_id, **changes}
        self.jobs[job_id] = [*before, snapshot]
        self.wake()
        return snapshot

    def wake(self) -> None:
        """Let the open streams look again."""
        if self.loop:
            self.loop.call_soon_threadsafe(lambda: [waker.set() for waker in self._wakers])

    def answer(self, job_id: str, verb: str, body: Any) -> JSONResponse:
        """Answer a way on by script; without one the job stays as it is."""
        self.asked.append((job_id, verb, body))
        scripted = self.answers.get(verb)
        status, changes = scripted.pop(0) if scripted else (202, {})
        if status != 202:
            return JSONResponse(changes, status_code=status)
        return JSONResponse(self.push(job_id, **changes) if changes else self.jobs[job_id][-1], status_code=202)

    def hear(self, name: str, data: Any) -> None:
        """Note an event that reached Python."""
        with self._heard_changed:
            self.heard.append((name, data))
            self._heard_changed.notify_all()

    def wait_for(self, name: str, accept: Callable[[Any], bool] = lambda data: True) -> Any:
        """Return the data of the first event of this name that is accepted; Gradio may merge quick ones."""
        with self._heard_changed:
            found = self._heard_changed.wait_for(lambda: [*filter(accept, self.all_heard(name))], timeout=15)
        assert found, self.heard
        return found[0]

    def wait_for_names(self, names: list[str]) -> list[UploadedFile]:
        """Return the tray's files once they have these names, in this order."""
        return self.wait_for("tray", lambda files: [file.name for file in files] == names)

    def all_heard(self, name: str) -> list[Any]:
        """Return the data of all events of this name."""
        return [data for heard, data in self.heard if heard == name]

    async def stream(self, job_id: str, last_seq: int) -> AsyncIterator[ServerSentEvent]:
        """Yield the events behind `last_seq`, and new ones as they come, until the job has ended."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            while self.stream_status is None and job_id in self.jobs:
                waker.clear()
                told = self.jobs[job_id]  # a test's push makes a new list
                for seq, snapshot in enumerate(told[last_seq:], last_seq + 1):
                    yield ServerSentEvent(json.dumps(snapshot), event="job", id=str(seq), retry=100)
                    last_seq = seq
                if told[-1]["state"] in ENDED_STATES:
                    return
                await waker.wait()
        finally:
            self._wakers.discard(waker)
