"""A page that holds every widget, on a server of its own, with job and media routes that a test plays by hand."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
import pytest
import uvicorn
from fakes.widget_server import FakeServer
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from media_makers import make_image, wav_bytes
from playwright.sync_api import BrowserContext, Page, Playwright
from samples import STRICT
from sse_starlette import EventSourceResponse

from seedance_ui.domain.job import JobError
from seedance_ui.ui.prompt_box import create_prompt_box
from seedance_ui.ui.widgets.banners import Banners
from seedance_ui.ui.widgets.example_strip import ExampleStrip
from seedance_ui.ui.widgets.frame_slots import FramePair, FrameSlots
from seedance_ui.ui.widgets.html_widget import UploadedFile
from seedance_ui.ui.widgets.job_card import JobCard
from seedance_ui.ui.widgets.library_grid import LibraryGrid
from seedance_ui.ui.widgets.notice import Notice
from seedance_ui.ui.widgets.player import Player
from seedance_ui.ui.widgets.reference_tray import ReferenceTray
from seedance_ui.web.guard import Guard
from tests.chromium import forget, launch_profile

ASSETS = Path(__file__).resolve().parents[3] / "assets"
HEAD_SCRIPTS = (
    "language",
    "page",
    "mentions",
    "prompt_history",
    "prompt_box",
    "prompt_insert",
    "prompt_tint",
    "prompt_menu",
)
VIEWPORT = {"width": 1440, "height": 900}
PROVIDERS = {
    "aimlapi": {"label": "AIML API", "can_cancel": "never", "free": False, "can_be_asked": True},
    "scenario": {"label": "Scenario", "can_cancel": "maybe", "free": False, "can_be_asked": True},
    "animatic": {"label": "Animatic", "can_cancel": "always", "free": True, "can_be_asked": False},
    "silent": {"label": "Silent Video", "can_cancel": "never", "free": False, "can_be_asked": False},
}
KITE = {
    "title": "Kite",
    "thumbnail": "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=",
    "prompt": "A kite over a beach.",
}
WIDGETS: dict[str, type[gr.HTML]] = {
    "tray": ReferenceTray,
    "frames": FrameSlots,
    "card": JobCard,
    "player": Player,
    "library": LibraryGrid,
    "banners": Banners,
    "notice": Notice,
}


def build_app(fake: FakeServer) -> FastAPI:
    """Return the page with our routes beside it."""
    app = FastAPI()
    app.add_middleware(Guard, hosts=["127.0.0.1"], allows_ip_hosts=False)

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

    @app.get("/api/jobs")
    async def some_jobs(ids: Annotated[list[str], Query(alias="id")]) -> JSONResponse:
        fake.asked_about.append(ids)
        return JSONResponse([fake.jobs[job_id][-1] for job_id in ids if job_id in fake.jobs])

    @app.post("/api/jobs/{job_id}/cancel")
    async def cancel(job_id: str) -> JSONResponse:
        fake.cancelled.append(job_id)
        return JSONResponse({**fake.jobs[job_id][-1], "message": "AIML API was asked to stop."}, status_code=202)

    @app.post("/api/jobs/{job_id}/{verb}")
    async def way_on(job_id: str, verb: str, request: Request) -> JSONResponse:
        body = await request.json() if await request.body() else None
        return fake.answer(job_id, verb, body)

    @app.get("/media/{name}")
    async def media(name: str) -> FileResponse:
        if not (fake.media / name).is_file():
            raise HTTPException(404)
        return FileResponse(fake.media / name)

    scripts = "\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in HEAD_SCRIPTS)
    head = f"<style>{_stylesheets()}</style><script>{scripts}</script>"
    return gr.mount_gradio_app(
        app, _build_page(fake), path="/", ssr_mode=False, run_history=False, head=head, footer_links=[]
    )


def _stylesheets() -> str:
    sheets = [ASSETS / "style.css", *sorted((ASSETS / "widgets").glob("*.css"))]
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def _build_page(fake: FakeServer) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.HTML((ASSETS / "icons.svg").read_text(encoding="utf-8"))
        banners = Banners(elem_id="banners")
        with gr.Row(elem_id="studio"):
            with gr.Column(elem_id="composer"):
                tray = ReferenceTray(elem_id="references")
                frames = FrameSlots(elem_id="frames")
                command, run = gr.Textbox(label="Command"), gr.Button("Run")
                create_prompt_box(STRICT)
                ExampleStrip({"items": [KITE]}, elem_id="examples")
            with gr.Column(elem_id="stage"):
                notice = Notice(elem_id="notice")
                card = JobCard(elem_id="job-card", providers=PROVIDERS, own_machine=True)
                player = Player(elem_id="player")
        library = LibraryGrid(elem_id="library", can_import=True)
        widgets = dict(zip(WIDGETS, (tray, frames, card, player, library, banners, notice), strict=True))
        # Past Gradio's queue, as on the real page: it loses answers now and then.
        quiet = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
        updated = run.click(_run_command, command, list(widgets.values()), **quiet)
        updated.then(fn=None, js="() => { window.updates = (window.updates ?? 0) + 1; }", **quiet)
        tray.change(lambda files: fake.hear("tray", files), tray, None, **quiet)
        frames.change(lambda pair: fake.hear("frames", pair), frames, None, **quiet)
        for name, widget in (
            ("done", card),
            ("play", card),
            ("lost", card),
            ("relist", card),
            ("closed", card),
            ("send_again", card),
            ("keep_seed", player),
            ("open", library),
            ("look", library),
            ("favourite", library),
            ("discard", library),
            ("restore", library),
            ("compare", library),
        ):
            getattr(widget, name)(_hear(fake, name), None, None, trigger_mode="multiple", **quiet)
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
    if "notice" in command:
        command["notice"]["value"] = JobError(**command["notice"]["value"])
    return [widget(**command[name]) if name in command else gr.skip() for name, widget in WIDGETS.items()]


@pytest.fixture(scope="module")
def profile(playwright: Playwright, profile_directory: Path) -> Iterator[BrowserContext]:
    """Yield a browser for one module."""
    context = launch_profile(playwright, profile_directory, viewport=VIEWPORT, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeServer]:
    fake = FakeServer(tmp_path_factory.mktemp("media"))
    fake.uploads = str(tmp_path_factory.mktemp("gradio"))
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        # Gradio makes an event loop of its own where none is running, and never closes it.
        app = build_app(fake)
        config = uvicorn.Config(
            app, host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=1
        )
        servers.append(uvicorn.Server(config))
        await servers[0].serve()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", fake.uploads)
        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        while not (servers and servers[0].started):
            thread.join(0.05)
            assert thread.is_alive()
    fake.url = f"http://127.0.0.1:{servers[0].servers[0].sockets[0].getsockname()[1]}"
    yield fake
    servers[0].should_exit = True
    thread.join(10)


@pytest.fixture
def server(running_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    fake = running_server
    monkeypatch.setenv("GRADIO_TEMP_DIR", fake.uploads)
    fake.stream_status = fake.upload_status = None
    fake.streams_opened = 0
    for kept in (fake.heard, fake.cancelled, fake.jobs, fake.asked, fake.asked_about, fake.answers):
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
        for drawn_by_script in (
            ".reference-tray.is-empty",
            "[data-state=empty]",
            ".stages li",
            ".library-grid .lib-empty",
        ):
            page.locator(drawn_by_script).first.wait_for(state="attached")

    def update(self, **command: Any) -> None:
        """Let Python update widgets, and return once they have it: Gradio drops a click while another is answered."""
        updates = self.page.evaluate("window.updates ?? 0")
        self.page.get_by_label("Command").fill(json.dumps(command))
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.wait_for_function("(before) => (window.updates ?? 0) > before", arg=updates)


@pytest.fixture
def widgets(profile: BrowserContext, server: FakeServer) -> Iterator[WidgetPage]:
    page = profile.new_page()
    forget(page, server.url)
    held = WidgetPage(page, server)
    yield held
    page.close()
    assert held.errors == []


@pytest.fixture(scope="module")
def kept_page(profile: BrowserContext, running_server: FakeServer) -> Iterator[WidgetPage]:
    """Yield a page that the tests of a module share; see `widgets_again`."""
    page = profile.new_page()
    forget(page, running_server.url)
    yield WidgetPage(page, running_server)
    page.close()


@pytest.fixture
def widgets_again(kept_page: WidgetPage, server: FakeServer) -> Iterator[WidgetPage]:
    """Yield the shared page with an empty tray alone on its side, and an empty prompt."""
    page = kept_page.page
    page.set_viewport_size(VIEWPORT)
    page.evaluate(_EMPTY)
    page.locator("#prompt textarea").fill("")
    page.evaluate("scrollTo(0, 0)")
    yield kept_page
    assert kept_page.errors == []


_EMPTY = """() => {
  document.body.dataset.only = 'references';
  if (!document.getElementById('only')) {
    const hidden = '[data-only] #frames, [data-only=none] #references { display: none !important }';
    document.head.append(Object.assign(document.createElement('style'), {id: 'only', textContent: hidden}));
  }
  for (const button of [...document.querySelectorAll('#references .remove')]) button.click();
  seedance.prompt.forget();
  document.activeElement?.blur();
}"""


@pytest.fixture
def image_file(tmp_path: Path) -> Any:
    """Return a maker of 640 × 360 images by name."""
    return lambda name: make_image(tmp_path / name, size=(640, 360))


@pytest.fixture
def sound_file(tmp_path: Path) -> Any:
    """Return a maker of 4.2 s sounds by name."""

    def make(name: str) -> Path:
        (tmp_path / name).write_bytes(wav_bytes(4.2))
        return tmp_path / name

    return make
