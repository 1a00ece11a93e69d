"""References and their tags: the tray decides what a tag means, and a click puts it where the caret stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from seedance_ui.domain.request import Mode
from tests.browser.studio_page import Studio
from tests.media_makers import make_image, make_mp3


@pytest.fixture
def tray_page(studio_again: Studio, tmp_path: Path) -> Studio:
    """Return the References tab with two images and a sound."""
    studio = studio_again
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(
        make_image(tmp_path / "coat.png", (400, 400)),
        make_image(tmp_path / "street.png", (500, 400)),
        make_mp3(tmp_path / "beat.mp3"),
    )
    expect(studio.tags).to_have_text(["@Image1", "@Image2", "@Audio1"])
    return studio


def put_caret(studio: Studio, at: int) -> None:
    studio.prompt.focus()
    studio.prompt.evaluate("(area, at) => area.setSelectionRange(at, at)", at)


def insert(studio: Studio, tag: str) -> None:
    studio.tray.get_by_role("button", name=f"Insert {tag} into the prompt").click()


def test_tag_button_inserts_at_the_caret_in_the_middle_of_text(tray_page: Studio) -> None:
    tray_page.prompt.fill("The coat of walks down the street")
    put_caret(tray_page, len("The coat of"))
    insert(tray_page, "@Image1")
    expect(tray_page.prompt).to_have_value("The coat of @Image1 walks down the street")
    expect(tray_page.prompt).to_be_focused()
    put_caret(tray_page, 0)
    insert(tray_page, "@Audio1")
    expect(tray_page.prompt).to_have_value("@Audio1 The coat of @Image1 walks down the street")


def test_tag_button_appends_to_a_prompt_that_had_no_focus_and_typing_goes_on_behind_it(tray_page: Studio) -> None:
    insert(tray_page, "@Image2")
    tray_page.page.keyboard.type("in the rain")
    expect(tray_page.prompt).to_have_value("@Image2 in the rain")


def test_inserted_tags_reach_the_request(tray_page: Studio) -> None:
    """What the button wrote is what Gradio sends: a tag that stood in the page alone would not be in the library."""
    insert(tray_page, "@Image1")
    insert(tray_page, "@Audio1")
    tray_page.make_it_quick()
    tray_page.expect_video_of(tray_page.generate())
    expect(tray_page.player).to_contain_text("@Image1 @Audio1")


def test_move_gives_the_tags_to_other_files(tray_page: Studio) -> None:
    tray_page.tray.get_by_role("button", name="Move @Image2 earlier").click()
    expect(tray_page.reference_cards.nth(0)).to_contain_text("street.png")
    expect(tray_page.reference_cards.nth(1)).to_contain_text("coat.png")
    expect(tray_page.tags).to_have_text(["@Image1", "@Image2", "@Audio1"])
    expect(tray_page.reference_cards.nth(0)).to_contain_text("500\u00a0×\u00a0400")
    expect(tray_page.tray.get_by_role("button", name="Move @Image1 earlier")).to_have_count(0)
    expect(tray_page.tray.get_by_role("button", name="Move @Image2 later")).to_have_count(0)


def test_remove_closes_the_gap(tray_page: Studio) -> None:
    tray_page.tray.get_by_role("button", name="Remove @Audio1").click()
    tray_page.tray.get_by_role("button", name="Remove @Image1").click()
    expect(tray_page.tags).to_have_text(["@Image1"])
    expect(tray_page.reference_cards).to_have_count(1)
    expect(tray_page.reference_cards).to_contain_text("street.png")


def test_references_and_prompt_stay_while_other_tabs_are_open(tray_page: Studio) -> None:
    tray_page.prompt.fill("The coat of @Image1")
    tray_page.choose_tab(Mode.TEXT)
    tray_page.choose_tab(Mode.REFERENCES)
    expect(tray_page.tags).to_have_text(["@Image1", "@Image2", "@Audio1"])
    expect(tray_page.prompt).to_have_value("The coat of @Image1")


def test_prompt_that_rests_says_which_tag_names_nothing_without_a_click(tray_page: Studio) -> None:
    tray_page.prompt.fill("@Image1 meets @Image3")
    sentence = tray_page.page.get_by_text("@Image3 names no file. There is @Image1 to @Image2, @Audio1.")
    expect(sentence).to_be_visible()
    expect(tray_page.prompt).to_have_attribute("aria-invalid", "true")
    tray_page.page.get_by_role("button", name="1 thing to fix first").click()
    expect(tray_page.prompt).to_be_focused()
    tray_page.prompt.fill("@Image1 meets @Image2")
    expect(sentence).to_have_count(0)


def test_removal_marks_its_tag_and_one_undo_brings_both_back_to_the_request(tray_page: Studio) -> None:
    tray_page.prompt.fill("@Image1 in @Image2 to @Audio1")
    tray_page.tray.get_by_role("button", name="Remove @Image1").click()
    expect(tray_page.prompt).to_have_value("@Image? in @Image1 to @Audio1")
    expect(tray_page.page.get_by_text("@Image? stood for a file that was removed.")).to_be_visible()
    tray_page.page.keyboard.press("ControlOrMeta+z")
    expect(tray_page.prompt).to_have_value("@Image1 in @Image2 to @Audio1")
    expect(tray_page.reference_cards.nth(0)).to_contain_text("coat.png")
    expect(tray_page.page.get_by_text("@Image? stood")).to_have_count(0)
    tray_page.make_it_quick()
    tray_page.expect_video_of(tray_page.generate())
    expect(tray_page.player).to_contain_text("@Image1 in @Image2 to @Audio1")


def test_at_sign_inserts_a_reference_with_its_picture(tray_page: Studio) -> None:
    tray_page.prompt.press_sequentially("@str")
    option = tray_page.page.get_by_role("option", name="@Image2 street.png")
    expect(option.locator("img")).to_be_visible()
    expect(option).to_have_attribute("aria-selected", "true")
    tray_page.page.keyboard.press("Tab")
    expect(tray_page.prompt).to_have_value("@Image2 ")
    tray_page.page.keyboard.type("rains on @beat")
    expect(tray_page.page.get_by_role("option", name="@Audio1 beat.mp3 · 0:0")).to_be_visible()
    tray_page.page.keyboard.press("Escape")
    tray_page.choose_tab(Mode.TEXT)
    tray_page.prompt.press_sequentially(" @")
    expect(tray_page.page.get_by_role("listbox", name="References")).to_have_count(0)
    expect(tray_page.page.get_by_text("@Image2 means a file of the References tab.")).to_be_visible()
