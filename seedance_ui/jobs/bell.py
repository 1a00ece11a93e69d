"""Tells waiting streams, in whatever thread and loop they run, that a job has a new event."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator


class Bell:
    """One for the whole process. It is rung after a commit, never before: a listener then reads the table."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)

    def ring(self, job_id: str) -> None:
        """Wake everybody who listens to this job; callable from any thread."""
        with self._lock:
            listeners = tuple(self._listeners.get(job_id, ()))
        for loop, event in listeners:
            with contextlib.suppress(RuntimeError):  # that loop was closed: nobody listens there any more
                loop.call_soon_threadsafe(event.set)

    @contextlib.contextmanager
    def listen(self, job_id: str) -> Iterator[asyncio.Event]:
        """Give an event of the running loop that is set whenever this job's bell rings."""
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._listeners[job_id].add(listener)
        try:
            yield listener[1]
        finally:
            with self._lock:
                self._listeners[job_id].discard(listener)
                if not self._listeners[job_id]:
                    del self._listeners[job_id]


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Wait until an event is set, or until the time is over."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
