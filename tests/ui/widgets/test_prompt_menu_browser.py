"""The list that @ opens in the prompt, and the tint of its tags, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

PASTE = """(links) => {
  const data = new DataTransfer();
  data.setData('text/plain', links.join('\\n'));
  document.querySelector('#references .tray').dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));
}"""
NAMES = ("red-wool.png", "square.png", "hall.mp4", "metronome.mp3")


class Prompt:
    """The prompt below a tray of links."""

    def __init__(self, widgets: Any) -> None:
        self.page = widgets.page
        self.area: Locator = self.page.locator("#prompt textarea")
        self.list = self.page.get_by_role("listbox", name="References")
        self.options = self.list.get_by_role("option")
        self.tinted = self.page.locator(".prompt-tint mark:visible")

    def add(self, *names: str) -> None:
        self.page.evaluate(PASTE, [f"https://example.com/{name}" for name in names])
        expect(self.page.locator("#references .name")).to_have_count(len(names))

    def type(self, text: str) -> None:
        self.area.focus()
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def expect_active(self, tag: str) -> None:
        option = self.options.filter(has_text=tag)
        expect(option).to_have_attribute("aria-selected", "true")
        expect(self.area).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
        expect(self.list.locator("[aria-selected=true]")).to_have_count(1)


@pytest.fixture
def prompt(widgets_again: Any) -> Prompt:
    held = Prompt(widgets_again)
    held.add(*NAMES)
    return held


def test_at_sign_opens_the_references_and_the_field_names_the_list_until_it_closes(prompt: Prompt) -> None:
    expect(prompt.page.get_by_role("textbox", name="Prompt")).to_have_count(1)
    prompt.type("The coat of @")
    expect(prompt.options.locator("b")).to_have_text(["@Image1", "@Image2", "@Video1", "@Audio1"])
    expect(prompt.options.locator(".mention-name")).to_have_text(list(NAMES))
    expect(prompt.area).to_have_attribute("aria-controls", str(prompt.list.get_attribute("id")))
    expect(prompt.area).to_have_attribute("aria-haspopup", "listbox")
    prompt.expect_active("@Image1")
    expect(prompt.page.get_by_text("↑ ↓ to choose, Enter to insert")).to_be_visible()

    prompt.press("ArrowDown", "Enter")
    expect(prompt.area).to_have_value("The coat of @Image2 ")
    expect(prompt.list).to_be_hidden()
    expect(prompt.page.get_by_role("textbox", name="Prompt")).to_be_focused()
    for name in ("aria-activedescendant", "aria-controls", "aria-haspopup"):
        assert prompt.area.get_attribute(name) is None

    prompt.press("ControlOrMeta+z")
    expect(prompt.area).to_have_value("The coat of @")


def test_space_behind_a_tag_is_not_doubled_and_gives_way_to_a_mark(prompt: Prompt) -> None:
    prompt.type("@")
    prompt.press("Enter")
    prompt.type(" rides with @")
    prompt.press("ArrowDown", "Enter")
    prompt.type(", to @")
    prompt.press("Enter")
    expect(prompt.area).to_have_value("@Image1 rides with @Image2, to @Image1 ")
    prompt.press("Space", "Space")
    expect(prompt.area).to_have_value("@Image1 rides with @Image2, to @Image1  ")

    prompt.press("Home")
    prompt.type("@")
    prompt.press("Enter")
    prompt.type(",")
    expect(prompt.area).to_have_value("@Image1 ,@Image1 rides with @Image2, to @Image1  ")  # no word loses its space


def test_arrows_go_round_and_home_and_end_jump(prompt: Prompt) -> None:
    prompt.type("@")
    prompt.press("ArrowUp")
    prompt.expect_active("@Audio1")
    prompt.press("ArrowDown")
    prompt.expect_active("@Image1")
    prompt.press("End")
    prompt.expect_active("@Audio1")
    prompt.press("Home", "Tab")
    expect(prompt.area).to_have_value("@Image1 ")
    expect(prompt.area).to_be_focused()


def test_typing_on_filters_by_tag_and_by_a_part_of_the_name(prompt: Prompt) -> None:
    for typed, found in (
        ("@im", ["@Image1", "@Image2"]),
        ("@Image", ["@Image1", "@Image2"]),
        ("@WOOL", ["@Image1"]),
        ("用@metro", ["@Audio1"]),
        ("(@hall.mp", ["@Video1"]),
    ):
        prompt.area.fill("")
        prompt.type(typed)
        expect(prompt.options.locator("b"), typed).to_have_text(found)


def test_nothing_found_is_said_and_leaves_the_keys_alone(prompt: Prompt) -> None:
    prompt.type("@zebra")
    expect(prompt.page.get_by_role("status").filter(has_text="No reference is called “zebra”.")).to_be_visible()
    expect(prompt.page.get_by_role("textbox", name="Prompt")).to_be_focused()
    prompt.press("Enter")
    expect(prompt.area).to_have_value("@zebra\n")
    expect(prompt.page.locator(".mention-menu")).to_be_hidden()


def test_empty_tray_is_said(widgets_again: Any) -> None:
    prompt = Prompt(widgets_again)
    prompt.type("@")
    expect(prompt.page.get_by_text("No references yet. Add files above.")).to_be_visible()


def test_other_text_and_a_whole_tag_leave_nothing_open(prompt: Prompt) -> None:
    for text in ("mail a@b", "@@", "@ home", "@Image1", "@Image1, then", "@image1的"):
        prompt.area.fill("")
        prompt.type(text)
        expect(prompt.area).to_have_value(text)
        expect(prompt.page.locator(".mention-menu:visible"), text).to_have_count(0)


def test_text_that_nobody_types_opens_nothing(prompt: Prompt) -> None:
    prompt.area.fill("walk to @Ima")
    prompt.page.get_by_role("button", name="Insert @Image1 into the prompt").click()
    prompt.area.evaluate("(area) => area.setSelectionRange(4, 4)")
    prompt.page.get_by_role("button", name="Insert @Video1 into the prompt").click()
    expect(prompt.area).to_have_value("walk @Video1 to @Ima @Image1 ")
    expect(prompt.page.locator(".mention-menu:visible")).to_have_count(0)
    for before in ("walk to @Ima @Image1 ", "walk to @Ima"):
        prompt.press("ControlOrMeta+z")
        expect(prompt.area).to_have_value(before)


def test_escape_closes_and_it_stays_closed_for_this_at_sign(prompt: Prompt) -> None:
    prompt.type("@")
    expect(prompt.list).to_be_visible()
    prompt.press("Escape")
    expect(prompt.list).to_be_hidden()
    expect(prompt.area).to_be_focused()
    prompt.type("im")
    expect(prompt.list).to_be_hidden()
    prompt.type(" @")
    expect(prompt.list).to_be_visible()


def test_menu_closes_when_the_caret_or_the_focus_leaves(prompt: Prompt) -> None:
    prompt.type("a @")
    expect(prompt.list).to_be_visible()
    prompt.press("ArrowLeft", "ArrowLeft")
    expect(prompt.list).to_be_hidden()
    prompt.press("ControlOrMeta+End")
    prompt.type("i")
    expect(prompt.list).to_be_visible()
    prompt.page.get_by_label("Another field").focus()
    expect(prompt.list).to_be_hidden()


def test_option_is_chosen_by_pointer_and_the_field_keeps_the_focus(prompt: Prompt) -> None:
    prompt.type("@")
    prompt.options.nth(2).hover()
    prompt.expect_active("@Video1")
    prompt.options.nth(2).click()
    expect(prompt.area).to_have_value("@Video1 ")
    expect(prompt.area).to_be_focused()


def test_tag_is_replaced_whole_when_the_caret_stands_in_it(prompt: Prompt) -> None:
    prompt.type("see @Image1 there")
    prompt.area.evaluate("(area) => area.setSelectionRange(7, 7)")
    prompt.type("m")
    prompt.press("Backspace")
    expect(prompt.options).to_have_count(2)
    prompt.press("End", "Enter")
    expect(prompt.area).to_have_value("see @Image2 there")


def test_composition_of_an_input_method_is_left_alone(prompt: Prompt) -> None:
    client = prompt.page.context.new_cdp_session(prompt.page)
    prompt.type("a @")
    expect(prompt.list).to_be_visible()
    client.send("Input.imeSetComposition", {"text": "he", "selectionStart": 2, "selectionEnd": 2})
    expect(prompt.area).to_have_value("a @he")
    prompt.area.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    prompt.area.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    expect(prompt.area).to_have_value("a @he")
    expect(prompt.options).to_have_count(4)
    client.send("Input.insertText", {"text": "hall"})
    expect(prompt.options.locator("b")).to_have_text(["@Video1"])


def test_menu_and_tint_belong_to_the_references_tab(prompt: Prompt) -> None:
    prompt.type("@Image1")
    expect(prompt.tinted).to_have_class([""])
    prompt.page.evaluate("document.body.dataset.only = 'none'")
    prompt.type(" @")
    expect(prompt.page.locator(".mention-menu:visible")).to_have_count(0)
    expect(prompt.tinted).to_have_class(["unknown"])


# Where it stands


def expect_in_view(prompt: Prompt, top: float, bottom: float) -> dict[str, float]:
    expect(prompt.list).to_be_visible()
    box = prompt.page.locator(".mention-menu").bounding_box()
    assert box["y"] >= top - 1
    assert box["y"] + box["height"] <= bottom + 1
    return box


def test_menu_opens_upward_where_the_dock_would_cover_it(prompt: Prompt) -> None:
    prompt.page.evaluate(
        """() => {
          const dock = Object.assign(document.createElement('div'), {id: 'dock'});
          dock.style = 'position: fixed; bottom: 0; left: 0; right: 0; height: 80px';
          document.body.append(dock);
        }"""
    )
    prompt.page.set_viewport_size({"width": 1000, "height": 700})
    prompt.area.evaluate("(area) => scrollBy(0, area.getBoundingClientRect().bottom - 600)")
    prompt.type("@")
    box = expect_in_view(prompt, 0, 620)
    assert box["y"] + box["height"] <= prompt.area.bounding_box()["y"]
    prompt.press("Escape")
    prompt.page.set_viewport_size({"width": 1000, "height": 1200})
    prompt.type(" @")
    box = expect_in_view(prompt, 0, 1120)
    assert box["y"] >= prompt.area.bounding_box()["y"]
    prompt.page.evaluate("document.getElementById('dock').remove()")


def test_menu_stays_in_view_on_a_phone_whose_keyboard_is_open(prompt: Prompt) -> None:
    prompt.page.set_viewport_size({"width": 390, "height": 844})
    # The keyboard lies over the page: only the visual viewport grows smaller.
    prompt.page.evaluate("Object.defineProperty(visualViewport, 'height', {get: () => 440, configurable: true})")
    prompt.area.evaluate("(area) => scrollBy(0, area.getBoundingClientRect().bottom - 400)")
    prompt.type("@")
    expect_in_view(prompt, 0, 440)
    heights = prompt.options.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 44
    prompt.page.evaluate("delete visualViewport.height")


# Tint


def test_tags_are_tinted_and_unknown_ones_marked(prompt: Prompt) -> None:
    prompt.area.fill("@Image1 and @image2, @Image3, a@image1.org, @Audio1@Video1")
    expect(prompt.tinted).to_have_text(["@Image1", "@image2", "@Image3", "@Audio1", "@Video1"])
    expect(prompt.tinted).to_have_class(["", "", "unknown", "", ""])
    prompt.area.fill("none")
    expect(prompt.tinted).to_have_count(0)


GEOMETRY = """() => {
  const area = document.querySelector('#prompt textarea');
  const copy = document.querySelector('.prompt-tint > div');
  const [a, b] = [area, copy.parentElement].map((element) => element.getBoundingClientRect());
  return {
    heights: [area.scrollHeight, Math.max(area.clientHeight, copy.offsetHeight)],
    tops: [a.top + area.clientTop, b.top], widths: [area.clientWidth, b.width],
    scrolled: [-area.scrollTop, new DOMMatrix(getComputedStyle(copy).transform).f],
  };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tint_wraps_scrolls_and_grows_with_the_text(prompt: Prompt, scheme: str) -> None:
    prompt.page.emulate_media(color_scheme=scheme)
    line = "At dusk the dancer of @Image2 crosses @Image1 in @Image3, 用@Image1的构图 and wiiiide mmmmm words. "
    for width, text in ((1440, line * 2), (700, line * 9 + "\n\n"), (390, line * 30)):
        prompt.page.set_viewport_size({"width": width, "height": 900})
        prompt.area.fill(text)
        prompt.area.evaluate("(area) => { area.scrollTop = 99; }")
        prompt.page.wait_for_function(f"({GEOMETRY})().scrolled.every((by, _, all) => by === all[0])")
        found = prompt.page.evaluate(GEOMETRY)
        for pair in found.values():
            assert pair[0] == pytest.approx(pair[1], abs=1), (width, found)


def test_tint_follows_the_field_that_is_dragged_larger(prompt: Prompt) -> None:
    prompt.area.fill("@Image1 " * 200)
    prompt.area.evaluate("(area) => { area.style.height = '233px'; }")
    prompt.page.wait_for_function("document.querySelector('.prompt-tint').clientHeight > 225")
    assert prompt.page.evaluate(GEOMETRY)["heights"][0] == prompt.page.evaluate(GEOMETRY)["heights"][1]
