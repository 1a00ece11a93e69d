"""No barrier that axe-core knows in any state of the widgets, in light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from library_samples import make_item, make_page, make_resting
from playwright.sync_api import expect

from tests.axe import expect_no_barriers, needs_axe
from tests.filled_library import VIDEO
from tests.ui.widgets.widget_page import facts

pytestmark = [
    needs_axe,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"),  # Gradio's statistics, in its own thread
]

PARTS = ("#banners", "#references", "#frames", "#prompt-field", "#stage", "#library")
SAID = {
    "title": "It was declined",
    "detail": "400 no",
    "charged": "no",
    "next_step": "Use another file.",
    "asset": None,
}
AT_WORK = {"state": "running", "phase": "generating", "message": "Generating", "elapsed_s": 9.0}
JOBS: dict[str, dict[str, Any]] = {
    "a": {**AT_WORK, "eta_s": {"low": 40, "high": 65}, "progress": 0.4},
    "b": {**AT_WORK, "error": {"code": "provider_down", **SAID}, "message": "AIML API does not answer."},
    "c": {"state": "failed", "error": {"code": "face", **SAID, "asset": "@Image1"}},
    "d": {"state": "failed", "error": {"code": "bad_resolution", **SAID}},
    "e": {"state": "needs_attention", "error": {"code": "submit_unknown", **SAID, "charged": "unknown"}},
    "f": {"state": "needs_key", "error": {"code": "key_refused", **SAID}, "remote_id": "gxcV"},
    "9": {"state": "cancelled", "phase": "done"},
}
"""First digit of a job's id to what is told of it, newest first."""


@pytest.fixture
def widgets(used_widgets) -> Any:
    """Return the one page of this module: what a test shows stays beside what the next one shows."""
    return used_widgets


def test_widgets_that_hold_nothing(widgets):
    expect_no_barriers(widgets.page, *PARTS)


def test_jobs_in_every_state_below_a_notice_and_banners(widgets):
    page = widgets.page
    for digit, told in JOBS.items():
        widgets.server.push(digit * 32, **told)
    widgets.update(
        banners={
            "value": [{"tone": "bad", "text": "Nothing is sent."}, {"tone": "warn", "text": "The disk is small."}]
        },
        notice={"value": {"code": "paused", **SAID}},
        card={"value": [facts(digit * 32) for digit in JOBS]},
    )
    for digit, told in JOBS.items():
        card = page.locator(f"#job-card [data-job='{digit * 32}']")
        expect(card).to_have_attribute("data-state", told["state"], timeout=15_000)
    unsure = page.locator(f"[data-job='{'e' * 32}']")
    unsure.get_by_role("button", name="Find my video").click()
    unsure.locator("summary").last.click()
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("alert").filter(has_text="It was declined")).to_be_visible()
    expect_no_barriers(page, *PARTS)


def test_player_and_library_with_all_that_a_card_can_show(widgets):
    page = widgets.page
    items = [
        make_item("one", is_favourite=True, flag="Duration: 8 s asked, 5 s made", children=2),
        make_item("two", parent={"job_id": "one", "prompt": "The first of them"}),
        make_item("three", is_missing=True, width_px=720, height_px=1280),
        make_resting("four", remote_id="gxcV"),
        make_resting("five", state="needs_key", is_closed=True),
    ]
    (widgets.server.media / "one.mp4").write_bytes(VIDEO.read_bytes())
    widgets.update(library={"value": make_page(*items, deleted=3), "current": "one"}, player={"value": items[0]})
    library = page.get_by_role("region", name="Library")
    expect(library.get_by_role("listitem")).to_have_count(5)
    library.get_by_role("checkbox").first.check()
    library.get_by_role("button", name="Favourites only").click()
    library.get_by_role("button", name="Delete “").last.click()
    expect(library.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.locator("#player video")).to_have_js_property("readyState", 4)
    expect_no_barriers(page, *PARTS)

    widgets.update(player={"value": items[2]})
    expect(page.get_by_text("File missing. The file")).to_be_visible()
    widgets.update(library={"value": make_page(make_item("six", is_deleted=True), asked=9)})
    expect(library.get_by_role("button", name="Restore")).to_be_visible()
    expect_no_barriers(page, *PARTS)


def test_files_with_problems_and_the_list_that_at_opens(widgets, image_file, sound_file):
    page = widgets.page
    tray = page.get_by_role("region", name="References")
    page.locator("#references input[type=file]").set_input_files([image_file("coat.png"), sound_file("beat.wav")])
    expect(tray.get_by_role("button", name="Insert @")).to_have_count(2)
    for slot in ("first", "last"):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name=f"Add {slot} frame").click()
        chooser.value.set_files(image_file(f"{slot}.png"))
    widgets.update(
        tray={"problems": {"@Image1": "Too large for AIML API."}, "fixes": ["@Image1"]},
        frames={"problems": {"last_frame": "The last frame has another shape."}, "fixes": ["last_frame"]},
    )
    tray.get_by_role("button", name="Add link").click()
    expect(tray.get_by_role("button", name="Fix it")).to_be_visible()
    expect(page.get_by_text("The last frame has another shape.")).to_be_visible()
    prompt = page.locator("#prompt textarea")
    prompt.fill("The coat of @Image1 and @Image7")
    prompt.press_sequentially(" @")
    expect(page.get_by_role("listbox")).to_be_visible()
    expect_no_barriers(page, *PARTS)
