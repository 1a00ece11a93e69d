"""Imports that are cut short by a kill, a stop of the server, or a connection that stands still: whole, or nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from seedance_ui.config import Settings
from seedance_ui.errors import MediaError
from seedance_ui.jobs import importing
from seedance_ui.jobs.store import Store
from seedance_ui.services import LOCAL_OWNER, Services
from tests.shared_runs import bring_in, zip_run


async def test_an_import_that_stands_still_ends_and_lets_the_next_one_in(
    tmp_path: Path, finished_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B12: one at a time."""
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path)}))
    packed = zip_run({"video.mp4": finished_video.read_bytes()})
    stalled, never = asyncio.Event(), asyncio.Event()

    async def standing_still() -> AsyncIterator[bytes]:
        yield packed[:1000]
        stalled.set()
        await never.wait()

    monkeypatch.setattr(importing, "STALL_S", 1.0)
    first = asyncio.ensure_future(services.import_run(standing_still(), len(packed)))
    await asyncio.wait_for(stalled.wait(), 30)
    second = asyncio.ensure_future(bring_in(services, packed))
    with pytest.raises(MediaError, match="Not all of the file came"):
        await first
    assert (await second).outcome == "imported"
    assert list((tmp_path / "imports").iterdir()) == []
    services.stop()


async def test_a_kill_at_any_moment_of_the_writing_leaves_nothing_half(
    tmp_path: Path, finished_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4: a copy of the disk before each rename and before the row is what a kill there would leave."""
    packed = zip_run({"video.mp4": finished_video.read_bytes()})
    data_dir, images = tmp_path / "data", []

    def keep_image() -> None:
        images.append(shutil.copytree(data_dir, tmp_path / f"killed-{len(images)}"))

    def rename(source: Any, target: Any, *, real: Any = os.replace) -> None:
        keep_image()
        real(source, target)

    def add(store: Store, job: Any, *, real: Any = Store.add_imported) -> bool:
        keep_image()
        return bool(real(store, job))

    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}))
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", rename)
        patch.setattr(Store, "add_imported", add)
        job_id = (await bring_in(services, packed)).job_id
    services.stop()
    assert len(images) == 4
    assert (images[-1] / "library" / f"{job_id}.mp4").exists()

    for image in images:
        services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(image)}))
        services._imports.sweep()
        assert await services.library(LOCAL_OWNER) == []
        assert not list((image / "library").iterdir()) and not list((image / "imports").iterdir())
        services.stop()


async def test_an_import_that_is_cancelled_while_it_is_written_is_whole(
    tmp_path: Path, finished_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is stopped cancels the request, not the thread that writes."""
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path)}))
    loop, writes, may_go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def add(store: Store, job: Any, *, real: Any = Store.add_imported) -> bool:
        loop.call_soon_threadsafe(writes.set)
        assert may_go_on.wait(30)
        return bool(real(store, job))

    monkeypatch.setattr(Store, "add_imported", add)
    running = asyncio.ensure_future(bring_in(services, zip_run({"video.mp4": finished_video.read_bytes()})))
    await asyncio.wait_for(writes.wait(), 60)
    running.cancel()
    loop.call_soon(may_go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await running
    [item] = await services.library(LOCAL_OWNER)
    assert not item["is_missing"]
    assert list((tmp_path / "imports").iterdir()) == []
    services.stop()


async def test_a_kill_after_the_row_leaves_a_whole_run(tmp_path: Path, finished_video: Path) -> None:
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path)}))
    job_id = (await bring_in(services, zip_run({"video.mp4": finished_video.read_bytes()}))).job_id
    folder = tmp_path / "imports" / job_id
    folder.mkdir()
    (tmp_path / "imports" / f"{job_id}.lock").touch()
    services._imports.sweep()
    assert services.media_path(f"{job_id}.mp4") is not None
    assert not folder.exists()
    services.stop()
