"""The library's verbs over real services: what a restart keeps, and what the runner removes a day later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.jobs import purge, runner
from seedance_ui.library import Library
from seedance_ui.providers.base import ProviderInfo
from seedance_ui.services import LOCAL_OWNER, Services
from tests.scripted import QuickClock, ScriptedProvider

DELETED = LibraryQuery(deleted=True)


@asynccontextmanager
async def running(database_url: str, data_dir: Path, video: Path, clock: QuickClock) -> AsyncIterator[Services]:
    """Run the services over the same data, again and again."""

    class Finishing(ScriptedProvider):
        info = ProviderInfo(id="scripted", label="Scripted", hint="")

        def __init__(self, setup: Any) -> None:
            super().__init__(setup)
            self.on_poll = self.finish(video)

    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), "DATABASE_URL": database_url})
    services = Services(settings, providers={"scripted": Finishing}, clock=clock)
    services.start()
    try:
        yield services
    finally:
        await asyncio.get_running_loop().run_in_executor(None, services.stop)


async def make_video(services: Services, prompt: str) -> str:
    request = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt=prompt)
    job_id = await services.submit(request, owner=LOCAL_OWNER)
    assert [step async for _, step in services.watch(job_id)][-1]["state"] == "succeeded"
    return job_id


async def test_marks_outlive_a_restart(database_url: str, data_dir: Path, finished_video: Path) -> None:
    clock = QuickClock()
    async with running(database_url, data_dir, finished_video, clock) as services:
        kept, gone = await make_video(services, "kept"), await make_video(services, "gone")
        assert await services.set_favourite(kept, True, owner=LOCAL_OWNER)
        assert await services.delete(gone, owner=LOCAL_OWNER)
    async with running(database_url, data_dir, finished_video, clock) as services:
        [item] = await services.library(LOCAL_OWNER)
        assert (item["job_id"], item["is_favourite"]) == (kept, True)
        assert await services.library_counts(LOCAL_OWNER) == {"found": 1, "videos": 1, "deleted": 1}
        assert await services.library_item(gone, owner="another") is None
        found = await services.library_item(gone, owner=LOCAL_OWNER)
        assert found is not None and (found["is_deleted"], found["is_missing"]) == (True, False)
        assert await services.restore(gone, owner=LOCAL_OWNER)
        assert {item["job_id"] for item in await services.library(LOCAL_OWNER)} == {kept, gone}


async def test_the_runner_removes_the_files_of_what_was_deleted_a_day_ago_and_of_nothing_else(
    database_url: str, data_dir: Path, finished_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = QuickClock()
    async with running(database_url, data_dir, finished_video, clock) as services:
        kept, gone, young = [await make_video(services, prompt) for prompt in ("kept", "gone", "young")]
        await services.delete(gone, owner=LOCAL_OWNER)
        clock.time += timedelta(hours=1)
        await services.delete(young, owner=LOCAL_OWNER)
    clock.time += timedelta(hours=23)
    loop, removed = asyncio.get_running_loop(), asyncio.Event()
    remove = Library.remove

    def remove_and_tell(library: Library, job_id: str) -> None:
        remove(library, job_id)
        loop.call_soon_threadsafe(removed.set)

    monkeypatch.setattr(Library, "remove", remove_and_tell)
    monkeypatch.setattr(runner, "HOUSE_AFTER_S", 0)
    monkeypatch.setattr(purge, "WATCHED_S", 0)
    async with running(database_url, data_dir, finished_video, clock) as services:
        await asyncio.wait_for(removed.wait(), 30)
        assert not await services.restore(gone, owner=LOCAL_OWNER)
        assert [item["job_id"] for item in await services.library(LOCAL_OWNER)] == [kept]
        assert [item["job_id"] for item in await services.library(LOCAL_OWNER, DELETED)] == [young]
        for suffix in (".mp4", ".jpg", "-last.png"):
            assert services.media_path(f"{gone}{suffix}") is None
            assert services.media_path(f"{kept}{suffix}") is not None
            assert services.media_path(f"{young}{suffix}") is not None
        snapshot = await services.snapshot(gone)
        assert snapshot is not None and snapshot["state"] == "succeeded"  # what was paid stays on record
