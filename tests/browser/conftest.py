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
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    expect,
)

from tests.app_process import AppProcess
from tests.browser.studio_page import Studio
from tests.chromium import forget, launch_profile
from tests.conftest import HAS_FAILED

LOCAL_SCHEMES = ("blob", "data", "about")
"""Nothing leaves the browser for these."""

PATIENCE_MS = 20_000
"""For what should be there at once, on a machine that is busy with a storyboard."""

expect.set_options(timeout=PATIENCE_MS)

OpenStudio = Callable[..., Studio]
KeepStudio = Callable[..., tuple[Studio, list[str]]]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield the app that most tests share; its owner is `local`, its only provider in reach the animatic."""
    yield from running_app(tmp_path_factory.mktemp("app"))


@pytest.fixture(scope="module")
def profile(playwright: Playwright, profile_directory: Path) -> Iterator[BrowserContext]:
    """Yield the system's Chromium, else Playwright's own, with a cache that is kept from module to module."""
    context = launch_profile(playwright, profile_directory)
    yield context
    context.close()


@pytest.fixture
def open_studio(profile: BrowserContext, app: AppProcess, request: pytest.FixtureRequest) -> Iterator[OpenStudio]:
    """Yield a function that opens the app for somebody who was never there, and watches the page until the end.

    Keywords: `app` instead of the shared one, `width_px`, `height_px`, `may_log` for an error of the console that
    belongs to the test, as a pattern, `color_scheme`, `reduced_motion`, and options of `Browser.new_context`, which
    cost a second or two.
    """
    watched: list[tuple[Studio, list[str]]] = []

    def new_page(url: str, size: ViewportSize, options: dict[str, object]) -> Page:
        if options or watched:
            browser: Browser = request.getfixturevalue("browser")
            return browser.new_context(viewport=size, **options).new_page()
        page = profile.new_page()
        page.set_viewport_size(size)
        forget(page, url)
        return page

    def open_one(
        *,
        app: AppProcess = app,
        width_px: int = 1280,
        height_px: int = 900,
        load: bool = True,
        may_log: str | None = None,
        color_scheme: str = "light",
        reduced_motion: str = "no-preference",
        **options: object,
    ) -> Studio:
        page = new_page(app.url, {"width": width_px, "height": height_px}, options)
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        page.set_default_timeout(PATIENCE_MS)
        watched.append((Studio(page, app), watch(page, app, may_log)))
        if load:
            watched[-1][0].open()
        return watched[-1][0]

    yield open_one
    for studio, complaints in watched:
        if studio.page.context is profile:
            studio.page.close()
        else:
            studio.page.context.close()
        assert complaints == []


@pytest.fixture
def studio(open_studio: OpenStudio) -> Studio:
    """Return the page at 1280 × 900 pixels."""
    return open_studio()


@pytest.fixture(scope="module")
def keep_studio(profile: BrowserContext, app: AppProcess) -> Iterator[KeepStudio]:
    """Yield a function that opens the page that all tests of a module share, for somebody who was never there.

    It returns the page and what it must not do, watched to the end. Keywords: `width_px`, `reduced_motion`, and
    `may_log` as of `open_studio`.
    """
    kept: list[tuple[Studio, list[str]]] = []

    def open_one(
        *, width_px: int = 1280, reduced_motion: str = "no-preference", may_log: str | None = None
    ) -> tuple[Studio, list[str]]:
        page = profile.new_page()
        page.set_viewport_size({"width": width_px, "height": 900})
        page.emulate_media(reduced_motion=reduced_motion)
        page.set_default_timeout(PATIENCE_MS)
        forget(page, app.url)
        kept.append((Studio(page, app), watch(page, app, may_log)))
        kept[-1][0].open()
        return kept[-1]

    yield open_one
    for studio, complaints in kept:
        studio.page.close()
        assert complaints == []


@pytest.fixture(scope="module")
def kept_studio(keep_studio: KeepStudio) -> tuple[Studio, list[str]]:
    """Return what `studio_again` makes new for each test."""
    return keep_studio()


@pytest.fixture
def studio_again(kept_studio: tuple[Studio, list[str]], request: pytest.FixtureRequest) -> Iterator[Studio]:
    """Return the shared page with the form as a new visitor finds it: a load costs seconds. Jobs and videos stay."""
    studio, complaints = kept_studio
    studio.start_over()
    yield studio
    if request.node.stash[HAS_FAILED]:  # whatever it left open must not fail the next one
        studio.reload()
    found = complaints.copy()
    complaints.clear()
    assert found == []


def running_app(directory: Path, **variables: str) -> Iterator[AppProcess]:
    """Yield a running app, and see at its end that no handler of it broke."""
    app = AppProcess(directory, **variables)
    app.start()
    yield app
    before = app.text()
    app.stop()
    ending = app.text()[len(before) :]
    assert "Traceback" not in before, before
    # A video that a browser still reads at its leisure is cut off, and uvicorn says so with a traceback.
    assert "Traceback" not in ending or "timeout graceful shutdown exceeded" in ending, ending


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
