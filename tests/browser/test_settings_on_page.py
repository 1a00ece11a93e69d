"""The settings on the real page: by keyboard alone, over a reload, and when two of them change at once."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect

from seedance_ui.domain.request import Mode
from seedance_ui.ui.examples import EXAMPLES
from tests.browser.conftest import OpenStudio
from tests.browser.studio_page import FINISHES_WITHIN_MS, Studio

NO_MEMORY = """
  for (const name of ['getItem', 'setItem']) {
    const plain = Storage.prototype[name];
    Storage.prototype[name] = function (key, ...more) {
      if (key === 'seedance-settings') throw new DOMException('denied', 'SecurityError');
      return plain.call(this, key, ...more);
    };
  }
"""
"""Storage refuses what is ours; Gradio 6.31 itself does not start where it refuses everything."""


def price(studio: Studio) -> Locator:
    return studio.page.locator("#dock .price b")


def checkbox(studio: Studio, name: str) -> Locator:
    return studio.page.get_by_role("checkbox", name=name, exact=True)


def duration(studio: Studio) -> Locator:
    return studio.page.get_by_role("spinbutton", name="Duration in seconds")


def press_right(page: Page, radio: Locator) -> None:
    """Move to the next radio, as quickly as keys repeat."""
    expect(radio).to_be_focused()
    page.keyboard.press("ArrowRight")


def test_three_variations_of_a_draft_by_keyboard_alone_are_three_cards_and_three_videos(studio: Studio) -> None:
    page, keyboard = studio.page, studio.page.keyboard
    studio.prompt.focus()
    keyboard.type("Three tries")
    checkbox(studio, "Draft").focus()
    keyboard.press("Space")
    expect(duration(studio)).to_have_value("4")
    studio.radio("Variations", "1").focus()
    press_right(page, studio.radio("Variations", "1"))
    press_right(page, studio.radio("Variations", "2"))
    expect(studio.radio("Variations", "3")).to_be_checked()

    keyboard.press("Tab")
    expect(page.get_by_role("spinbutton", name="Seed")).to_be_focused()
    keyboard.press("Tab")
    expect(page.get_by_role("button", name="Draw a seed")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value(re.compile(r"^\d+$"))
    expect(page.locator("#dock .summary")).to_have_text("3 videos · 4 s · 480p · 16:9 · storyboard")

    keyboard.press("Tab")
    expect(page.locator("#dock summary")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_text("Drawn on this machine: free")).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_text("Drawn on this machine: free")).to_be_hidden()
    expect(page.locator("#dock summary")).to_be_focused()

    studio.generate_button.focus()
    keyboard.press("Enter")
    expect(studio.cards).to_have_count(3)
    made = [card.get_attribute("data-job") for card in studio.cards.all()]
    assert len(set(made)) == 3
    ready = studio.library.get_by_role("listitem").filter(has_text="Three tries")
    expect(ready).to_have_count(3, timeout=FINISHES_WITHIN_MS)
    for job_id in made:
        snapshot = studio.app.snapshot(str(job_id))
        assert snapshot["state"] == "succeeded"
        assert len(studio.app.fetch(snapshot["video_url"])) > 1_000


def test_settings_are_remembered_and_draft_gives_back_what_it_covered(studio: Studio) -> None:
    studio.set_duration(11)
    studio.radio("Aspect ratio", "9:16").check()
    checkbox(studio, "Sound").uncheck()
    checkbox(studio, "Draft").check()
    expect(duration(studio)).to_have_value("4")
    expect(studio.radio("Resolution", "480p")).to_be_checked()
    studio.radio("Variations", "4").check()
    studio.prompt.fill("Not remembered")

    studio.reload()
    expect(checkbox(studio, "Draft")).to_be_checked()
    expect(studio.radio("Aspect ratio", "9:16")).to_be_checked()
    expect(checkbox(studio, "Sound")).not_to_be_checked()
    expect(studio.page.locator("#dock .summary")).to_have_text("4 s · 480p · 9:16 · storyboard")
    expect(studio.radio("Variations", "1")).to_be_checked()
    expect(studio.prompt).to_have_value("")

    checkbox(studio, "Draft").uncheck()
    expect(duration(studio)).to_have_value("11")
    expect(studio.radio("Resolution", "720p")).to_be_checked()

    checkbox(studio, "Draft").check()
    expect(duration(studio)).to_have_value("4")
    studio.radio("Resolution", "720p").check()
    expect(checkbox(studio, "Draft")).not_to_be_checked()
    studio.reload()
    expect(studio.page.locator("#dock .summary")).to_have_text("4 s · 720p · 9:16 · storyboard")


def test_without_a_memory_the_page_works_and_the_tab_that_was_opened_last_has_its_examples(
    open_studio: OpenStudio,
) -> None:
    """Of two questions at once, the older one could be answered last."""
    studio = open_studio(load=False)
    studio.page.add_init_script(NO_MEMORY)
    studio.open()
    checkbox(studio, "Draft").check()
    expect(studio.page.locator("#dock .summary")).to_have_text("4 s · 480p · 16:9 · storyboard")
    expect(price(studio)).to_have_text("Free")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if not held and '"scenario"' in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    studio.page.route("**/run/predict", hold)
    with studio.page.expect_request(lambda request: '"scenario"' in (request.post_data or "")):
        studio.choose_provider("Scenario")
    studio.page.get_by_role("tab", name="References").click()
    expect(studio.tray).to_be_visible()
    with studio.page.expect_response(lambda answer: answer.request == held[0].request):
        held[0].continue_()
    # Whatever that answer does is done before a later question is answered.
    studio.page.get_by_role("button", name="Draw a seed").click()
    expect(studio.page.get_by_role("spinbutton", name="Seed")).to_have_value(re.compile(r"^\d+$"))

    expect(studio.example(EXAMPLES[Mode.REFERENCES][0].title)).to_be_visible()
    expect(studio.example(EXAMPLES[Mode.TEXT][0].title)).to_have_count(0)
