"""The library's way in for a run that was exported elsewhere, in a real browser; the route is answered by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from library_samples import make_item, make_page
from playwright.sync_api import FilePayload, Locator, Route, expect

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

RUN: FilePayload = {"name": "tram.zip", "mimeType": "application/zip", "buffer": b"a run"}


@pytest.fixture
def library(widgets) -> Locator:
    return widgets.page.get_by_role("region", name="Library")


def answer(widgets, status: int, body: dict[str, Any] | str, sent: list[bytes] | None = None) -> None:
    """Let the route answer from now on."""

    def fulfil(route: Route) -> None:
        if sent is not None:
            sent.append(route.request.post_data_buffer or b"")
        route.fulfill(status=status, body=body if isinstance(body, str) else json.dumps(body))

    widgets.page.unroute("**/api/import")
    widgets.page.route("**/api/import", fulfil)


def choose(widgets, library: Locator, file: FilePayload = RUN) -> None:
    with widgets.page.expect_file_chooser() as chooser:
        library.get_by_role("button", name="Import a run").press("Enter")
    chooser.value.set_files(file)


def test_a_chosen_zip_is_sent_and_its_run_is_opened_in_the_whole_library(widgets, library):
    sent: list[bytes] = []
    answer(widgets, 201, {"job_id": "new", "outcome": "imported"}, sent)
    widgets.update(library={"value": make_page(make_item("one", is_imported=True), found=60)})
    expect(library.locator(".meta")).to_contain_text("· imported")
    library.get_by_role("searchbox").fill("no such words")
    widgets.server.wait_for("look", lambda look: look["query"]["search"] == "no such words")
    choose(widgets, library)
    expect(library.locator(".lib-toast")).to_contain_text("tram.zip is in your library now.")
    assert widgets.server.wait_for("open") == {"job": "new"}
    assert sent == [b"a run"]
    expect(library.get_by_role("searchbox")).to_have_value("")
    widgets.server.wait_for("look", lambda look: look["asked"] > 1 and look["query"]["search"] == "")
    for outcome, words in (
        ("known", "tram.zip is in your library already."),
        ("restored", "tram.zip was in your library before. It is back."),
    ):
        answer(widgets, 200, {"job_id": "new", "outcome": outcome})
        choose(widgets, library)
        expect(library.locator(".lib-toast")).to_contain_text(words)


REFUSALS = (
    (409, {"detail": "This zip holds '<b>x</b>', which no run has."}, "This zip holds '<b>x</b>', which no run has."),
    (413, "too large", "tram.zip has 0.1\u00a0kB. A run has 1\u00a0GB at most."),
    (502, "<html>", "The server did not take tram.zip. Nothing was imported."),
)


def test_what_was_not_taken_is_said_in_words(widgets, library):
    for status, body, words in REFUSALS:
        answer(widgets, status, body)
        choose(widgets, library)
        expect(library.locator(".lib-toast").get_by_role("status")).to_have_text(words)
    assert widgets.server.all_heard("open") == []


def test_a_zip_is_dropped_on_the_library_and_anything_else_is_told_off(widgets, library):
    drop = """([name, isOver]) => {
        const data = new DataTransfer();
        data.items.add(new File(['a run'], name));
        for (const type of isOver ? ['dragover'] : ['dragover', 'drop']) {
            const event = new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true});
            document.querySelector('.library-grid h2').dispatchEvent(event);
        }
    }"""
    answer(widgets, 201, {"job_id": "new", "outcome": "imported"})
    widgets.page.evaluate(drop, ["holiday.jpg", False])
    expect(library.locator(".lib-toast")).to_contain_text("A run is a .zip file that Share as zip made.")
    widgets.page.evaluate(drop, ["tram.zip", True])
    expect(widgets.page.locator(".library-grid[data-drop]")).to_be_visible()
    widgets.page.evaluate(drop, ["tram.zip", False])
    expect(library.locator(".lib-toast")).to_contain_text("tram.zip is in your library now.")
    assert widgets.server.wait_for("open") == {"job": "new"}
