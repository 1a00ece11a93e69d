"""Events that a page sends, while a test has their answers in its hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Route

from tests.browser.studio_page import Studio


class HeldEvents:
    """Events that a page sent, and whose answers a test gives or withholds: those whose data contain a text."""

    def __init__(self, studio: Studio, text: str) -> None:
        self._page = studio.page
        self._text = text
        self._routes: list[Route] = []
        self._page.route("**/gradio_api/run/predict*", self._hold)

    def wait(self, count: int) -> None:
        """Wait until that many were sent."""
        for _ in range(1000):
            if len(self._routes) == count:
                return
            self._page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(f"{len(self._routes)} events were sent")

    def let_go(self, index: int) -> None:
        self._routes[index].continue_()

    def fail(self, index: int) -> None:
        """Answer as a server whose handler broke."""
        self._routes[index].fulfill(status=500, json={"error": None})

    def _hold(self, route: Route) -> None:
        if self._text in (route.request.post_data or ""):
            self._routes.append(route)
        else:
            route.continue_()


@contextmanager
def broken_handler(studio: Studio, asked: str) -> Iterator[None]:
    """Let the handler of the event whose data holds some text break meanwhile, as far as the page can tell."""

    def answer(route: Route) -> None:
        if asked in (route.request.post_data or ""):
            route.fulfill(status=500, json={"error": None})
        else:
            route.fallback()

    studio.page.route("**/gradio_api/run/predict", answer)
    yield
    studio.page.unroute("**/gradio_api/run/predict", answer)


@contextmanager
def held_back(studio: Studio, asked: str, start: Callable[[], None]) -> Iterator[None]:
    """Start an event whose data holds some text, and keep it on its way meanwhile."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if asked in (route.request.post_data or "") and not held:
            held.append(route)
        else:
            route.fallback()

    studio.page.route("**/gradio_api/run/predict", hold)
    with studio.page.expect_request(lambda request: asked in (request.post_data or "")):
        start()
    yield
    held[0].continue_()
    studio.page.unroute("**/gradio_api/run/predict", hold)
