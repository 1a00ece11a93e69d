"""A page that holds every widget, beside job and media routes that a test plays by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from samples import STRICT
from sse_starlette import EventSourceResponse

from fakes.widget_server import FakeServer
from seedance_ui.domain.job import JobError
from seedance_ui.ui.ending import run_at_end
from seedance_ui.ui.library_panel import VIDEO_SETTLED_JS
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

ASSETS = Path(__file__).resolve().parents[2] / "assets"
HEAD_SCRIPTS = (
    "language",
    "page",
    "mentions",
    "prompt_history",
    "prompt_box",
    "prompt_insert",
    "prompt_tint",
    "prompt_menu",
    "problems",
)
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
# Past Gradio's queue, as on the real page: it loses answers now and then.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
IDLE_S = 1.0
"""How often Gradio's queue is looked at: never used here, it would take a tenth of a core by looking every 1 ms."""

TABS = """
[data-only=references] #frames, [data-only=frames] #references, [data-only=none] :is(#references, #frames) {
  display: none !important;
}
"""
"""What the page's tabs hide, told by a test in `document.body.dataset.only`."""


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
    head = f"<style>{_stylesheets()}{TABS}</style><script>{scripts}</script>"
    page = _build_page(fake)
    page._queue.sleep_when_free = page._queue.progress_update_sleep_when_free = IDLE_S
    return gr.mount_gradio_app(app, page, path="/", ssr_mode=False, run_history=False, head=head, footer_links=[])


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
                gr.Textbox(label="Another field")
                create_prompt_box(STRICT)
                ExampleStrip({"items": [KITE]}, elem_id="examples")
            with gr.Column(elem_id="stage"):
                notice = Notice(elem_id="notice")
                card = JobCard(elem_id="job-card", providers=PROVIDERS, own_machine=True)
                player = Player(elem_id="player")
        library = LibraryGrid(elem_id="library", can_import=True)
        widgets = dict(zip(WIDGETS, (tray, frames, card, player, library, banners, notice), strict=True))
        _add_remote_control(widgets)
        tray.change(lambda files: fake.hear("tray", files), tray, None, **QUIET)
        frames.change(lambda pair: fake.hear("frames", pair), frames, None, **QUIET)
        for name, widget in (
            ("done", card),
            ("play", card),
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
            heard = getattr(widget, name)(_hear(fake, name), None, None, trigger_mode="multiple", **QUIET)
            if name in ("play", "open"):
                run_at_end(heard, VIDEO_SETTLED_JS, QUIET)
    return demo


def _add_remote_control(widgets: dict[str, gr.HTML]) -> None:
    """Add buttons that only a script can see, each of which calls `window.answered` at its end.

    `#update-<name>` lets Python update one widget as `window.command` says: each output of an event costs, also one
    that is skipped. `#take-out` and `#put-in` take all widgets out of the page and back in as they were at first.
    """
    command = gr.Textbox(visible="hidden")
    for name, widget in widgets.items():
        button = gr.Button(elem_id=f"update-{name}", visible="hidden")
        updated = button.click(_updater(name), command, widget, js="() => window.command", **QUIET)
        updated.then(fn=None, js="() => window.answered()", **QUIET)
    out = [{"__type__": "update", "visible": False}] * len(widgets)
    first = [
        {"__type__": "update", "visible": True, "value": widget.get_config()["value"], "props": widget.props}
        for widget in widgets.values()
    ]
    for elem_id, updates in (("take-out", out), ("put-in", first)):
        button = gr.Button(elem_id=elem_id, visible="hidden")
        done = button.click(fn=None, js=f"() => ({json.dumps(updates)})", outputs=[*widgets.values()], **QUIET)
        done.then(fn=None, js="() => window.answered()", **QUIET)


def _hear(fake: FakeServer, name: str) -> Any:
    def handler(event: gr.EventData) -> None:
        fake.hear(name, event._data)

    return handler


def _updater(name: str) -> Callable[[str], gr.HTML]:
    """Return a handler that updates a widget, as one of an app would."""

    def update(command: str) -> gr.HTML:
        changes = json.loads(command)
        if name == "frames" and "value" in changes:
            changes["value"] = FramePair(**{slot: UploadedFile(*file) for slot, file in changes["value"].items()})
        if name == "notice":
            changes["value"] = JobError(**changes["value"])
        return WIDGETS[name](**changes)

    return update
