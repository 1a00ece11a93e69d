"""What the page is made of, before any browser sees it."""

from __future__ import annotations

import inspect
import re

import pytest
from gradio.queueing import Queue

from seedance_ui.services import Services
from seedance_ui.ui import theme
from seedance_ui.ui.build import build_ui


def test_head_brings_every_sheet_and_asks_no_other_host() -> None:
    head = theme.head_html()

    assert not re.findall(r"(?:url\(|src=|href=|import )\s*[\"']?(?:https?:)?//", head)
    sheets = [*(theme.ASSETS_DIR / "widgets").glob("*.css")]
    assert sheets
    for sheet in sheets:
        assert sheet.read_text(encoding="utf-8") in head


def test_gradios_queue_has_the_two_waits_that_are_made_longer() -> None:
    """Under other names in another Gradio, an idle app would take a tenth of a core again, and nobody notice."""
    assert "sleep(self.sleep_when_free)" in inspect.getsource(Queue.start_processing)
    assert "sleep(self.progress_update_sleep_when_free)" in inspect.getsource(Queue.start_progress_updates)


def test_head_names_only_files_that_are_there() -> None:
    named = re.findall(r'url\("page/([^"]+)"\)', theme.head_html())

    assert named
    assert [name for name in named if not (theme.ASSETS_DIR / name).is_file()] == []


def test_theme_takes_no_style_sheet_from_elsewhere() -> None:
    assert theme.THEME._stylesheets == []


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="(i-[a-z]+)"', (theme.ASSETS_DIR / "icons.svg").read_text(encoding="utf-8")))
    package = theme.ASSETS_DIR.parent / "seedance_ui" / "ui"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))

    used = set(re.findall(r'href="#(i-[a-z]+)"', sources))
    assert used and used <= sprite


@pytest.mark.parametrize("theme_class", [":root", ".dark"])
def test_every_colour_of_the_theme_is_defined_in_both_modes(theme_class: str) -> None:
    css = (theme.ASSETS_DIR / "style.css").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(theme_class)} \{{(.*?)^\}}", css, re.MULTILINE | re.DOTALL)

    assert block is not None
    assert [token for token in set(theme._COLOURS.values()) if f"{token}:" not in block[1]] == []


# Asynchronous below: without a running loop Gradio makes one for each page and never closes it.
async def test_build_ui_runs_many_events_at_once_and_tells_no_analytics(services: Services) -> None:
    demo = build_ui(services)

    assert demo.max_threads == 200
    assert demo.analytics_enabled is False
    assert (demo._queue.max_size, demo._queue.default_concurrency_limit) == (256, 32)


async def test_every_event_of_the_page_goes_past_the_queue(services: Services) -> None:
    """Gradio loses answers of queued events now and then; only the named endpoints, which last, are queued."""
    events = build_ui(services).fns.values()

    queued = {event.api_name for event in events if event.fn is not None and event.queue is not False}
    assert queued == {"text_to_video", "frames_to_video", "references_to_video"}


async def test_header_draws_nothing_that_gradio_would_evaluate(services: Services) -> None:
    demo = build_ui(services)

    [header] = [block for block in demo.blocks.values() if getattr(block, "elem_id", None) == "top"]
    assert not re.search(r"[`{}$]", re.sub(r"<svg.*?</svg>", "", header.html_template, flags=re.DOTALL))
