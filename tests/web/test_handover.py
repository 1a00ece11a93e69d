"""GET /handover/{token}: what a provider fetches from outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from seedance_ui.config import Settings
from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.base import Handles, ProviderInfo, ReportFiles, Setup
from seedance_ui.services import Services
from seedance_ui.web.app import create_app
from tests.samples import video
from tests.scripted import QuickClock, ScriptedProvider

OUTSIDE = "https://playground.example.org"
CONTENT = bytes(range(256)) * 10
REQUEST = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt="a lighthouse")


@dataclass
class Handed:
    """One job whose file was handed over, as its provider sees it."""

    path: Path
    given: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    job_id: str = ""
    link: str = ""

    def provider(self) -> type[ScriptedProvider]:
        handed = self

        class HandsOver(ScriptedProvider):
            info = ProviderInfo(id="scripted", label="Scripted", hint="")

            def __init__(self, setup: Setup) -> None:
                super().__init__(setup)
                self.on_poll = self.wait

            async def upload(self, job: Job, report: ReportFiles) -> Handles:
                assert self.setup.hand_over is not None
                handed.job_id, handed.link = job.job_id, self.setup.hand_over(job.job_id, file)
                handed.given.set()
                return Handles()

            async def wait(self, job: Job) -> JobUpdate:
                await asyncio.get_running_loop().run_in_executor(None, handed.may_end.wait)
                return JobUpdate("cancelled", "Cancelled")

        file = replace(video(), path=self.path)
        return HandsOver


@pytest.fixture
def handed(tmp_path: Path) -> Handed:
    path = tmp_path / "clip.mp4"
    path.write_bytes(CONTENT)
    return Handed(path)


@pytest.fixture
def site(data_dir: Path, handed: Handed) -> Iterator[TestClient]:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), "SEEDANCE_PUBLIC_URL": OUTSIDE})
    services = Services(settings, providers={"scripted": handed.provider()}, clock=QuickClock())
    with TestClient(create_app(services), base_url=OUTSIDE) as client:
        assert client.portal is not None
        client.portal.call(lambda: services.submit(REQUEST, owner="local"))
        assert handed.given.wait(30)
        yield client
        handed.may_end.set()


def test_handover_gives_the_file_whole_and_in_ranges(site: TestClient, handed: Handed) -> None:
    assert handed.link.startswith(f"{OUTSIDE}/handover/")
    whole = site.get(handed.link)
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == "no-store"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = site.get(handed.link, headers={"Range": "bytes=256-511"})
    assert (part.status_code, part.content) == (206, CONTENT[256:512])
    head = site.head(handed.link)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(CONTENT)), b"")


@pytest.mark.parametrize("token", ["0" * 32, "0" * 31, "A" * 32, "..%2F..%2Fetc%2Fpasswd", "clip.mp4"])
def test_handover_of_anything_else_is_the_same_404(site: TestClient, token: str) -> None:
    answer = site.get(f"/handover/{token}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_handover_is_no_second_name_of_a_job(site: TestClient, handed: Handed) -> None:
    assert site.get(f"/handover/{handed.job_id}").status_code == 404


def test_handover_ends_with_its_job(site: TestClient, handed: Handed) -> None:
    handed.may_end.set()
    assert '"state": "cancelled"' in site.get(f"/api/jobs/{handed.job_id}/events").text
    assert site.get(handed.link).status_code == 404


def test_handover_needs_an_address_from_outside(data_dir: Path) -> None:
    made: list[Any] = []

    class Looks(ScriptedProvider):
        def __init__(self, setup: Setup) -> None:
            super().__init__(setup)
            made.append(setup.hand_over)

    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}), providers={"scripted": Looks})
    with TestClient(create_app(services), base_url="http://127.0.0.1:7860") as client:
        assert client.get(f"/handover/{'0' * 32}").status_code == 404
    assert made == [None]
