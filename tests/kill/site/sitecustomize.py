"""Puts the points into `python app.py`: Python imports this file by itself where its folder is on PYTHONPATH.

The process kills itself at the moment that the file named by `KILL_AT` holds, as soon as it holds one.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from seedance_ui.jobs.clock import SystemClock
from tests import without_stubs
from tests.kill.hooks import watch_everything
from tests.kill.points import Points

without_stubs.install()


class ArmedPoints(Points):
    """Points of which one can be armed while the process runs."""

    def reach(self, moment: str) -> None:
        super().reach(moment)
        armed = Path(os.environ["KILL_AT"])
        if armed.exists() and armed.read_text() == moment:
            os.kill(os.getpid(), signal.SIGKILL)


async def _sleep_briefly(clock: SystemClock, seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.01))


SystemClock.sleep = _sleep_briefly  # type: ignore[method-assign]
watch_everything(ArmedPoints(Path(os.environ["KILL_RECORD"])), Path(os.environ["SEEDANCE_DATA_DIR"]))
