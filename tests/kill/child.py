"""The process under test: real services, runner and routes, served as the app serves them, without Gradio.

Its composition root puts points in from outside, brings a clock that does not wait, and adds the routes of a test.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from seedance_ui import library
from seedance_ui.config import Settings
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.jobs.runner import Runner
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.web.app import create_app
from seedance_ui.web.server import listen, serve
from tests.kill.clock import SharedClock
from tests.kill.hooks import watch_everything
from tests.kill.points import Points


@dataclass(frozen=True)
class Orders:
    """What one process is to do."""

    environment: dict[str, str]
    record: Path
    clock: Path
    log: Path
    kill_at: str | None = None
    hold_at: str | None = None
    is_replica: bool = False
    """No file lock says who runs, as on PostgreSQL: leases alone decide."""
    draws_stills: bool = False
    """Posters are a process of their own each; no point lies in it."""


class Click(BaseModel):
    """What the page would send."""

    request: dict[str, Any]
    form_token: str
    count: int = 1


class Again(BaseModel):
    """What the page would send for a job that rests."""

    job_id: str


def run(orders: Orders, pipe: Connection) -> None:
    """Serve until killed; the port is the first message on the pipe."""
    _log_to(orders.log)
    points = Points(orders.record, kill_at=orders.kill_at, hold_at=orders.hold_at, on_hold=_holding(pipe))
    settings = Settings.from_env(orders.environment)
    watch_everything(points, settings.data_dir)
    if not orders.draws_stills:
        library.make_stills = _no_stills  # type: ignore[attr-defined]
    clock = SharedClock(orders.clock)
    made = Services(settings, clock=clock)
    if orders.is_replica:
        assert hasattr(made._runner, "_lock")
        made._runner._lock = None
    made._tools.downloader.sleep = clock.sleep
    app = create_app(made)
    add_routes(app, made, _note_begin_and_end(made._runner, points))
    with listen("127.0.0.1", 0) as listener:
        pipe.send(listener.getsockname()[1])
        serve(app, listener, behind_proxy=False)


def _note_begin_and_end(runner: Runner, points: Points) -> asyncio.Event:
    """Reach a point when a runner winds down; return what is set once it has taken up what was left at rest."""
    has_begun = asyncio.Event()
    serve_jobs, wind_down = runner._serve, runner._wind_down

    async def serve_and_tell() -> None:
        has_begun.set()
        await serve_jobs()

    async def tell_and_wind_down() -> None:
        points.reach("winding down")
        await wind_down()

    runner._serve = serve_and_tell  # type: ignore[method-assign]
    runner._wind_down = tell_and_wind_down  # type: ignore[method-assign]
    return has_begun


def add_routes(app: FastAPI, made: Services, has_begun: asyncio.Event) -> None:
    """Add what a test asks for: a click, another one on a job that rests, and to be told when all has come to rest."""

    @app.post("/test/click")
    async def click(click: Click) -> list[str]:
        request = GenerationRequest.from_json(click.request)
        if click.count > 1:
            return await made.submit_batch(request, click.count, owner=LOCAL_OWNER, form_token=click.form_token)
        return [await made.submit(request, owner=LOCAL_OWNER, form_token=click.form_token)]

    @app.post("/test/again")
    async def again(again: Again) -> str | None:
        return await made.send_again(again.job_id, owner=LOCAL_OWNER)

    @app.post("/test/settled")
    async def settled() -> None:
        """Answer when everything that goes on by itself has got as far as it can."""
        await made._runner.ask(_settle(made._runner, has_begun))


async def _settle(runner: Runner, has_begun: asyncio.Event) -> None:
    await has_begun.wait()
    while tasks := [*(task for _, task in runner._walks.values()), *runner._searches]:
        await asyncio.wait(tasks)
        await asyncio.sleep(0)  # their end is noted in the loop's next turn


def _holding(pipe: Connection) -> Callable[[], None]:
    def hold() -> None:
        pipe.send("held")
        pipe.recv()

    return hold


def _log_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)


async def _no_stills(video: Path, *, poster: Path, last_frame: Path) -> None:
    """Leave a video without its pictures."""
