"""A9: several processes on one database. Each job is sent once, by one of them, also where one was frozen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from seedance_ui.domain.job import ENDED_STATES, Job, JobState, JobUpdate
from seedance_ui.jobs.bell import Bell, wait_at_most
from seedance_ui.jobs.engine import lock_of
from seedance_ui.jobs.runner import LEASE_S, Runner
from seedance_ui.jobs.store import Store
from seedance_ui.jobs.tools import Tools
from seedance_ui.library import Library
from seedance_ui.providers.base import Setup
from tests.scripted import QuickWaits, ScriptedProvider, make_job

ROOT = Path(__file__).parents[2]
JOBS = 50
WITHIN_S = 60
LOOK_AGAIN_S = 0.1


class Replica:
    """What one process has for itself; a bell they share, so that the test hears all of them."""

    def __init__(self, url: str, directory: Path, bell: Bell) -> None:
        self.clock = QuickWaits()
        self.store = Store(url, now=self.clock.now, bell=bell)
        self.provider = ScriptedProvider(Setup(directory / "work"))
        self.provider.jobs_at_once = 3
        self.bell = bell
        self._executor = ThreadPoolExecutor(4)
        tools = Tools(self.store, Library(directory / "library"), self.clock, self._executor)
        self.runner = Runner({"scripted": self.provider}, tools, lock=lock_of(url))

    def add(self, prompt: str) -> str:
        return self.store.add(make_job(prompt), form_token=None).job_id

    async def until(self, job_id: str, *states: JobState) -> Job:
        """Wait until a job is in one of these states, or has ended; what another process commits rings no bell."""
        with self.bell.listen(job_id) as rung:
            while True:
                rung.clear()
                job = self.store.get(job_id)
                assert job is not None
                if job.state in (states or ENDED_STATES):
                    return job
                await wait_at_most(rung, LOOK_AGAIN_S)

    def close(self) -> None:
        self.runner.stop()
        self._executor.shutdown()
        self.store.close()


@pytest.fixture
def replicas(database_url: str, tmp_path: Path) -> Iterator[tuple[Replica, Replica]]:
    bell = Bell()
    both = (Replica(database_url, tmp_path / "one", bell), Replica(database_url, tmp_path / "other", bell))
    yield both
    for replica in both:
        replica.close()


async def test_fifty_jobs_are_each_sent_and_asked_about_by_one(
    replicas: tuple[Replica, Replica], database_url: str
) -> None:
    """A9: on PostgreSQL both work, by their leases; on SQLite the file lock lets one."""
    at_work = 2 if database_url.startswith("postgresql") else 1
    everybody_sends = threading.Barrier(at_work)
    asked: dict[str, list[Replica]] = defaultdict(list)

    def script(replica: Replica) -> None:
        async def meet(_: str) -> None:
            replica.provider.on_submit = None
            await asyncio.to_thread(everybody_sends.wait, WITHIN_S)

        async def poll(job: Job) -> JobUpdate:
            asked[job.job_id].append(replica)
            return (
                JobUpdate("failed", "Declined") if len(asked[job.job_id]) == 3 else JobUpdate("running", "Generating")
            )

        replica.provider.on_submit = meet
        replica.provider.on_poll = poll

    for replica in replicas:
        script(replica)
    job_ids = [replicas[0].add(f"{n}") for n in range(JOBS)]
    for replica in replicas:
        replica.runner.start()
    for job_id in job_ids:
        assert (await replicas[0].until(job_id)).state is JobState.FAILED
    submits = [replica.provider.submits for replica in replicas]
    assert sorted(job_id for of_one in submits for job_id in of_one) == sorted(job_ids)
    assert sum(bool(of_one) for of_one in submits) == at_work
    for job_id, by in asked.items():
        assert len(by) == 3
        assert {id(replica) for replica in by} == {id(replicas[job_id in submits[1]])}


class WorkerProcess:
    """`worker_process.py`, which asks before it does anything."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def asks(self) -> str:
        """Return what it is about to do next."""
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), WITHIN_S)
        return line.decode().strip()

    async def tell(self, what: str) -> None:
        """Let it do what it asked for."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"go {what}\n".encode())
        await self._process.stdin.drain()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def started_worker(url: str, directory: Path, video: Path) -> AsyncIterator[WorkerProcess]:
    """Start a worker, and end it with the test."""
    directory.mkdir()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "tests" / "jobs" / "worker_process.py"),
        str(directory),
        str(video),
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": url},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield WorkerProcess(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@pytest.fixture
def replica(postgresql_url: str, tmp_path: Path, finished_video: Path) -> Iterator[Replica]:
    """Return the process that lives on when the worker is frozen."""
    made = Replica(postgresql_url, tmp_path / "replica", Bell())
    made.provider.on_poll = made.provider.finish(finished_video)
    yield made
    made.close()


async def lose_leases(replica: Replica, worker: WorkerProcess) -> None:
    """Freeze a worker until its leases have run out, and let the other one take its jobs."""
    worker.freeze()
    replica.clock.ahead = timedelta(seconds=LEASE_S + 1)
    replica.runner.start()


async def test_a_late_id_of_a_worker_that_was_frozen_while_sending_is_adopted(
    replica: Replica, postgresql_url: str, tmp_path: Path, finished_video: Path
) -> None:
    """A5, A7, A9: what it had sent is never sent again, and its video is not lost."""
    job_ids = [replica.add(f"{n}") for n in range(3)]
    async with started_worker(postgresql_url, tmp_path / "worker", finished_video) as worker:
        sent = []
        while len(sent) < len(job_ids):
            asked = await worker.asks()
            if asked.startswith("submit"):
                sent.append(asked)
            else:
                await worker.tell(asked)
        assert sorted(sent) == sorted(f"submit {job_id}" for job_id in job_ids)
        await lose_leases(replica, worker)
        for job_id in job_ids:
            left = await replica.until(job_id, JobState.NEEDS_ATTENTION)
            assert left.error is not None and left.error.charged == "unknown"
        for asked in sent:
            await worker.tell(asked)
        replica.clock.ahead = timedelta(0)
        worker.thaw()
        for job_id in job_ids:
            ended = await replica.until(job_id, JobState.SUCCEEDED)
            assert ended.remote_id == f"remote-{job_id}"
    assert replica.provider.submits == []


async def test_a_worker_that_was_frozen_before_sending_does_not_send_any_more(
    replica: Replica, postgresql_url: str, tmp_path: Path, finished_video: Path
) -> None:
    """A9: the other one sent its jobs meanwhile, and the fence keeps it from doing so too."""
    job_ids = [replica.add(f"{n}") for n in range(3)]
    async with started_worker(postgresql_url, tmp_path / "worker", finished_video) as worker:
        uploads = [await worker.asks() for _ in job_ids]
        assert sorted(uploads) == sorted(f"upload {job_id}" for job_id in job_ids)
        await lose_leases(replica, worker)
        for job_id in job_ids:
            assert (await replica.until(job_id)).state is JobState.SUCCEEDED
        assert sorted(replica.provider.submits) == sorted(job_ids)
        replica.clock.ahead = timedelta(0)
        for asked in uploads:
            await worker.tell(asked)
        worker.thaw()
        # Its next question shows that it has done with those: it would have asked for leave to send them first.
        replica.runner.stop()
        last = replica.add("one more")
        assert await worker.asks() == f"upload {last}"
