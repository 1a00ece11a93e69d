"""One job from click to end in the process that the others are forked from: what a first job costs is paid for once."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from pathlib import Path

import httpx

from seedance_ui.config import Settings
from seedance_ui.services import Services
from seedance_ui.web.app import create_app
from tests.fakes.aimlapi import FakeAimlApi
from tests.kill import child
from tests.kill.clock import SharedClock
from tests.kill.scenarios import AIML, FORM_TOKEN

ORIGIN = "http://127.0.0.1:7860"
"""Nobody listens there: the application is called in this process."""


def warm_up() -> None:
    """Run a job that the provider declines; only what libraries remember is left of it."""
    with tempfile.TemporaryDirectory() as directory, FakeAimlApi() as fake:
        fake.steps = ("generating", "error")
        end = asyncio.run(_run_job(Path(directory), fake))
    assert '"state": "failed"' in end, end
    assert threading.active_count() == 1, threading.enumerate()  # only this one would be there after a fork


async def _run_job(directory: Path, fake: FakeAimlApi) -> str:
    """Return the events of the job."""
    clock = SharedClock(directory / "clock")
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(directory), "SEEDANCE_PUBLIC": "off", **fake.settings()})
    made = Services(settings, clock=clock)
    app = create_app(made)
    child.add_routes(app, made, asyncio.Event())
    click = {"request": AIML.request(directory, b"").to_json(), "form_token": FORM_TOKEN}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as page,
    ):
        (job_id,) = (await page.post("/test/click", json=click)).json()
        events = await page.get(f"/api/jobs/{job_id}/events")
    clock.close()
    return events.text
