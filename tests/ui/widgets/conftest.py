"""The widget page on a server of its own, loaded once for a module, and what its tests put into it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fakes.widget_app import build_app
from fakes.widget_server import FakeServer
from media_makers import make_image, wav_bytes
from playwright.sync_api import BrowserContext, Playwright, Request

from tests.chromium import launch_profile
from tests.conftest import HAS_FAILED
from tests.ui.widgets.widget_page import VIEWPORT, WidgetPage


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


class PageKeeper:
    """Holds the page that the tests of a module share, while none of them has it."""

    def __init__(self, profile: BrowserContext, server: FakeServer) -> None:
        self._profile = profile
        self._server = server
        self._held: WidgetPage | None = None

    def lend(self, request: pytest.FixtureRequest, *, tidies: bool) -> Iterator[WidgetPage]:
        """Yield the page for one test; where the test fails, or the tidying, the next one has a new page."""
        page, self._held = self._held or WidgetPage(self._profile.new_page(), self._server), None
        yield page
        if page.errors or request.node.stash[HAS_FAILED]:
            page.page.close()
        else:
            if tidies:
                page.tidy()
            self._held = page
        assert page.errors == []


@pytest.fixture(scope="module")
def page_keeper(profile: BrowserContext, running_server: FakeServer) -> PageKeeper:
    return PageKeeper(profile, running_server)


@pytest.fixture
def widgets(page_keeper: PageKeeper, server: FakeServer, request: pytest.FixtureRequest) -> Iterator[WidgetPage]:
    """Yield the page as a visitor first sees it; a test that loads it again takes `new_widgets`."""
    yield from page_keeper.lend(request, tidies=True)


@pytest.fixture
def used_widgets(page_keeper: PageKeeper, server: FakeServer, request: pytest.FixtureRequest) -> Iterator[WidgetPage]:
    """Yield the page as the test before has left it."""
    yield from page_keeper.lend(request, tidies=False)


@pytest.fixture
def new_widgets(profile: BrowserContext, server: FakeServer) -> Iterator[WidgetPage]:
    """Yield a page that is just loaded, for what happens while it loads."""
    held = WidgetPage(profile.new_page(), server)
    yield held
    held.page.close()
    assert held.errors == []


@pytest.fixture
def widgets_again(used_widgets: WidgetPage) -> WidgetPage:
    """Return the page with an empty tray alone on its side, and an empty prompt; other widgets are left as they are."""
    used_widgets.show_only("references")
    used_widgets.empty_tray()
    return used_widgets


@pytest.fixture
def requested(widgets: WidgetPage) -> Iterator[list[str]]:
    """Yield a list of every address that the page asks for from now on."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)

    widgets.page.on("request", note)
    yield addresses
    widgets.page.remove_listener("request", note)


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
