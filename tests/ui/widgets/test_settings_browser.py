"""`assets/settings.js` in a browser: what is remembered of a form that is changed while the page still loads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.language_keys import ASSETS

HOST = "http://page.test"
"""Answered by the test itself: nothing asks a network for it."""
HTML = f"""<!doctype html><body><script>window.seedance = {{onDom() {{}}, formChanged() {{}}}};</script>
<script>{(ASSETS / "settings.js").read_text(encoding="utf-8")}</script>"""
KEPT = {"resolution": "720p"}
CHANGE = "(seconds) => seedance.rememberSettings('animatic', seconds, false, '480p', '16:9', true, false, '')"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.route(f"{HOST}/**", lambda route: route.fulfill(body=HTML, content_type="text/html; charset=utf-8"))
    page.goto(HOST)
    yield page
    context.close()


def remembered(page: Page) -> dict[str, object]:
    return json.loads(page.evaluate("seedance.rememberedSettings()") or "{}")


def test_change_before_the_page_is_ready_is_remembered_where_nothing_was(page: Page) -> None:
    page.evaluate(CHANGE, 5)
    page.evaluate(CHANGE, 4)
    assert remembered(page) == {}
    page.evaluate("seedance.settingsRecalled()")
    assert (remembered(page)["duration_s"], remembered(page)["resolution"]) == (4, "480p")


def test_what_was_remembered_is_not_undone_by_the_form_as_it_loads(page: Page) -> None:
    page.evaluate("(kept) => localStorage.setItem('seedance-settings', kept)", json.dumps(KEPT))
    page.reload()
    page.evaluate(CHANGE, 8)
    page.evaluate("seedance.settingsRecalled()")
    assert remembered(page) == KEPT
    page.evaluate(CHANGE, 6)
    assert remembered(page)["duration_s"] == 6
