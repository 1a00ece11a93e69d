"""B1: whoever comes back sees the present state at once; nobody's coming and going touches the job."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import uvicorn

from seedance_ui.config import Settings
from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.base import ProviderInfo
from seedance_ui.services import Services
from seedance_ui.web.app import create_app
from seedance_ui.web.server import listen
from tests.scripted import QuickClock, ScriptedProvider

WITHIN_S = 30
"""A stream that does not answer by then never will; what comes is there at once."""


class StepProvider(ScriptedProvider):
    """Works on a job only as far as the test lets it."""

    info = ProviderInfo(id="scripted", label="Scripted", hint="")
    video: Path
    steps: threading.Semaphore

    async def poll(self, job: Job) -> JobUpdate:
        await asyncio.to_thread(self.steps.acquire)
        progress = (job.progress or 0.0) + 0.25
        return await self.finish(self.video)(job) if progress > 0.9 else JobUpdate("running", "Generating", progress)


class Visit:
    """One stream of one job, as a browser holds it."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer = answer

    def next(self) -> tuple[int, dict[str, Any]]:
        """Return the next event, without waiting for the end of the stream."""
        seq = None
        for line in self._answer:
            name, _, value = line.decode().strip().partition(": ")
            if name == "id":
                seq = int(value)
            elif name == "data" and seq is not None:
                return seq, json.loads(value)
        raise AssertionError("the stream has ended")

    def until(self, is_it: Callable[[dict[str, Any]], bool]) -> tuple[int, dict[str, Any]]:
        while True:
            seq, snapshot = self.next()
            if is_it(snapshot):
                return seq, snapshot


class Site:
    """The application on a real socket."""

    def __init__(self, services: Services, url: str, steps: threading.Semaphore) -> None:
        self.services = services
        self.url = url
        self.steps = steps
        """Released once for each answer that the provider may give."""

    def submit(self) -> str:
        request = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt="a lighthouse")
        return asyncio.run(self.services.submit(request, owner="local"))

    def ask(self, path: str, **headers: str) -> HTTPResponse:
        return urlopen(Request(self.url + path, headers=headers), timeout=WITHIN_S)

    @contextmanager
    def visit(self, job_id: str, **headers: str) -> Iterator[Visit]:
        with self.ask(f"/api/jobs/{job_id}/events", **headers) as answer:
            yield Visit(answer)


@pytest.fixture
def site(data_dir: Path, finished_video: Path) -> Iterator[Site]:
    class Steps(StepProvider):
        video = finished_video
        steps = threading.Semaphore(0)

    services = Services(
        Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}), providers={"scripted": Steps}, clock=QuickClock()
    )
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(services), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        made = Site(services, f"http://127.0.0.1:{listener.getsockname()[1]}", Steps.steps)
        try:
            made.ask("/healthz").close()  # answered once everything runs
            yield made
        finally:
            server.should_exit = True
            Steps.steps.release(10)  # no thread may be left waiting
            thread.join()


def test_a_stream_that_was_cut_goes_on_with_what_was_missed(site: Site) -> None:
    """The tab is closed while the provider works; the job does not notice, and the next visit misses nothing."""
    job_id = site.submit()
    with site.visit(job_id) as visit:
        site.steps.release()
        seen, _ = visit.until(lambda snapshot: snapshot["progress"] == 0.25)
    site.steps.release()  # nobody looks
    with site.visit(job_id, **{"Last-Event-ID": str(seen)}) as visit:
        seq, snapshot = visit.next()
        assert (seq, snapshot["progress"]) == (seen + 1, 0.5)
        site.steps.release(2)
        _, snapshot = visit.until(lambda snapshot: snapshot["state"] == "succeeded")
    with site.ask(snapshot["video_url"]) as video:
        assert len(video.read()) > 10_000


def test_a_visit_shows_the_present_state_before_anything_new_happens(site: Site) -> None:
    """The provider is silent all the while: what a reload shows comes from the table, not from the next event."""
    job_id = site.submit()
    with site.visit(job_id) as visit:
        visit.until(lambda snapshot: snapshot["state"] == "running")
    for _ in range(2):
        with site.ask(f"/api/jobs/{job_id}") as answer:
            assert json.load(answer)["state"] == "running"
        with site.visit(job_id) as visit:
            visit.until(lambda snapshot: snapshot["state"] == "running")


def test_a_stream_tells_the_browser_to_be_back_within_two_seconds(site: Site) -> None:
    job_id = site.submit()
    with site.ask(f"/api/jobs/{job_id}/events") as answer:
        head = [answer.readline() for _ in range(8)]
    assert b"retry: 2000\n" in [line.replace(b"\r", b"") for line in head]
