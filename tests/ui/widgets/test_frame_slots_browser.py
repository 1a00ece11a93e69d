"""The slots for first and last frame in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from media_makers import make_image
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread


def slot(widgets: Any, name: str) -> Locator:
    return widgets.page.locator(f"#frames [data-slot={name}]")


def names(pair: Any) -> tuple[str | None, str | None]:
    return (pair.first and pair.first.name, pair.last and pair.last.name)


def wait_for_frames(widgets: Any, first: str | None, last: str | None) -> Any:
    return widgets.server.wait_for("frames", lambda pair: names(pair) == (first, last))


def test_slots_add_swap_replace_and_remove_reach_python(widgets, image_file):
    slot(widgets, "first").locator("input[type=file]").set_input_files(str(image_file("start.png")))
    wait_for_frames(widgets, "start.png", None)
    expect(slot(widgets, "first").locator(".meta")).to_have_text("640\u00a0×\u00a0360")
    slot(widgets, "last").locator("input[type=file]").set_input_files(str(image_file("end.png")))
    wait_for_frames(widgets, "start.png", "end.png")
    widgets.page.get_by_role("button", name="Swap first and last frame").press("Enter")
    wait_for_frames(widgets, "end.png", "start.png")
    slot(widgets, "last").locator("input[type=file]").set_input_files(str(image_file("other.png")))
    wait_for_frames(widgets, "end.png", "other.png")
    widgets.page.get_by_role("button", name="Remove first frame").press("Enter")
    wait_for_frames(widgets, None, "other.png")
    expect(widgets.page.get_by_role("button", name="Add first frame")).to_be_focused()


def test_slots_filled_by_python_show_names_and_problems_as_text(widgets, image_file):
    path = image_file("${6*7} <b>x<b>.png")
    widgets.update(
        frames={
            "value": {"first": [str(path), path.name]},
            "facts": {"first_frame": "9 × 9"},
            "problems": {"first_frame": "Too wide. ${6*7} <b>x</b>"},
        }
    )
    expect(slot(widgets, "first").locator(".name")).to_have_text("${6*7} <b>x<b>.png")
    expect(slot(widgets, "first").locator(".problem")).to_have_text("Too wide. ${6*7} <b>x</b>")
    expect(slot(widgets, "first").locator(".meta")).to_have_text("9 × 9")
    wait_for_frames(widgets, "${6*7} <b>x<b>.png", None)


def test_slots_upload_that_failed_says_so_and_can_be_tried_again(widgets, image_file):
    widgets.server.upload_status = 503
    slot(widgets, "last").locator("input[type=file]").set_input_files(str(image_file("end.png")))
    expect(slot(widgets, "last")).to_contain_text("The server did not take end.png.")
    assert widgets.server.all_heard("frames") == [] or names(widgets.server.all_heard("frames")[-1]) == (None, None)
    widgets.server.upload_status = None
    slot(widgets, "last").get_by_role("button", name="Try again").click()
    wait_for_frames(widgets, None, "end.png")


def test_slots_paste_fills_the_first_free_slot_and_refuses_what_is_no_image(widgets):
    paste = """([name, type]) => {
      const data = new DataTransfer();
      data.items.add(new File(['x'], name, {type}));
      document.body.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));
    }"""
    widgets.show_only("frames")
    widgets.page.evaluate(paste, ["a.png", "image/png"])
    expect(slot(widgets, "first").locator(".name")).to_have_text("a.png")
    wait_for_frames(widgets, "a.png", None)
    widgets.page.evaluate(paste, ["b.pdf", "application/pdf"])
    expect(slot(widgets, "last")).to_contain_text("b.pdf is not an image.")


def test_slots_copy_takes_the_place_of_its_frame_wherever_that_stands_now(widgets, image_file):
    widgets.page.evaluate("window.seedance.fixDialogs = {frames: {open: subject => { window.subject = subject; }}}")
    slot(widgets, "first").locator("input[type=file]").set_input_files(str(image_file("wide.png")))
    wait_for_frames(widgets, "wide.png", None)
    widgets.update(frames={"problems": {"first_frame": "Too wide."}, "fixes": ["first_frame"]})
    widgets.page.get_by_role("button", name="Fix it: First frame").click()
    widgets.page.get_by_role("button", name="Swap first and last frame").click()
    wait_for_frames(widgets, None, "wide.png")
    path = str(make_image(Path(widgets.server.uploads) / "copy.png", (640, 360)))
    swap = "([path, url]) => { window.back = subject.swap({path, url, orig_name: 'copy.png', mime_type: null}); }"
    widgets.page.evaluate(swap, [path, f"/gradio_api/file={path}"])
    wait_for_frames(widgets, None, "copy.png")
    assert widgets.page.evaluate("window.back()")
    expect(slot(widgets, "last").locator(".name")).to_have_text("wide.png")
    assert not widgets.page.evaluate("window.back()")
