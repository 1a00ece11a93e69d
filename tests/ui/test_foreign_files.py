"""Files that nobody uploaded, named in a request to the real page: no URL is fetched, no path is read (E7, F10)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import safehttpx
from fastapi import FastAPI
from gradio.processing_utils import async_ssrf_protected_get
from gradio.utils import get_upload_folder
from starlette.testclient import TestClient

from seedance_ui.services import Services
from seedance_ui.ui.build import build_ui
from seedance_ui.ui.page import Page

META = {"_type": "gradio.FileData"}

# Gradio's own statistics, at each start.
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting.*")


class Trap(ThreadingHTTPServer):
    """A host that notes every path it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _TrapHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _TrapHandler(BaseHTTPRequestHandler):
    server: Trap

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"png")

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trap]:
    """Return a host that Gradio takes for a public one."""
    monkeypatch.setattr(safehttpx, "is_public_ip", lambda ip: True)
    with Trap() as trap:
        thread = threading.Thread(target=trap.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield trap
        trap.shutdown()
        thread.join()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    async def build() -> FastAPI:
        return gr.mount_gradio_app(FastAPI(), build_ui(services), path="/", ssr_mode=False, run_history=False)

    # Outside a running loop Gradio makes one of its own, and never closes it.
    with TestClient(asyncio.run(build()), base_url="http://127.0.0.1:7860") as opened:
        yield opened


def events_of_call(client: TestClient, name: str, data: list[object]) -> str:
    joined = client.post(f"/gradio_api/call/{name}", json={"data": data})
    return client.get(f"/gradio_api/call/{name}/{joined.json()['event_id']}").text


async def test_the_trap_would_be_seen_if_gradio_fetched(trap: Trap) -> None:
    assert (await async_ssrf_protected_get(f"{trap.url}/control")).status_code == 200
    assert trap.asked == ["/control"]


@pytest.mark.parametrize("shape", ["first frame", "image list", "prompt", "nested"])
def test_a_named_endpoint_fetches_no_url(client: TestClient, trap: Trap, shape: str) -> None:
    file = {"path": f"{trap.url}/{shape.replace(' ', '-')}.png", "meta": META}
    rest = ["strict", 8, "720p", "16:9", True, None]
    name, data = {
        "first frame": ("frames_to_video", ["dusk", file, None, *rest]),
        "image list": ("references_to_video", ["@Image1", [file], None, None, *rest]),
        "prompt": ("text_to_video", [file, *rest]),
        "nested": ("text_to_video", [{"path": "x", "deep": [[file]]}, *rest]),
    }[shape]

    told = events_of_call(client, name, data)

    assert "event: error" in told
    assert "was not uploaded here" in told
    assert trap.asked == []


def test_a_keyword_call_fetches_no_url(client: TestClient, trap: Trap) -> None:
    body = {"prompt": "dusk", "first_frame": {"path": f"{trap.url}/v2.png", "meta": META}, "provider": "strict"}
    joined = client.post("/gradio_api/call/v2/frames_to_video", json=body)
    told = client.get(f"/gradio_api/call/frames_to_video/{joined.json()['event_id']}").text
    assert "event: error" in told
    assert trap.asked == []


def test_no_handler_of_the_page_fetches_a_url(client: TestClient, trap: Trap) -> None:
    """Each by its number, a URL in the place of every input; through the queue, and past it as the page asks."""
    dependencies = [each for each in client.get("/config").json()["dependencies"] if each["backend_fn"]]
    assert dependencies
    for dependency in dependencies:
        session, inputs = f"forged{dependency['id']}", dependency["inputs"]
        file = {"path": f"{trap.url}/{dependency['id']}.png", "meta": META}
        body = {"data": [file] * len(inputs), "fn_index": dependency["id"], "session_hash": session}
        assert client.post("/gradio_api/queue/join", json=body).status_code == 200
        told = client.get(f"/gradio_api/queue/data?session_hash={session}").text
        assert "process_completed" in told
        assert ("was not uploaded here" in told) == bool(inputs)
        if inputs:
            assert client.post("/gradio_api/run/predict", json=body).status_code >= 400
    assert trap.asked == []


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "HTTP://127.0.0.1/x", "\\\\host\\share", "a\x00b", "x" * 10_000, ""], ids=lambda p: p[:9]
)
async def test_a_page_takes_no_path_outside_the_upload_folder(path: str) -> None:
    with Page() as page:
        box = gr.Textbox()
        box.change(lambda text: None, box, None)
    with pytest.raises(gr.Error, match="not uploaded here"):
        await page.preprocess_data(page.fns[0], [{"path": path, "meta": META}], None)


def test_an_upload_that_was_swept_is_a_problem_in_words(client: TestClient) -> None:
    """Gradio deletes uploads after a while; a form that still names one must not break."""
    swept = str(Path(get_upload_folder()) / "0123" / "sunset.png")
    file = {"path": swept, "orig_name": "sunset.png", "meta": META}
    told = events_of_call(client, "frames_to_video", ["dusk", file, None, "strict", 8, "720p", "16:9", True, None])
    assert "sunset.png is not on the server any more. Add it again." in told
