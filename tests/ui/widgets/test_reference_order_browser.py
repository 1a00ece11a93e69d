"""The tray's order and the prompt: moved by button, key, mouse and finger, and taken back by one undo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Locator, expect

from seedance_ui.domain.mentions import parse_mentions

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

PASTE = """(links) => {
  const data = new DataTransfer();
  data.setData('text/plain', links.join('\\n'));
  document.querySelector('#references .tray').dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));
}"""
UNDO = "ControlOrMeta+z"
REDO = "ControlOrMeta+Shift+z"


class Tray:
    """The tray and the prompt of one page. Cards are links: they are there at once."""

    def __init__(self, widgets: Any) -> None:
        self.page = widgets.page
        self.server = widgets.server
        self.root = self.page.locator("#references")
        self.prompt = self.page.locator("#prompt textarea")
        self.names = self.root.locator(".name")
        self.live = self.root.locator("[aria-live]")

    def add(self, *names: str) -> None:
        self.page.evaluate(PASTE, [f"https://example.com/{name}" for name in names])

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def card(self, name: str) -> Locator:
        return self.root.get_by_role("listitem").filter(has_text=name)

    def expect(self, prompt: str, *names: str) -> None:
        expect(self.prompt).to_have_value(prompt)
        expect(self.names).to_have_text(list(names))


@pytest.fixture
def tray(widgets_again: Any) -> Tray:
    """Return a tray of three images, a video and a sound, and a prompt that names them all."""
    held = Tray(widgets_again)
    held.add("a.png", "b.png", "c.png", "v.mp4", "s.mp3")
    expect(held.names).to_have_count(5)
    held.prompt.fill("@Image1 meets @Image2 and @Image3 in @Video1 to @Audio1")
    return held


def test_move_lets_the_prompt_follow_and_one_undo_brings_back_both(tray: Tray) -> None:
    tray.button("Move @Image3 earlier").press("Enter")
    tray.expect("@Image1 meets @Image3 and @Image2 in @Video1 to @Audio1", "a.png", "c.png", "b.png", "v.mp4", "s.mp3")
    expect(tray.live).to_have_text("@Image3 is now @Image2. The prompt was updated.")
    expect(tray.button("Move @Image2 earlier")).to_be_focused()

    tray.page.keyboard.press(UNDO)
    tray.expect("@Image1 meets @Image2 and @Image3 in @Video1 to @Audio1", "a.png", "b.png", "c.png", "v.mp4", "s.mp3")
    expect(tray.live).to_have_text("The change was undone.")

    tray.page.keyboard.press(REDO)
    tray.expect("@Image1 meets @Image3 and @Image2 in @Video1 to @Audio1", "a.png", "c.png", "b.png", "v.mp4", "s.mp3")


def test_removed_medium_leaves_a_tag_that_names_nothing_until_undo_in_the_prompt(tray: Tray) -> None:
    tray.button("Remove @Image2").click()
    tray.expect("@Image1 meets @Image? and @Image2 in @Video1 to @Audio1", "a.png", "c.png", "v.mp4", "s.mp3")
    expect(tray.live).to_have_text("@Image2 was removed. The prompt was updated.")
    expect(tray.page.locator(".prompt-tint mark.unknown")).to_have_text("@Image?")
    tray.add("d.png")
    expect(tray.names).to_have_count(5)

    tray.prompt.press(UNDO)
    tray.expect(
        "@Image1 meets @Image2 and @Image3 in @Video1 to @Audio1", "a.png", "b.png", "c.png", "d.png", "v.mp4", "s.mp3"
    )
    expect(tray.prompt).to_be_focused()
    tray.server.wait_for(
        "tray", lambda given: [one.url[-5:] for one in given][:4] == ["a.png", "b.png", "c.png", "d.png"]
    )


def test_prompt_of_several_lines_follows_and_is_undone_in_one_step(tray: Tray) -> None:
    tray.prompt.fill("@Image1\nstands, 的\n\nand @Image2\n")
    tray.prompt.evaluate("(area) => area.setSelectionRange(9, 9)")
    tray.button("Move @Image2 earlier").click()
    expect(tray.prompt).to_have_value("@Image2\nstands, 的\n\nand @Image1\n")
    assert tray.prompt.evaluate("(area) => [area.selectionStart, area.selectionEnd]") == [9, 9]
    tray.page.keyboard.press(UNDO)
    tray.expect("@Image1\nstands, 的\n\nand @Image2\n", "a.png", "b.png", "c.png", "v.mp4", "s.mp3")


def test_undo_goes_back_through_typing_and_the_tray_in_the_order_it_was_done(tray: Tray) -> None:
    whole = "@Image1 meets @Image2 and @Image3 in @Video1 to @Audio1"
    tray.prompt.press("ControlOrMeta+End")
    tray.page.keyboard.type("!")
    tray.button("Move @Image2 earlier").click()
    tray.prompt.press("ControlOrMeta+End")
    tray.page.keyboard.type("?")
    after = "@Image2 meets @Image1 and @Image3 in @Video1 to @Audio1!"
    expect(tray.prompt).to_have_value(f"{after}?")

    for prompt, first in ((after, "b.png"), (f"{whole}!", "a.png"), (whole, "a.png")):
        tray.page.keyboard.press(UNDO)  # one character each: Gradio's answers may end a group of keys
        expect(tray.prompt).to_have_value(prompt)
        expect(tray.names.first).to_have_text(first)
    for prompt, first in ((f"{whole}!", "a.png"), (after, "b.png"), (f"{after}?", "b.png")):
        tray.page.keyboard.press(REDO)
        expect(tray.prompt).to_have_value(prompt)
        expect(tray.names.first).to_have_text(first)


def test_undo_from_the_menu_of_the_browser_brings_back_the_tray_too(tray: Tray) -> None:
    tray.button("Move @Image2 earlier").click()
    expect(tray.names.first).to_have_text("b.png")
    tray.prompt.focus()
    tray.page.evaluate("document.execCommand('undo')")
    tray.expect("@Image1 meets @Image2 and @Image3 in @Video1 to @Audio1", "a.png", "b.png", "c.png", "v.mp4", "s.mp3")
    tray.page.evaluate("document.execCommand('redo')")
    tray.expect("@Image2 meets @Image1 and @Image3 in @Video1 to @Audio1", "b.png", "a.png", "c.png", "v.mp4", "s.mp3")


def test_tray_that_no_tag_names_is_undone_without_a_change_of_the_prompt(tray: Tray) -> None:
    tray.prompt.fill("a dog")
    tray.button("Remove @Audio1").click()
    tray.expect("a dog", "a.png", "b.png", "c.png", "v.mp4")
    expect(tray.live).to_have_text("@Audio1 was removed.")
    tray.prompt.press(UNDO)
    tray.expect("a dog", "a.png", "b.png", "c.png", "v.mp4", "s.mp3")


def test_undo_button_of_the_tray_brings_a_card_back_even_after_typing(tray: Tray) -> None:
    tray.button("Remove @Image1").click()
    expect(tray.root.get_by_text("@Image1 was removed.").first).to_be_visible()
    tray.prompt.press("ControlOrMeta+End")
    tray.page.keyboard.type("!")
    tray.button("Undo").click()
    tray.expect("@Image? meets @Image2 and @Image3 in @Video1 to @Audio1!", "a.png", "b.png", "c.png", "v.mp4", "s.mp3")
    expect(tray.button("Undo")).to_be_hidden()


def test_undo_elsewhere_is_left_to_the_browser(tray: Tray) -> None:
    tray.button("Move @Image2 earlier").click()
    expect(tray.names.first).to_have_text("b.png")
    field = tray.page.get_by_label("Another field")
    field.press_sequentially("x")
    field.press(UNDO)
    expect(field).to_have_value("")
    tray.button("Add link").click()
    link = tray.page.get_by_role("textbox", name="Link to an image, a video or audio")
    link.press_sequentially("x")
    link.press(UNDO)
    expect(link).to_have_value("")
    expect(tray.names.first).to_have_text("b.png")


def test_media_that_no_tag_names_are_noted_once_there_is_a_prompt(tray: Tray) -> None:
    tray.prompt.fill("")
    expect(tray.root.get_by_text("not used yet")).to_have_count(0)
    tray.prompt.fill("@Image2 walks")
    expect(tray.root.get_by_text("not used yet")).to_have_count(4)
    expect(tray.card("b.png")).not_to_contain_text("not used yet")
    tray.button("Move @Image2 earlier").click()
    expect(tray.prompt).to_have_value("@Image1 walks")
    expect(tray.card("b.png")).not_to_contain_text("not used yet")


def test_alt_and_an_arrow_key_move_the_card_that_has_the_focus(tray: Tray) -> None:
    tag = tray.button("Insert @Image1 into the prompt")
    tag.focus()
    tray.page.keyboard.press("Alt+ArrowRight")
    tray.page.keyboard.press("Alt+ArrowDown")
    tray.expect("@Image3 meets @Image1 and @Image2 in @Video1 to @Audio1", "b.png", "c.png", "a.png", "v.mp4", "s.mp3")
    expect(tray.button("Insert @Image3 into the prompt")).to_be_focused()
    tray.page.keyboard.press("Alt+ArrowRight")
    tray.page.keyboard.press("Alt+ArrowLeft")
    expect(tray.names).to_have_text(["b.png", "a.png", "c.png", "v.mp4", "s.mp3"])


def drag(tray: Tray, name: str, onto: str, *, release: bool = True) -> None:
    start = tray.card(name).locator(".thumb").bounding_box()
    end = tray.card(onto).locator(".thumb").bounding_box()
    tray.page.mouse.move(start["x"] + 20, start["y"] + 20)
    tray.page.mouse.down()
    tray.page.mouse.move(end["x"] + end["width"] - 8, end["y"] + 20, steps=4)
    if release:
        tray.page.mouse.up()


def test_drag_with_the_mouse_moves_a_card_and_shows_where_it_lands(tray: Tray) -> None:
    drag(tray, "a.png", "c.png", release=False)
    expect(tray.card("c.png")).to_have_attribute("data-drop", "after")
    expect(tray.card("a.png")).to_have_class(re.compile("dragging"))
    tray.page.mouse.up()
    tray.expect("@Image3 meets @Image1 and @Image2 in @Video1 to @Audio1", "b.png", "c.png", "a.png", "v.mp4", "s.mp3")
    expect(tray.root.locator("[data-drop], .dragging")).to_have_count(0)
    expect(tray.live).to_have_text("@Image1 is now @Image3. The prompt was updated.")


def test_drag_that_ends_with_escape_or_among_another_kind_changes_nothing(tray: Tray) -> None:
    before = tray.prompt.input_value()
    drag(tray, "a.png", "c.png", release=False)
    tray.page.keyboard.press("Escape")
    tray.page.mouse.up()
    drag(tray, "v.mp4", "a.png")
    tray.expect(before, "a.png", "b.png", "c.png", "v.mp4", "s.mp3")


class Finger:
    """One finger, through the browser's own input."""

    def __init__(self, tray: Tray, name: str) -> None:
        self._client = tray.page.context.new_cdp_session(tray.page)
        box = tray.card(name).locator(".thumb").bounding_box()
        self.x, self.y = box["x"] + 10, box["y"] + 10

    def _send(self, kind: str, *points: dict[str, float]) -> None:
        self._client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def down(self) -> None:
        self._send("touchStart", {"x": self.x, "y": self.y})

    def move(self, dy: float) -> None:
        for _ in range(4):
            self.y += dy / 4
            self._send("touchMove", {"x": self.x, "y": self.y})

    def up(self) -> None:
        self._send("touchEnd")


@pytest.fixture
def phone(tray: Tray) -> Iterator[Tray]:
    tray.page.set_viewport_size({"width": 390, "height": 844})
    client = tray.page.context.new_cdp_session(tray.page)
    client.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    tray.root.scroll_into_view_if_needed()
    yield tray
    client.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_finger_that_rests_on_a_card_moves_it(phone: Tray) -> None:
    finger = Finger(phone, "a.png")
    finger.down()
    expect(phone.card("a.png")).to_have_class(re.compile("dragging"))
    scrolled = phone.page.evaluate("scrollY")
    finger.move(phone.card("a.png").bounding_box()["height"] + 20)
    expect(phone.card("b.png")).to_have_attribute("data-drop", "after")
    finger.up()
    phone.expect("@Image2 meets @Image1 and @Image3 in @Video1 to @Audio1", "b.png", "a.png", "c.png", "v.mp4", "s.mp3")
    assert phone.page.evaluate("scrollY") == scrolled


def test_finger_that_moves_at_once_scrolls_the_page(phone: Tray) -> None:
    finger = Finger(phone, "c.png")
    before = phone.page.evaluate("scrollY")
    finger.down()
    finger.move(-160)
    finger.up()
    phone.page.wait_for_function("(before) => scrollY > before + 50", arg=before)
    expect(phone.names).to_have_text(["a.png", "b.png", "c.png", "v.mp4", "s.mp3"])
    expect(phone.root.locator(".dragging")).to_have_count(0)


def test_drag_to_the_edge_of_the_window_scrolls_along(tray: Tray) -> None:
    tray.page.set_viewport_size({"width": 390, "height": 500})
    tray.card("a.png").scroll_into_view_if_needed()
    box = tray.card("a.png").locator(".thumb").bounding_box()
    tray.page.mouse.move(box["x"] + 20, box["y"] + 20)
    tray.page.mouse.down()
    before = tray.page.evaluate("scrollY")
    tray.page.mouse.move(box["x"] + 20, 495, steps=3)
    tray.page.wait_for_function("(before) => scrollY > before + 60", arg=before)
    tray.page.mouse.up()
    expect(tray.names).to_have_text(["b.png", "c.png", "a.png", "v.mp4", "s.mp3"])


# Any sequence keeps meaning


@dataclass(frozen=True)
class Moment:
    """A prompt and the files of the tray."""

    prompt: str
    names: list[str]


@dataclass(frozen=True)
class Change:
    """What one press of a button did."""

    before: Moment
    after: Moment


@dataclass
class Model:
    """What the tray should hold, and what each word of the prompt means."""

    files: dict[str, list[str]] = field(default_factory=lambda: {"png": [], "mp3": []})
    made: int = 0

    def all(self) -> list[str]:
        return [*self.files["png"], *self.files["mp3"]]

    def add(self, ending: str) -> str:
        self.made += 1
        name = f"f{self.made}.{ending}"
        self.files[ending].append(name)
        return name

    def go(self, here: Moment, there: Moment) -> None:
        """Take the order of another moment; what came after both stays behind it."""
        since = [name for name in self.all() if name not in here.names and name not in there.names]
        self.files = {ending: [n for n in [*there.names, *since] if n.endswith(ending)] for ending in self.files}

    def meaning(self, prompt: str) -> list[str | None]:
        kinds = {"image": self.files["png"], "audio": self.files["mp3"]}
        return [kinds[m.kind.value][m.number - 1] if m.number else None for m in parse_mentions(prompt)]


STEP = st.tuples(st.sampled_from(["add", "remove", "earlier", "later", "undo", "redo"]), st.integers(0, 99))

SEE = """() => {
  const names = [...document.querySelectorAll('#references .name')].map((name) => name.textContent);
  return [seedance.prompt.box().value, names];
}"""

CLICK = """(name) => {
  const found = document.querySelector(`#references button[aria-label="${name}"]`);
  found.focus();
  found.click();
}"""


def test_any_sequence_of_adding_removing_moving_and_undoing_keeps_meaning(widgets_again: Any) -> None:
    """The words of the prompt never mean another file than when they were written; undo is a way back to the letter."""
    tray = Tray(widgets_again)

    @settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=3, max_size=10))
    def keep(steps: list[tuple[str, int]]) -> None:
        widgets_again.empty_tray()
        model = Model()
        tray.add(*(model.add(ending) for ending in ("png", "png", "mp3", "png")))
        prompt = "@Image1, @Image2, @Image3, @Audio1 and @Image2"
        tray.prompt.fill(prompt)
        meant = model.meaning(prompt)
        done: list[Change] = []
        undone: list[Change] = []
        for verb, chance in steps:
            before = Moment(prompt, model.all())
            should_be: str | None = None
            is_change = False
            if verb == "add":
                tray.add(model.add("png" if chance % 3 else "mp3"))
            elif verb == "undo" and done:
                undone.append(done.pop())
                tray.page.keyboard.press(UNDO)
                model.go(undone[-1].after, undone[-1].before)
                should_be = undone[-1].before.prompt
            elif verb == "redo" and undone:
                done.append(undone.pop())
                tray.page.keyboard.press(REDO)
                model.go(done[-1].before, done[-1].after)
                should_be = done[-1].after.prompt
            else:
                is_change = step(tray, model, verb, chance)
            prompt, names = tray.page.evaluate(SEE)
            assert should_be in (None, prompt)
            if is_change:
                done.append(Change(before, Moment(prompt, model.all())))
                undone.clear()
            assert names == model.all()
            assert model.meaning(prompt) == [name if name in names else None for name in meant]

    keep()


def step(tray: Tray, model: Model, verb: str, chance: int) -> bool:
    """Press one button of one card, and do the same to the model; False where there is none."""
    if verb not in ("remove", "earlier", "later") or not model.all():
        return False
    name = model.all()[chance % len(model.all())]
    peers = model.files[name[-3:]]
    place = peers.index(name)
    tag = f"@{'Image' if name.endswith('png') else 'Audio'}{place + 1}"
    if verb == "remove":
        tray.page.evaluate(CLICK, f"Remove {tag}")
        peers.remove(name)
        return True
    other = place + (1 if verb == "later" else -1)
    if not 0 <= other < len(peers):
        return False
    tray.page.evaluate(CLICK, f"Move {tag} {verb}")
    peers[place], peers[other] = peers[other], peers[place]
    return True
