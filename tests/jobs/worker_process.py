"""A runner in a process of its own, so that it can be frozen: its provider tells the test what it is about to do.

It writes one line for each request, `<what> <job_id>`, and answers when the test has written `go` and the same.
Started with the data directory, the finished video, and DATABASE_URL in the environment; it ends with its input.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from seedance_ui.domain.job import Job
from seedance_ui.jobs.bell import Bell
from seedance_ui.jobs.clock import SystemClock
from seedance_ui.jobs.runner import Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.library import Library
from seedance_ui.providers.base import Handles, ReportFiles, Setup, Submitted
from tests.scripted import ScriptedProvider


class AskingProvider(ScriptedProvider):
    """Does each upload and each submit when it is told to."""

    def __init__(self, setup: Setup, video: Path) -> None:
        super().__init__(setup)
        self.on_poll = self.finish(video)
        self.jobs_at_once = 3
        self._told: dict[str, threading.Event] = defaultdict(threading.Event)

    async def upload(self, job: Job, report: ReportFiles) -> Handles:
        await self._ask(f"upload {job.job_id}")
        return await super().upload(job, report)

    async def submit(self, job: Job, handles: Handles) -> Submitted:
        await self._ask(f"submit {job.job_id}")
        return await super().submit(job, handles)

    async def _ask(self, what: str) -> None:
        sys.stdout.write(f"{what}\n")
        sys.stdout.flush()
        await asyncio.to_thread(self._told[what].wait)

    def tell(self, what: str) -> None:
        """Let what was asked for go on."""
        self._told[what].set()


def main(data_dir: Path, video: Path) -> None:
    """Walk jobs until the input ends."""
    clock = SystemClock()
    store = Store(os.environ["DATABASE_URL"], now=clock.now, bell=Bell())
    provider = AskingProvider(Setup(data_dir / "work"), video)
    with ThreadPoolExecutor(4) as executor:
        tools = Tools(store, Library(data_dir / "library"), clock, executor)
        runner = Runner({provider.info.id: provider}, tools, lock=None)
        runner.start()
        for line in sys.stdin:
            provider.tell(line.strip().removeprefix("go "))
        runner.stop()
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
