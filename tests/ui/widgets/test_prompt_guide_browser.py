"""The prompt guide and the hint for the first run, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from seedance_ui.ui.prompt_guide import GUIDE
from tests.ui.widgets.widget_page import facts

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

UNDO = "ControlOrMeta+z"
TITLES = [section.title for section in GUIDE]
OF_REFERENCES = ["A job for every file", "Edit or extend a video"]

PASTE = """(links) => {
  const data = new DataTransfer();
  data.setData('text/plain', links.join('\\n'));
  document.querySelector('#references .tray').dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));
}"""

IN_FRONT = {
    "": ("", ""),
    "A dog runs": ("A dog runs. ", "A dog runs "),
    "A dog runs.": ("A dog runs. ", "A dog runs. "),
    "A dog runs, ": ("A dog runs, ", "A dog runs, "),
    "A dog runs  ": ("A dog runs. ", "A dog runs  "),
    "A line\n": ("A line\n", "A line\n"),
    "Shot 1: ": ("Shot 1: ", "Shot 1: "),
    "The coat of @Image1": ("The coat of @Image1. ", "The coat of @Image1 "),
    'He says "': ('He says "', 'He says "'),
    'He says "hi"': ('He says "hi" ', 'He says "hi" '),
    "A dog (": ("A dog (", "A dog ("),
    "一只狗在跑": ("一只狗在跑。", "一只狗在跑"),
    "一只狗在跑，": ("一只狗在跑，", "一只狗在跑，"),
}
"""What stands before the caret, and what a sentence follows then: at the end of the text, and in its middle."""

BEHIND = ("", " and stops.", "stops.")

INSERT = """(runs) => runs.map(([words, before, behind]) => {
  const area = seedance.prompt.box();
  area.focus();
  area.select();
  document.execCommand(before + behind ? 'insertText' : 'delete', false, before + behind);
  area.setSelectionRange(before.length, before.length);
  document.dispatchEvent(new Event('selectionchange'));
  seedance.prompt.insertSentence(words);
  const {value, selectionStart} = area;
  document.execCommand('undo');
  return [value, selectionStart, area.value];
})"""


class Guide:
    """The guide of one page, and the prompt that it writes to."""

    def __init__(self, widgets: Any) -> None:
        self.page = widgets.page
        self.prompt: Locator = self.page.locator("#prompt textarea")
        self.dialog = self.page.get_by_role("dialog", name="Prompt guide")
        self.opener = self.page.get_by_role("button", name="Guide", exact=True)

    def open(self) -> None:
        self.opener.click()
        expect(self.dialog).to_be_visible()

    def snippet(self, words: str) -> Locator:
        return self.dialog.get_by_role("button", name=words)

    def insert(self, words: str) -> None:
        self.open()
        self.snippet(words).click()
        expect(self.dialog).to_be_hidden()
        expect(self.prompt).to_be_focused()

    def titles(self) -> list[str]:
        return self.dialog.get_by_role("heading", level=3).all_text_contents()


@pytest.fixture
def guide(widgets_again: Any) -> Guide:
    return Guide(widgets_again)


def test_snippet_goes_in_where_one_was_writing_and_one_undo_takes_it_back(guide: Guide) -> None:
    guide.prompt.fill("A sailor mends his net")
    guide.insert('He whispers in English, "…"')
    inserted = 'A sailor mends his net. He whispers in English, "" '
    expect(guide.prompt).to_have_value(inserted)
    guide.page.keyboard.type("Wait.")
    expect(guide.prompt).to_have_value('A sailor mends his net. He whispers in English, "Wait." ')
    for _ in "Wait.":  # at most a step for each letter: Gradio's answers may end a group of keys
        if guide.prompt.input_value() != inserted:
            guide.page.keyboard.press(UNDO)
    expect(guide.prompt).to_have_value(inserted)
    guide.page.keyboard.press(UNDO)
    expect(guide.prompt).to_have_value("A sailor mends his net")


def test_snippet_replaces_nothing_that_is_selected(guide: Guide) -> None:
    guide.prompt.fill("Rain. A tram.")
    guide.prompt.evaluate("(area) => area.setSelectionRange(0, 5)")
    guide.insert("Slow push in.")
    expect(guide.prompt).to_have_value("Rain. Slow push in. A tram.")


def test_every_snippet_stands_apart_from_its_neighbours_and_is_undone_in_one_step(guide: Guide) -> None:
    every = [(before, behind) for before in IN_FRONT for behind in BEHIND]
    each = [(before, BEHIND[index % len(BEHIND)]) for index, before in enumerate(IN_FRONT)]
    runs = [("Slow push in.", *case) for case in every]
    runs += [(words, *case) for words in ('She says in English, "{caret}"', "镜头缓缓推进。") for case in each]
    snippets = [words for section in GUIDE for words in section.snippets]
    runs += [(words, *every[index % len(every)]) for index, words in enumerate(snippets)]
    for run, (value, caret, undone) in zip(runs, guide.page.evaluate(INSERT, runs), strict=True):
        words, before, behind = run
        head, _, tail = words.partition("{caret}")
        front = IN_FRONT[before][bool(behind)] + head
        gap = "" if behind.startswith(" ") or (head + tail)[-1] in " 。" else " "
        assert value == front + tail + gap + behind, run
        assert caret == len(front if "{caret}" in words else front + gap), run
        assert undone == before + behind, run


def test_guide_puts_what_the_chosen_tab_is_about_first(guide: Guide) -> None:
    guide.open()
    assert guide.titles()[:2] == OF_REFERENCES
    assert sorted(guide.titles()) == sorted(TITLES)
    expect(guide.dialog.get_by_text("For the tab First & last frame.")).to_have_count(1)
    guide.page.keyboard.press("Escape")
    expect(guide.dialog).to_be_hidden()
    expect(guide.opener).to_be_focused()

    guide.page.evaluate("document.body.dataset.only = 'none'")
    guide.open()
    assert guide.titles()[0] == "What to write"
    assert guide.titles()[-3:] == ["Between the frames", *OF_REFERENCES]
    expect(guide.dialog.get_by_text("For the tab References.")).to_have_count(2)
    expect(guide.snippet("is the main character")).to_have_count(0)
    guide.dialog.get_by_role("button", name="Close", exact=True).click()


def test_snippet_for_a_reference_takes_a_file_that_has_no_job_yet(guide: Guide) -> None:
    guide.open()
    character = guide.snippet("@Image1 is the main character.")
    expect(character).to_have_attribute("aria-disabled", "true")
    expect(character).to_have_accessible_description("Add an image first.")
    character.click(force=True)
    expect(guide.dialog).to_be_visible()
    guide.page.keyboard.press("Escape")

    guide.page.evaluate(PASTE, ["https://example.com/a.png", "https://example.com/b.png"])
    guide.prompt.fill("A park. @Image1 is the main character.")
    guide.insert("The place and the light of @Image2.")
    expect(guide.prompt).to_have_value("A park. @Image1 is the main character. The place and the light of @Image2. ")
    guide.open()
    expect(guide.snippet("The composition of @Image1.")).to_be_enabled()
    expect(guide.snippet("Exactly the motion of @Video1.")).to_have_accessible_description("Add a video first.")
    expect(guide.snippet("The voice of @Audio1.")).to_have_accessible_description("Add an audio file first.")
    guide.page.keyboard.press("Escape")


def test_keyboard_alone_opens_the_guide_and_puts_a_snippet_in(guide: Guide) -> None:
    guide.opener.focus()
    guide.page.keyboard.press("Enter")
    expect(guide.dialog).to_be_visible()
    guide.snippet("Shot 1: …").focus()
    guide.page.keyboard.press("Enter")
    guide.page.keyboard.type("A kite.")
    expect(guide.prompt).to_have_value("Shot 1: A kite.")


@pytest.mark.parametrize("width_px", [390, 320])
def test_guide_fits_a_phone_and_every_target_a_finger(guide: Guide, width_px: int) -> None:
    guide.page.set_viewport_size({"width": width_px, "height": 780})
    guide.opener.click(position={"x": -4, "y": 30}, force=True)
    expect(guide.dialog).to_be_visible()
    sizes = guide.dialog.get_by_role("button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({width, height}) => Math.min(width, height))"
    )
    assert min(sizes) >= 44
    assert guide.dialog.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
    guide.page.keyboard.press("Escape")


def test_length_is_told_near_the_limit_once_typing_rests(guide: Guide) -> None:
    told = guide.page.locator("#prompt-hint [role=status]")
    guide.prompt.fill("a" * 5399)
    expect(guide.page.locator(".prompt-hint .count")).to_have_text("")
    guide.prompt.fill("a" * 5400)
    expect(guide.page.locator(".prompt-hint .count")).to_have_text("5,400 of 6,000")
    expect(told).to_have_text("5400 of 6000 characters.")
    guide.prompt.fill("a")
    expect(told).to_have_text("")


# Examples, and the first run


def test_example_in_the_place_of_own_words_is_undone_in_one_step(guide: Guide) -> None:
    guide.prompt.fill("Words of my own")
    guide.page.get_by_role("button", name="Kite").press("Enter")
    expect(guide.prompt).to_have_value("A kite over a beach.")
    expect(guide.page.get_by_role("button", name="Kite")).to_be_focused()
    guide.prompt.press(UNDO)
    expect(guide.prompt).to_have_value("Words of my own")


HINT = "Pick an example or write, then Generate."
GAP = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  return box('.examples').top - box('#prompt-field').bottom;
}"""


def expect_no_hint_after_a_reload(page: Page) -> None:
    page.reload()
    page.get_by_text("Start from an example").wait_for()
    expect(page.get_by_text(HINT)).to_be_hidden()


def test_hint_for_the_first_run_ends_with_the_first_job_and_nothing_moves(new_widgets: Any) -> None:
    page = new_widgets.page
    page.get_by_text(HINT).wait_for()
    expect(page.get_by_role("group", name="Start from an example").get_by_role("button")).to_have_count(1)
    before = page.evaluate(GAP)
    new_widgets.server.push("a" * 32, state="running", phase="generating")
    new_widgets.update(card={"value": [facts("a" * 32)]})
    page.get_by_text(HINT).wait_for(state="hidden")
    assert page.evaluate(GAP) == before
    expect_no_hint_after_a_reload(page)


def test_hint_for_the_first_run_can_be_closed_for_good(new_widgets: Any) -> None:
    page = new_widgets.page
    page.get_by_role("button", name="Close the hint").press("Enter")
    expect(page.get_by_text(HINT)).to_be_hidden()
    expect(page.locator("#prompt textarea")).to_be_focused()
    expect_no_hint_after_a_reload(page)
