"""Named points on the way of a paid job, counted and recorded in the process under test, which may die at one.

A name is a moment and how often it came so far: "before commit submitting #1". The same run has the same names, so
that a run that recorded them tells where the next ones can be killed.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path


class Points:
    """Where this process is; one for the whole process, callable from any thread."""

    def __init__(
        self,
        record: Path,
        *,
        kill_at: str | None = None,
        hold_at: str | None = None,
        on_hold: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin to record.

        Args:
            record: Every name is a line of this file as soon as the point is reached.
            kill_at: The point at which this process kills itself.
            hold_at: The point at which `on_hold` is called.
            on_hold: Returns when the process may go on; whatever reached the point waits for it.
        """
        self._file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._kill_at = kill_at
        self._hold_at = hold_at
        self._on_hold = on_hold
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reach(self, moment: str) -> None:
        """Record a point, and die or wait there where that was ordered."""
        with self._lock:
            self._counts[moment] += 1
            name = f"{moment} #{self._counts[moment]}"
            os.write(self._file, f"{name}\n".encode())
        if name == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if name == self._hold_at:
            self._on_hold()


def read_points(record: Path) -> list[str]:
    """Return the names that a process recorded, in their order."""
    return record.read_text().splitlines() if record.exists() else []
