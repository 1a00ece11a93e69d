"""Several replicas: services that share a PostgreSQL database and a data directory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.providers.base import ProviderInfo, Setup
from seedance_ui.services import LOCAL_OWNER, Services
from tests.scripted import QuickWaits, ScriptedProvider

REQUEST = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt="a lighthouse")


@pytest.fixture
def replicas(postgresql_url: str, data_dir: Path, finished_video: Path) -> Iterator[tuple[Services, Services]]:
    """Return two processes' services, both at work."""

    class Finishing(ScriptedProvider):
        info = ProviderInfo(id="scripted", label="Scripted", hint="")

        def __init__(self, setup: Setup) -> None:
            super().__init__(setup)
            self.on_poll = self.finish(finished_video)

    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), "DATABASE_URL": postgresql_url})
    both = tuple(Services(settings, providers={"scripted": Finishing}, clock=QuickWaits()) for _ in range(2))
    for services in both:
        services.start()
    yield both
    for services in both:
        services.stop()


async def last_seen(services: Services, job_id: str) -> str:
    """Watch a job to its end, and return its state then."""
    return [snapshot["state"] async for _, snapshot in services.watch(job_id)][-1]


async def test_a_job_of_one_replica_is_seen_and_served_by_all(replicas: tuple[Services, Services]) -> None:
    """A9, B1: whichever replica walks it, and whichever one the page comes back to."""
    clicks = [
        services.submit(replace(REQUEST, seed=seed), owner=LOCAL_OWNER) for seed, services in enumerate(replicas * 4)
    ]
    job_ids = await asyncio.gather(*clicks)
    for services in replicas:
        seen = await asyncio.gather(*(last_seen(services, job_id) for job_id in job_ids))
        assert set(seen) == {"succeeded"}
        listed = {item["job_id"] for item in await services.library(LOCAL_OWNER)}
        assert listed == set(job_ids)
        for job_id in job_ids:
            video = services.media_path(f"{job_id}.mp4")
            assert video is not None and video.stat().st_size > 10_000
    assert sorted(job_id for services in replicas for job_id in services._providers["scripted"].submits) == sorted(
        job_ids
    )


async def test_a_form_that_reaches_both_replicas_makes_one_job(replicas: tuple[Services, Services]) -> None:
    """A6: a retry may come to another process than the click."""
    clicks = [services.submit(REQUEST, owner=LOCAL_OWNER, form_token="t") for services in replicas * 10]
    job_ids = set(await asyncio.gather(*clicks))
    assert len(job_ids) == 1
    assert await last_seen(replicas[0], job_ids.pop()) == "succeeded"
    assert sum(len(services._providers["scripted"].submits) for services in replicas) == 1
