"""The reference tray in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from media_makers import make_image
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread


def add(widgets: Any, *paths: Path) -> None:
    widgets.page.locator("#references input[type=file]").set_input_files([str(path) for path in paths])


def tags(widgets: Any) -> Locator:
    return widgets.page.locator("#references .tag:visible")


def test_tray_files_of_every_kind_are_sorted_tagged_and_sent_in_tray_order(widgets, image_file, sound_file):
    add(widgets, sound_file("beat.wav"), image_file("square.png"), image_file("coat.png"))
    expect(tags(widgets)).to_have_text(["@Image1", "@Image2", "@Audio1"])
    files = widgets.server.wait_for_names(["square.png", "coat.png", "beat.wav"])
    assert all(Path(file.path).is_file() for file in files)
    expect(widgets.page.locator("#references .tally")).to_have_text("2 of 9 images · 1 of 3 audio")
    expect(widgets.page.locator("#references .meta")).to_have_text(
        ["640\u00a0×\u00a0360", "640\u00a0×\u00a0360", "4.2\u00a0s"]
    )
    assert widgets.page.evaluate("window.seedance.references.map(({tag, kind, name}) => [tag, kind, name])") == [
        ["@Image1", "image", "square.png"],
        ["@Image2", "image", "coat.png"],
        ["@Audio1", "audio", "beat.wav"],
    ]


def test_tray_move_keeps_focus_on_the_card_and_says_its_new_tag(widgets, image_file):
    add(widgets, image_file("a.png"), image_file("b.png"), image_file("c.png"))
    expect(tags(widgets)).to_have_count(3)
    widgets.page.get_by_role("button", name="Move @Image2 later").press("Enter")
    expect(widgets.page.locator("#references .name")).to_have_text(["a.png", "c.png", "b.png"])
    expect(widgets.page.get_by_role("button", name="Move @Image3 earlier")).to_be_focused()
    expect(widgets.page.locator("#references [aria-live]")).to_have_text("@Image2 is now @Image3.")
    widgets.server.wait_for_names(["a.png", "c.png", "b.png"])


def test_tray_remove_renumbers_the_later_ones(widgets, image_file):
    add(widgets, image_file("a.png"), image_file("b.png"))
    expect(tags(widgets)).to_have_text(["@Image1", "@Image2"])
    widgets.page.get_by_role("button", name="Remove @Image1").click()
    expect(tags(widgets)).to_have_text(["@Image1"])
    expect(widgets.page.get_by_role("button", name="Remove @Image1")).to_be_focused()
    expect(widgets.page.locator("#references [aria-live]")).to_have_text("@Image1 was removed.")
    widgets.server.wait_for_names(["b.png"])


def test_tray_facts_and_problems_from_python_stay_with_their_file_when_it_moves(widgets, image_file):
    add(widgets, image_file("a.png"), image_file("b.png"))
    widgets.server.wait_for_names(["a.png", "b.png"])
    sentence = "Too large for AIML API. ${6*7} <b>x</b>"
    widgets.update(tray={"facts": {"@Image1": "9 × 9 · 2.1 MB"}, "problems": {"@Image1": sentence}})
    card = widgets.page.get_by_role("listitem").filter(has_text="a.png")
    expect(card.locator(".problem > span")).to_have_text(sentence)
    expect(card.locator(".meta")).to_have_text("9 × 9 · 2.1 MB")
    widgets.page.get_by_role("button", name="Move @Image1 later").click()
    expect(widgets.page.locator("#references .ref.warn .name")).to_have_text("a.png")
    widgets.server.wait_for_names(["b.png", "a.png"])


def test_tray_upload_that_is_too_large_says_so_on_its_card_and_is_not_sent(widgets, image_file):
    widgets.server.upload_status = 413
    add(widgets, image_file("poster.png"))
    card = widgets.page.get_by_role("listitem").filter(has_text="poster.png")
    expect(card).to_contain_text("poster.png is too large to upload")
    expect(card.get_by_role("button", name="Try again")).to_be_hidden()
    assert widgets.server.all_heard("tray") == []
    card.get_by_role("button", name="Remove poster.png").click()
    expect(card).to_have_count(0)


def test_tray_upload_that_failed_can_be_tried_again(widgets, image_file):
    widgets.server.upload_status = 503
    add(widgets, image_file("poster.png"))
    again = widgets.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    widgets.server.upload_status = None
    again.click()
    expect(tags(widgets)).to_have_text(["@Image1"])
    widgets.server.wait_for_names(["poster.png"])


def test_tray_files_that_are_missing_are_problems_of_the_tab_that_is_open(widgets, image_file, tmp_path):
    note = tmp_path / "notes.txt"
    note.write_text("hello")
    widgets.server.upload_status = 503
    add(widgets, image_file("poster.png"), note)
    again = widgets.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    count = "() => seedance.problems.count()"
    assert widgets.page.evaluate(count) == 2
    widgets.page.evaluate("seedance.problems.focusFirst()")
    expect(again).to_be_focused()
    expect(widgets.page.locator("#references [aria-live]")).to_have_text(re.compile("did not take poster.png"))
    shown_once_and_said = widgets.page.locator("#references").get_by_text("did not take poster.png")
    expect(shown_once_and_said).to_have_count(2)
    widgets.show_only("frames")
    widgets.page.wait_for_function("() => !seedance.problems.isAnyMissing()")
    widgets.show_only("references")
    widgets.page.wait_for_function("() => seedance.problems.count() === 2")
    widgets.server.upload_status = None
    again.click()
    expect(tags(widgets)).to_have_text(["@Image1"])
    widgets.page.evaluate("seedance.problems.focusFirst()")
    expect(widgets.page.get_by_role("button", name="Remove notes.txt")).to_be_focused()
    widgets.page.keyboard.press("Enter")
    assert widgets.page.evaluate(count) == 0


def test_tray_upload_that_is_tried_again_takes_no_number_from_a_card_that_has_one(widgets, image_file):
    widgets.server.upload_status = 503
    add(widgets, image_file("late.png"))
    again = widgets.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    widgets.server.upload_status = None
    add(widgets, image_file("first.png"))
    expect(tags(widgets)).to_have_text(["@Image1"])
    again.click()
    expect(tags(widgets)).to_have_text(["@Image1", "@Image2"])
    widgets.server.wait_for_names(["first.png", "late.png"])


def test_tray_file_that_is_no_medium_and_files_beyond_the_limit_are_refused_at_once(widgets, image_file, tmp_path):
    note = tmp_path / "notes.txt"
    note.write_text("hello")
    widgets.update(tray={"limits": {"image": 1, "video": 3, "audio": 3}})
    expect(widgets.page.locator("#references .tally")).to_contain_text("Up to 1 images")
    add(widgets, image_file("a.png"), image_file("b.png"), note)
    expect(tags(widgets)).to_have_text(["@Image1"])
    expect(widgets.page.get_by_text("The tray holds 1 images. b.png was not added.")).to_be_visible()
    expect(widgets.page.get_by_text("notes.txt is not an image, a video or an audio file.")).to_be_visible()


def test_tray_copy_takes_the_place_of_one_card_beside_files_that_came_meanwhile(widgets, image_file):
    widgets.page.evaluate("window.seedance.fixDialogs = {references: {open: subject => { window.subject = subject; }}}")
    add(widgets, image_file("wide.png"), image_file("b.png"))
    widgets.server.wait_for_names(["wide.png", "b.png"])
    widgets.update(tray={"problems": {"@Image1": "Too wide."}, "fixes": ["@Image1"]})
    widgets.page.get_by_role("button", name="Fix it: @Image1").click()
    add(widgets, image_file("late.png"))
    widgets.server.wait_for_names(["wide.png", "b.png", "late.png"])

    path = str(make_image(Path(widgets.server.uploads) / "copy.png", (640, 360)))
    swap = "([path, url]) => { window.back = subject.swap({path, url, orig_name: 'copy.png', mime_type: null}); }"
    widgets.page.evaluate(swap, [path, f"/gradio_api/file={path}"])
    files = widgets.server.wait_for_names(["copy.png", "b.png", "late.png"])
    assert files[0].path == path
    assert widgets.page.evaluate("window.back()")
    expect(widgets.page.locator("#references .name")).to_have_text(["wide.png", "b.png", "late.png"])
    widgets.page.evaluate(swap, [path, f"/gradio_api/file={path}"])
    widgets.page.get_by_role("button", name="Remove @Image1").click()
    assert not widgets.page.evaluate("window.back()")
    widgets.server.wait_for_names(["b.png", "late.png"])


def test_tray_drop_and_paste_add_files_and_pasted_text_stays_with_its_field(widgets):
    widgets.page.evaluate(
        """() => {
          const transfer = name => {
            const data = new DataTransfer();
            data.items.add(new File(['x'], name, {type: 'image/png'}));
            return data;
          };
          document.querySelector('#references .tray').dispatchEvent(
            new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: transfer('dropped.png')}));
          document.body.dispatchEvent(
            new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: transfer('pasted.png')}));
          const both = transfer('from-word.png');
          both.setData('text/plain', 'words');
          document.querySelector('textarea').dispatchEvent(
            new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: both}));
        }"""
    )
    expect(widgets.page.locator("#references .name")).to_have_text(["dropped.png", "pasted.png"])
    widgets.server.wait_for_names(["dropped.png", "pasted.png"])


def test_tray_filled_by_python_shows_files_that_gradio_serves(widgets, image_file):
    path = image_file("${6*7} <b>x<b>.png")
    widgets.update(tray={"value": [[str(path), path.name]]})
    expect(widgets.page.locator("#references .name")).to_have_text("${6*7} <b>x<b>.png")
    expect(widgets.page.locator("#references .meta")).to_have_text("640\u00a0×\u00a0360")
    widgets.server.wait_for_names(["${6*7} <b>x<b>.png"])


def test_tray_tag_is_inserted_into_the_prompt(widgets, image_file):
    widgets.page.evaluate("window.seedance.insertTag = tag => { window.inserted = tag; }")
    add(widgets, image_file("a.png"))
    widgets.page.get_by_role("button", name="Insert @Image1 into the prompt").press("Enter")
    assert widgets.page.evaluate("window.inserted") == "@Image1"
