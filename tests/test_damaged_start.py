"""B13, B17: what the app still does on a damaged database, and on a disk that was emptied."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.variable import key
from seedance_ui.errors import ReadOnlyError, StoreError
from seedance_ui.jobs import runner as runner_room
from seedance_ui.providers.base import ProviderInfo, Setup
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.web.app import create_app
from tests.scripted import QuickClock, ScriptedProvider

REQUEST = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt="a lighthouse")
ENV = {"AIMLAPI_KEY": "a-key"}
Start = Callable[..., Any]


class Paid(ScriptedProvider):
    """Takes money; a test puts a video in."""

    info = ProviderInfo(id="scripted", label="Scripted", hint="", variables=(key("AIMLAPI_KEY", "A key."),))
    video: Path
    made: list[Paid] = []

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.on_poll = self.finish(self.video)
        self.made.append(self)


@pytest.fixture
def make(data_dir: Path, finished_video: Path) -> Callable[..., Services]:
    """Return a way to make services on the same data, again and again."""

    class Finishing(Paid):
        video = finished_video
        made: list[Paid] = []

    def services(env: dict[str, str] | None = None) -> Services:
        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **ENV, **(env or {})})
        return Services(settings, providers={"scripted": Finishing}, clock=QuickClock())

    return services


@pytest.fixture
def start(make: Callable[..., Services]) -> Start:
    """Return a way to run them."""

    @asynccontextmanager
    async def run(env: dict[str, str] | None = None) -> AsyncIterator[Services]:
        services = make(env)
        services.start()
        try:
            yield services
        finally:
            await asyncio.get_running_loop().run_in_executor(None, services.stop)

    return run


async def finished_job(services: Services, prompt: str = "a lighthouse") -> str:
    """Make a video and return its job's id."""
    job_id = await services.submit(replace(REQUEST, prompt=prompt), owner=LOCAL_OWNER)
    states = [snapshot["state"] async for _, snapshot in services.watch(job_id)]
    assert states[-1] == "succeeded"
    return job_id


def damage(data_dir: Path) -> bytes:
    """Flip every byte of one page of the database that holds no job, and return it as it is then."""
    path = data_dir / "seedance.sqlite3"
    content = bytearray(path.read_bytes())
    index = next(at for at in range(4096, len(content), 4096) if content[at] == 10)
    content[index : index + 4096] = bytes(byte ^ 0xFF for byte in content[index : index + 4096])
    path.write_bytes(content)
    return bytes(content)


def providers_of(services: Services) -> list[Paid]:
    return [provider for provider in services._providers.values() if isinstance(provider, Paid)]


async def test_a_damaged_database_is_shown_and_spends_nothing(start: Start, data_dir: Path) -> None:
    """B13: videos play; every verb that would write or spend is refused in words; the file stays as it is."""
    async with start() as services:
        job_id = await finished_job(services)
        assert services.trouble is None
    damaged = damage(data_dir)
    async with start() as services:
        assert services.is_read_only
        assert not services.is_running
        assert [item["job_id"] for item in await services.library(LOCAL_OWNER)] == [job_id]
        assert services.media_path(f"{job_id}.mp4")
        refusals = (
            services.submit(REQUEST, owner=LOCAL_OWNER, form_token="t"),
            services.submit_batch(REQUEST, 3, owner=LOCAL_OWNER),
            services.cancel(job_id),
            services.close(job_id),
            services.take_in(data_dir / "library" / f"{job_id}.mp4", "clip.mp4"),
        )
        for refusal in refusals:
            with pytest.raises(ReadOnlyError, match=r"Nothing was sent|nothing is sent, nothing is charged"):
                await refusal
        for question in (services.quote(REQUEST), services.check_key("scripted")):
            with pytest.raises(StoreError, match="Nothing was sent"):
                await question
        assert [provider.submits for provider in providers_of(services)] == [[]]
        assert services.trouble is not None
        assert "There is no backup yet" in services.trouble
    assert (data_dir / "seedance.sqlite3").read_bytes() == damaged


async def test_the_refusal_names_the_newest_backup_and_the_way_back(
    start: Start, data_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """B13: the runner makes the backup; done as the words say, the app starts as ever."""
    backed_up = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Hear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "was backed up to" in record.getMessage():
                loop.call_soon_threadsafe(backed_up.set)

    async with start() as services:
        job_id = await finished_job(services)
    monkeypatch.setattr(runner_room, "HOUSE_AFTER_S", 0)
    log, hear = logging.getLogger("seedance_ui.jobs.backup"), Hear()
    log.addHandler(hear)
    try:
        with caplog.at_level(logging.INFO, log.name):
            async with start():
                await asyncio.wait_for(backed_up.wait(), 30)
    finally:
        log.removeHandler(hear)
    damage(data_dir)
    backup = data_dir / "backups" / "jobs-2026-01-01.sqlite3"
    async with start() as services:
        with pytest.raises(ReadOnlyError) as refused:
            await services.submit(REQUEST, owner=LOCAL_OWNER)
        assert f"newest backup is {str(backup)!r}" in str(refused.value)
        assert "stop the app, move" in str(refused.value)
    for path in data_dir.glob("seedance.sqlite3*"):
        path.rename(data_dir / f"old-{path.name}")
    shutil.copyfile(backup, data_dir / "seedance.sqlite3")
    async with start() as services:
        assert services.trouble is None
        assert [item["job_id"] for item in await services.library(LOCAL_OWNER)] == [job_id]
        assert await services.submit(REQUEST, owner=LOCAL_OWNER)


async def test_strangers_learn_no_path(start: Start, data_dir: Path) -> None:
    """D5."""
    async with start() as services:
        await finished_job(services)
    damage(data_dir)
    async with start({"SEEDANCE_PUBLIC": "on"}) as services:
        assert services.trouble is not None
        assert str(data_dir) not in services.trouble
        assert "nothing is charged" in services.trouble


def test_the_routes_of_a_damaged_start(make: Callable[..., Services], data_dir: Path) -> None:
    """B13: health says it with 503, a video plays, a wish is refused in words."""
    services = make()

    async def one() -> str:
        services.start()
        try:
            return await finished_job(services)
        finally:
            await asyncio.get_running_loop().run_in_executor(None, services.stop)

    job_id = asyncio.run(one())
    damage(data_dir)
    with TestClient(create_app(make()), base_url="http://127.0.0.1") as client:
        health = client.get("/healthz")
        assert (health.status_code, health.json()["status"]) == (503, "read_only")
        assert health.json()["jobs"] == {"succeeded": 1}
        assert client.get(f"/media/{job_id}.mp4").status_code == 200
        assert client.get(f"/api/jobs/{job_id}").json()["state"] == "succeeded"
        refused = client.post(f"/api/jobs/{job_id}/cancel", headers={"Origin": "http://127.0.0.1"})
        assert refused.status_code == 409
        assert "Nothing was sent" in refused.json()["detail"]


async def test_a_newer_database_is_not_damaged(start: Start, data_dir: Path, make: Callable[..., Services]) -> None:
    """It is refused as ever, and stays usable for the app that made it."""
    async with start() as services:
        await finished_job(services)
        with services._store.engine.begin() as db:
            db.exec_driver_sql("UPDATE about SET schema_version = 99")
    with pytest.raises(StoreError, match="has version 99"):
        make()
    assert not list(data_dir.glob("*damaged*"))


async def test_a_video_that_was_deleted_breaks_nothing(start: Start, data_dir: Path) -> None:
    """B16: by hand, with or without what belongs to it."""
    async with start() as services:
        job_id = await finished_job(services)
        (data_dir / "library" / f"{job_id}.mp4").unlink()
        assert not services._library.has_video(job_id)
        assert services.media_path(f"{job_id}.mp4") is None
        assert services.media_path(f"{job_id}.jpg") is not None
        for path in (data_dir / "library").glob(f"{job_id}*"):
            path.unlink()
        assert services.media_path(f"{job_id}.jpg") is None
    async with start() as services:
        [item] = await services.library(LOCAL_OWNER)
        assert (item["job_id"], item["is_missing"]) == (job_id, True)
        another = await finished_job(services, "another")
        assert services._library.has_video(another)
        assert await services.count_by_state() == {"succeeded": 2}


async def test_an_emptied_disk_does_not_hide_that_jobs_existed(start: Start, data_dir: Path, tmp_path: Path) -> None:
    """B17: the list is in a database elsewhere, the videos are gone with the disk."""
    space = {
        "SPACE_ID": "anna/films",
        "SEEDANCE_PUBLIC": "off",
        "DATABASE_URL": f"sqlite:///{tmp_path}/elsewhere.sqlite3",
    }
    async with start(space) as services:
        job_id = await finished_job(services)
        assert not services.keeps_files
        assert services.trouble is not None
        assert "Download what you want to keep" in services.trouble
    shutil.rmtree(data_dir)
    async with start(space) as services:
        [item] = await services.library(LOCAL_OWNER)
        assert (item["job_id"], item["is_missing"]) == (job_id, True)
    async with start() as services:
        assert services.keeps_files
        assert services.trouble is None
