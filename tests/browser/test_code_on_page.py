"""Code on the real page: opened from the form and from a video, read by keyboard, copied, run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.events import HeldEvents
from tests.browser.studio_page import Studio

PROMPT = 'A "kite" <img src=x onerror=alert(1)> ${6*7} it\'s `windy`\nEOF\n</script> 雨 🪁'

_HOLDS_FOCUS = """() => {
    const {activeElement} = document;
    return activeElement === document.body || activeElement.closest('dialog') !== null;
}"""
"""The browser's own controls come behind the last stop of a dialog; the page then says that its body has the focus."""


@pytest.fixture(scope="module")
def keyed_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield an app with a key for AIML API, at an address where nobody answers: nothing here is sent."""
    there = {"AIMLAPI_KEY": "planted-aiml-key", "AIMLAPI_BASE_URL": "http://127.0.0.1:9"}
    yield from running_app(tmp_path_factory.mktemp("keyed"), **there)


_REFUSE_CLIPBOARD = """() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('Not here', 'NotAllowedError'));
}"""


def drawer(studio: Studio) -> Locator:
    return studio.page.get_by_role("dialog", name="Code for")


def code(studio: Studio) -> Locator:
    return drawer(studio).get_by_role("tabpanel")


def tab(studio: Studio, name: str) -> Locator:
    return drawer(studio).get_by_role("tab", name=name)


def clipboard(studio: Studio) -> str:
    return studio.page.evaluate("navigator.clipboard.readText()")


def test_form_is_read_in_three_languages_by_keyboard_and_copied(open_studio: OpenStudio, keyed_app: AppProcess) -> None:
    studio = open_studio(app=keyed_app, permissions=["clipboard-read", "clipboard-write"])
    studio.prompt.fill(PROMPT)
    studio.choose_provider("AIML API")
    opener = studio.page.get_by_role("button", name="Code", exact=True)
    opener.press("Enter")

    expect(drawer(studio).get_by_role("heading")).to_have_text("Code for this form")
    expect(drawer(studio)).to_contain_text("The same request, ready for your own program. AIML API, 8 s, 720p.")
    expect(drawer(studio)).to_contain_text("Your key is never in the code. Set AIMLAPI_KEY where you run it.")
    expect(code(studio)).to_contain_text(
        '"prompt": "A \\"kite\\" <img src=x onerror=alert(1)> ${6*7} it\'s `windy`\\nEOF'
    )
    expect(code(studio).locator("img")).to_have_count(0)
    expect(code(studio).locator(".c").first).to_have_text("#!/usr/bin/env bash")
    expect(code(studio).locator(".s").filter(has_text="Bearer $AIMLAPI_KEY").first).to_be_visible()
    assert "planted-aiml-key" not in studio.page.content()

    for key, name, first in (
        ("ArrowRight", "Python", "# Save it as"),
        ("End", "JavaScript", "// Save it as"),
        ("ArrowRight", "curl", "#!/usr"),
        ("ArrowLeft", "JavaScript", "// Save it as"),
        ("Home", "curl", "#!/usr"),
        ("ArrowRight", "Python", "# Save it as"),
    ):
        drawer(studio).locator("[role=tab][aria-selected=true]").press(key)
        expect(tab(studio, name)).to_be_focused()
        expect(tab(studio, name)).to_have_attribute("aria-selected", "true")
        expect(studio.page.get_by_role("tabpanel", name=name)).to_contain_text(first)

    for _ in range(6):
        studio.page.keyboard.press("Tab")
        assert studio.page.evaluate(_HOLDS_FOCUS)
    drawer(studio).get_by_role("button", name="Copy").press("Enter")
    expect(drawer(studio).get_by_role("status")).to_have_text("The Python code is copied.")
    expect(drawer(studio).get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(studio) == code(studio).locator("code").text_content()
    compile(clipboard(studio), "copied", "exec")

    studio.page.keyboard.press("Escape")
    expect(drawer(studio)).to_be_hidden()
    expect(opener).to_be_focused()
    studio.prompt.fill("Another kite")
    opener.click()
    expect(tab(studio, "Python")).to_have_attribute("aria-selected", "true")
    expect(code(studio)).to_contain_text('"prompt": "Another kite"')
    assert studio.app.job_count() == 0


def test_form_that_is_not_complete_says_what_is_missing(open_studio: OpenStudio, keyed_app: AppProcess) -> None:
    studio = open_studio(app=keyed_app, may_log="500")
    studio.page.get_by_role("button", name="Code", exact=True).click()
    expect(drawer(studio).get_by_role("alert")).to_have_text("Describe the video in a few words.")
    expect(drawer(studio)).to_contain_text("There is no code yet.")
    for part in (code(studio), drawer(studio).get_by_role("tab"), drawer(studio).get_by_role("button", name="Copy")):
        expect(part).to_have_count(0)
    drawer(studio).get_by_role("button", name="Close").click()
    expect(drawer(studio)).to_be_hidden()
    opener = studio.page.get_by_role("button", name="Code", exact=True)
    expect(opener).to_be_focused()

    held = HeldEvents(studio, '"origin"')
    for count in (1, 2):  # closed and opened again before the first is answered
        opener.click()
        held.wait(count)
        studio.page.keyboard.press("Escape")
        studio.prompt.fill("A kite")
    opener.click()
    held.wait(3)
    held.fail(1)
    expect(drawer(studio).get_by_role("alert")).to_contain_text("The page got no answer. Nothing was sent.")
    with studio.page.expect_response("**/run/predict*") as late:
        held.let_go(0)
    late.value.finished()
    held.let_go(2)
    expect(code(studio)).to_contain_text("A kite")


def test_video_is_made_again_by_the_code_of_its_player(
    open_studio: OpenStudio, keyed_app: AppProcess, tmp_path: Path
) -> None:
    """On a phone, in a browser that lets no page write to the clipboard: the code is then selected."""
    studio = open_studio(app=keyed_app, width_px=390, height_px=844, has_touch=True, reduced_motion="reduce")
    studio.prompt.fill(PROMPT)
    studio.make_it_quick()
    studio.generate()
    studio.expect_state("succeeded")
    opener = studio.player.get_by_role("button", name="Copy code")
    opener.tap()

    expect(drawer(studio).get_by_role("heading")).to_have_text("Code for this run")
    expect(drawer(studio)).to_contain_text("The animatic is drawn here: this asks the app itself. 4 s, 480p.")
    expect(drawer(studio)).to_contain_text("No key is needed, and nothing is charged.")
    assert drawer(studio).bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert drawer(studio).evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
    expect(drawer(studio).get_by_role("tab")).to_have_text(["Python"])
    studio.page.evaluate(_REFUSE_CLIPBOARD)
    drawer(studio).get_by_role("button", name="Copy").tap()
    expect(drawer(studio).get_by_role("status")).to_contain_text("The code is selected")
    selected = studio.page.evaluate("String(getSelection())")
    drawer(studio).get_by_role("button", name="Close").tap()
    expect(opener).to_be_focused()

    assert f'Client("{studio.app.url}")' in selected
    subprocess.run([sys.executable, "-c", selected], cwd=tmp_path, check=True, capture_output=True, timeout=100)
    [video] = tmp_path.glob("a-kite*.mp4")
    assert video.read_bytes()[4:8] == b"ftyp"
    assert studio.app.jobs() == {"succeeded": 2}
