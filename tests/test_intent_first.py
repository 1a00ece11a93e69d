"""A1: before a byte goes out a committed row exists; where that cannot be written, nothing goes out."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import StoreError
from seedance_ui.jobs import engine as engine_room
from seedance_ui.services import LOCAL_OWNER, Services
from tests.fakes.aimlapi import FakeAimlApi

REQUEST = GenerationRequest(provider="aimlapi", mode=Mode.TEXT, prompt="a lighthouse")


@pytest.fixture
async def fake(data_dir: Path) -> AsyncIterator[FakeAimlApi]:
    with FakeAimlApi() as fake:
        yield fake


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no write wait for another one."""
    monkeypatch.setattr(engine_room, "BUSY_TIMEOUT_S", 0)


@pytest.fixture
async def services(data_dir: Path, fake: FakeAimlApi) -> AsyncIterator[Services]:
    running = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **fake.settings()}))
    running.start()
    yield running
    await asyncio.get_running_loop().run_in_executor(None, running.stop)


async def refused(services: Services, fake: FakeAimlApi, request: GenerationRequest = REQUEST) -> str:
    with pytest.raises(StoreError) as caught:
        await services.submit(request, owner=LOCAL_OWNER)
    assert fake.requests("POST", ".*") == []
    return str(caught.value)


async def test_a_full_disk_at_the_intent_sends_nothing(services: Services, fake: FakeAimlApi) -> None:
    engine = services._store.engine
    with engine.connect() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    event.listen(engine, "begin", lambda db: db.exec_driver_sql(f"PRAGMA max_page_count={pages}"), insert=True)
    large = replace(REQUEST, prompt="a lighthouse " * 300)  # more than the pages that are there have room for
    said = await refused(services, fake, large)
    assert "Nothing was sent, nothing was charged" in said and "full" in said
    assert await services.count_by_state() == {}


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_is_locked_at_the_intent_sends_nothing(
    services: Services, fake: FakeAimlApi, data_dir: Path
) -> None:
    [file] = data_dir.glob("*.sqlite3")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert "Nothing was sent" in await refused(services, fake)
    finally:
        other.close()
    assert await services.count_by_state() == {}
