"""The real app and a real Chromium. What a test needs is found as a person finds it: by role and accessible name.

Every page is watched: at the end of its test nothing it asked for may have left the host, and its console must
hold no error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.app_process import AppProcess
from tests.browser.studio_page import Studio
from tests.chromium import launch_chromium

LOCAL_SCHEMES = ("blob", "data", "about")
"""Nothing leaves the browser for these."""

PATIENCE_MS = 20_000
"""For what should be there at once, on a machine that is busy with a storyboard."""

expect.set_options(timeout=PATIENCE_MS)

OpenStudio = Callable[..., Studio]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield the app that most tests share; its owner is `local`, its only provider in reach the animatic."""
    yield from running_app(tmp_path_factory.mktemp("app"))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Yield Playwright, for one module: its event loop keeps every other one of this thread from running."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Yield the system's Chromium, else Playwright's own."""
    browser = launch_chromium(playwright)
    yield browser
    browser.close()


@pytest.fixture
def open_studio(browser: Browser, app: AppProcess) -> Iterator[OpenStudio]:
    """Yield a function that opens the app in a browser profile of its own, and watches the page until the end.

    Keywords: `app` instead of the shared one, `width_px`, `height_px`, `may_log` for an error of the console that
    belongs to the test, as a pattern, and options of `Browser.new_context`.
    """
    watched: list[tuple[Studio, list[str]]] = []

    def open_one(
        *,
        app: AppProcess = app,
        width_px: int = 1280,
        height_px: int = 900,
        load: bool = True,
        may_log: str | None = None,
        **options: object,
    ) -> Studio:
        context = browser.new_context(viewport={"width": width_px, "height": height_px}, **options)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched.append((Studio(page, app), watch(page, app, may_log)))
        if load:
            watched[-1][0].open()
        return watched[-1][0]

    yield open_one
    for studio, complaints in watched:
        studio.page.context.close()
        assert complaints == []


@pytest.fixture
def studio(open_studio: OpenStudio) -> Studio:
    """Return the page at 1280 × 900 pixels."""
    return open_studio()


def running_app(directory: Path, **variables: str) -> Iterator[AppProcess]:
    """Yield a running app, and see at its end that no handler of it broke."""
    app = AppProcess(directory, **variables)
    app.start()
    yield app
    app.stop()
    assert "Traceback" not in app.text(), app.text()


def watch(page: Page, app: AppProcess, may_log: str | None = None) -> list[str]:
    """Return a list that fills with what a page must not do."""
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not (may_log and re.search(may_log, message.text)):
            complaints.append(f"logged {message.text} at {message.location}")

    def on_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in LOCAL_SCHEMES and f"{parts.scheme}://{parts.netloc}" != app.url:
            complaints.append(f"asked for {url}")

    page.on("request", lambda request: on_request(request.url))
    page.on("websocket", lambda socket: complaints.append(f"opened a socket to {socket.url}"))
    page.on("pageerror", lambda error: complaints.append(f"threw {error}"))
    page.on("dialog", lambda dialog: complaints.append(f"opened a dialog: {dialog.message}"))
    page.on("console", on_console)
    return complaints
