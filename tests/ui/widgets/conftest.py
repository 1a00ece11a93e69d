"""A page that holds every widget, on a server of its own, with job and media routes that a test plays by hand."""

from __future__ import annotations

import asyncio
import json
import math
import os
import struct
import threading
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sse_starlette import EventSourceResponse, ServerSentEvent

from seedance_ui.ui.widgets.frame_slots import FramePair, FrameSlots
from seedance_ui.ui.widgets.html_widget import UploadedFile
from seedance_ui.ui.widgets.job_card import JobCard
from seedance_ui.ui.widgets.library_grid import LibraryGrid
from seedance_ui.ui.widgets.player import Player
from seedance_ui.ui.widgets.reference_tray import ReferenceTray

ASSETS = Path(__file__).resolve().parents[3] / "assets"
CHROMIUM = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
PROVIDERS = {
    "aimlapi": {"label": "AIML API", "can_cancel": "never", "free": False},
    "scenario": {"label": "Scenario", "can_cancel": "maybe", "free": False},
    "animatic": {"label": "Animatic", "can_cancel": "always", "free": True},
}
WIDGETS: dict[str, type[gr.HTML]] = {
    "tray": ReferenceTray,
    "frames": FrameSlots,
    "card": JobCard,
    "player": Player,
    "library": LibraryGrid,
}
ENDED = {"succeeded", "failed", "cancelled", "needs_attention", "needs_key"}


class FakeServer:
    """The server's side of the contract: jobs whose events a test appends, media, uploads that can be refused."""

    def __init__(self, media: Path) -> None:
        self.media = media
        self.url = ""
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        self.streams_opened = 0
        self.stream_status: int | None = None
        """Answer to a stream instead of events."""
        self.upload_status: int | None = None
        """Answer to an upload instead of taking it."""
        self.cancelled: list[str] = []
        self.heard: list[tuple[str, Any]] = []
        """Events that reached Python: (name, data)."""
        self._heard_changed = threading.Condition()
        self._wakers: set[asyncio.Event] = set()
        self.loop: asyncio.AbstractEventLoop | None = None

    def push(self, job_id: str, **changes: Any) -> dict[str, Any]:
        """Append an event to a job; what is not given stays as it was."""
        before = self.jobs.get(job_id, [])
        snapshot = {**(before[-1] if before else FIRST_SNAPSHOT), "job_id": job_id, **changes}
        self.jobs[job_id] = [*before, snapshot]
        self.wake()
        return snapshot

    def wake(self) -> None:
        """Let the open streams look again."""
        if self.loop:
            self.loop.call_soon_threadsafe(lambda: [waker.set() for waker in self._wakers])

    def hear(self, name: str, data: Any) -> None:
        """Note an event that reached Python."""
        with self._heard_changed:
            self.heard.append((name, data))
            self._heard_changed.notify_all()

    def wait_for(self, name: str, accept: Callable[[Any], bool] = lambda data: True) -> Any:
        """Return the data of the first event of this name that is accepted; Gradio may merge quick ones."""
        with self._heard_changed:
            found = self._heard_changed.wait_for(lambda: [*filter(accept, self.all_heard(name))], timeout=15)
        assert found, self.heard
        return found[0]

    def wait_for_names(self, names: list[str]) -> list[UploadedFile]:
        """Return the tray's files once they have these names, in this order."""
        return self.wait_for("tray", lambda files: [file.name for file in files] == names)

    def all_heard(self, name: str) -> list[Any]:
        """Return the data of all events of this name."""
        return [data for heard, data in self.heard if heard == name]

    async def stream(self, job_id: str, last_seq: int) -> AsyncIterator[ServerSentEvent]:
        """Yield the events behind `last_seq`, and new ones as they come, until the job has ended."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            while self.stream_status is None:
                waker.clear()
                for seq, snapshot in enumerate(self.jobs[job_id][last_seq:], last_seq + 1):
                    yield ServerSentEvent(json.dumps(snapshot), event="job", id=str(seq), retry=100)
                    last_seq = seq
                    if snapshot["state"] in ENDED:
                        return
                await waker.wait()
        finally:
            self._wakers.discard(waker)


FIRST_SNAPSHOT: dict[str, Any] = {
    "state": "queued", "phase": "waiting", "provider": "aimlapi", "mode": "text",
    "created_at": "2026-11-20T14:02:00Z", "elapsed_s": 0.0, "queued_s": 0.0, "eta_s": None, "progress": None,
    "message": "Queued", "cost": {"amount": 2.52, "unit": "USD", "kind": "estimate"}, "error": None,
    "video_url": None, "poster_url": None, "remote_id": None,
}  # fmt: skip


def build_app(fake: FakeServer) -> FastAPI:
    """Return the page with our routes beside it."""
    app = FastAPI()

    @app.middleware("http")
    async def refuse_uploads(request: Request, call_next: Any) -> Response:
        if fake.upload_status and request.url.path == "/gradio_api/upload":
            await request.body()
            return Response(status_code=fake.upload_status)
        return await call_next(request)

    @app.get("/api/jobs/{job_id}/events", response_model=None)
    async def events(job_id: str, request: Request) -> Response:
        fake.loop = asyncio.get_running_loop()
        fake.streams_opened += 1
        if fake.stream_status:
            return Response(status_code=fake.stream_status)
        if job_id not in fake.jobs:
            raise HTTPException(404)
        return EventSourceResponse(fake.stream(job_id, int(request.headers.get("last-event-id", 0))))

    @app.get("/api/jobs/{job_id}")
    async def one_job(job_id: str) -> JSONResponse:
        if job_id not in fake.jobs:
            raise HTTPException(404)
        return JSONResponse(fake.jobs[job_id][-1])

    @app.post("/api/jobs/{job_id}/cancel")
    async def cancel(job_id: str) -> JSONResponse:
        fake.cancelled.append(job_id)
        return JSONResponse({**fake.jobs[job_id][-1], "message": "AIML API was asked to stop."}, status_code=202)

    @app.get("/media/{name}")
    async def media(name: str) -> FileResponse:
        if not (fake.media / name).is_file():
            raise HTTPException(404)
        return FileResponse(fake.media / name)

    head = f"<style>{_stylesheets()}</style>"
    return gr.mount_gradio_app(
        app, _build_page(fake), path="/", ssr_mode=False, run_history=False, head=head, footer_links=[]
    )


def _stylesheets() -> str:
    sheets = [ASSETS / "style.css", *sorted((ASSETS / "widgets").glob("*.css"))]
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def _build_page(fake: FakeServer) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.HTML((ASSETS / "icons.svg").read_text(encoding="utf-8"))
        with gr.Row(elem_id="studio"):
            with gr.Column(elem_id="composer"):
                tray = ReferenceTray(elem_id="references")
                frames = FrameSlots(elem_id="frames")
                command, run = gr.Textbox(label="Command"), gr.Button("Run")
            with gr.Column(elem_id="stage"):
                card = JobCard(elem_id="job-card", providers=PROVIDERS)
                player = Player(elem_id="player")
        library = LibraryGrid(elem_id="library")
        widgets = dict(zip(WIDGETS, (tray, frames, card, player, library), strict=True))
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        run.click(_run_command, command, list(widgets.values()), **quiet)
        tray.change(lambda files: fake.hear("tray", files), tray, None, **quiet)
        frames.change(lambda pair: fake.hear("frames", pair), frames, None, **quiet)
        for name, widget in (
            ("renumber", tray),
            ("done", card),
            ("lost", card),
            ("keep_seed", player),
            ("open", library),
        ):
            getattr(widget, name)(_hear(fake, name), None, None, **quiet)
    demo.queue(default_concurrency_limit=8)
    return demo


def _hear(fake: FakeServer, name: str) -> Any:
    def handler(event: gr.EventData) -> None:
        fake.hear(name, event._data)

    return handler


def _run_command(text: str) -> list[Any]:
    """Update the widgets that the command names, as an app's handler would."""
    command = json.loads(text)
    if "frames" in command and "value" in command["frames"]:
        files = {slot: UploadedFile(*file) for slot, file in command["frames"]["value"].items()}
        command["frames"]["value"] = FramePair(**files)
    return [widget(**command[name]) if name in command else gr.skip() for name, widget in WIDGETS.items()]


def make_image(path: Path, size: tuple[int, int] = (640, 360), colour: str = "#7a3b2e") -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def make_sound(path: Path, seconds: float = 4.2) -> Path:
    rate = 8000
    samples = (int(9000 * math.sin(2 * math.pi * 440 * step / rate)) for step in range(int(rate * seconds)))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        fake = FakeServer(tmp_path_factory.mktemp("media"))
        config = uvicorn.Config(
            build_app(fake), host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=1
        )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    fake.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield fake
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def server(running_server: FakeServer) -> Iterator[FakeServer]:
    fake = running_server
    fake.stream_status = fake.upload_status = None
    fake.streams_opened = 0
    for kept in (fake.heard, fake.cancelled, fake.jobs):
        kept.clear()
    yield fake
    fake.wake()


class WidgetPage:
    """A page with every widget, in a browser."""

    def __init__(self, page: Page, server: FakeServer) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(server.url)
        page.get_by_role("region", name="Library").wait_for()

    def update(self, **command: Any) -> None:
        """Let Python update widgets; returns when it was asked, not when it is done."""
        self.page.get_by_label("Command").fill(json.dumps(command))
        self.page.get_by_role("button", name="Run").click()


@pytest.fixture
def widgets(browser: Browser, server: FakeServer) -> Iterator[WidgetPage]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    held = WidgetPage(page, server)
    yield held
    assert held.errors == []
    context.close()


@pytest.fixture
def image_file(tmp_path: Path) -> Any:
    """Return a maker of 640 × 360 images by name."""
    return lambda name, size=(640, 360): make_image(tmp_path / name, size)


@pytest.fixture
def sound_file(tmp_path: Path) -> Any:
    """Return a maker of 4.2 s sounds by name."""
    return lambda name: make_sound(tmp_path / name)
