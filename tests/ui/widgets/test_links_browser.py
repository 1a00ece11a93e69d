"""Links in place of files, in a real browser: shown as text, sent as they are, fetched by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.ui.widgets.html_widget import UploadedFile
from tests.ui.widgets.widget_page import facts

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

CLIP = "https://cdn.example.com/films/clip.mp4?token=abc"
PICTURE = "https://example.com/a%20picture.jpg"
UNKNOWN = "https://example.com/watch/123"
ODD = "https://example.com/${6*7}<img src=x onerror=window.broken=1>.png"

PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.querySelector(selector).dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));
}"""


@pytest.fixture(autouse=True)
def only_the_tray(widgets: Any, request: pytest.FixtureRequest) -> None:
    """Close the other tab: what is pasted goes to the part that is on screen."""
    if "frame" not in request.node.name:
        widgets.show_only("references")


def paste(widgets: Any, text: str, selector: str = "#references .tray") -> None:
    widgets.page.evaluate(PASTE, [selector, text])


def tags(widgets: Any) -> Locator:
    return widgets.page.locator("#references .tag:visible")


def wait_for_tray(widgets: Any, *links: MediaLink) -> None:
    widgets.server.wait_for("tray", lambda given: given == list(links))


def test_pasted_links_become_cards_of_their_kinds_and_are_fetched_by_nobody(widgets: Any, requested: list[str]) -> None:
    paste(widgets, f"{CLIP}\n{PICTURE}")

    expect(tags(widgets)).to_have_text(["@Image1", "@Video1"])
    expect(widgets.page.locator("#references .name")).to_have_text(["a picture.jpg", "clip.mp4"])
    expect(widgets.page.locator("#references .host")).to_have_text(["example.com", "cdn.example.com"])
    wait_for_tray(widgets, MediaLink(PICTURE, MediaKind.IMAGE), MediaLink(CLIP, MediaKind.VIDEO))
    assert widgets.page.locator("#references :is(img, video, audio)").count() == 0
    assert [url for url in requested if not url.startswith(widgets.server.url)] == []


def test_add_link_takes_what_is_typed_and_says_what_is_no_link(widgets: Any) -> None:
    widgets.page.locator("#references").get_by_role("button", name="Add link").click()
    field = widgets.page.get_by_role("textbox", name="Link to an image, a video or audio")
    expect(field).to_be_focused()
    field.fill("clip.mp4")
    field.press("Enter")
    expect(widgets.page.get_by_role("alert").filter(has_text="begins with https://")).to_be_visible()
    field.fill(CLIP)
    field.press("Enter")

    expect(tags(widgets)).to_have_text(["@Video1"])
    expect(field).to_be_hidden()
    wait_for_tray(widgets, MediaLink(CLIP, MediaKind.VIDEO))


def test_add_link_closes_with_escape_and_gives_the_focus_back(widgets: Any) -> None:
    opener = widgets.page.locator("#references").get_by_role("button", name="Add link")
    opener.click()
    widgets.page.get_by_role("textbox", name="Link to an image, a video or audio").press("Escape")

    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_link_whose_ending_tells_nothing_lets_the_person_choose_its_kind(widgets: Any) -> None:
    paste(widgets, PICTURE)
    paste(widgets, UNKNOWN)
    expect(tags(widgets)).to_have_text(["@Image1", "@Image2"])
    expect(widgets.page.locator("#references select:visible")).to_have_count(1)

    widgets.page.get_by_role("combobox", name="Kind of @Image2").select_option("Audio")

    expect(tags(widgets)).to_have_text(["@Image1", "@Audio1"])
    expect(widgets.page.get_by_role("combobox", name="Kind of @Audio1")).to_be_focused()
    wait_for_tray(widgets, MediaLink(PICTURE, MediaKind.IMAGE), MediaLink(UNKNOWN, MediaKind.AUDIO))


def test_links_and_files_move_and_go_alike(widgets: Any, image_file: Any) -> None:
    widgets.page.locator("#references input[type=file]").set_input_files(str(image_file("a.png")))
    expect(tags(widgets)).to_have_text(["@Image1"])
    paste(widgets, PICTURE)
    widgets.page.get_by_role("button", name="Move @Image2 earlier").click()
    expect(widgets.page.locator("#references .name")).to_have_text(["a picture.jpg", "a.png"])
    assert widgets.page.evaluate("window.seedance.references.map(({tag, name}) => [tag, name])") == [
        ["@Image1", "a picture.jpg"],
        ["@Image2", "a.png"],
    ]
    widgets.server.wait_for("tray", lambda given: [type(one) for one in given] == [MediaLink, UploadedFile])
    widgets.page.get_by_role("button", name="Remove @Image1").click()
    expect(widgets.page.locator("#references .name")).to_have_text(["a.png"])


def test_a_link_is_text_and_a_sentence_of_python_stands_on_its_card(widgets: Any) -> None:
    paste(widgets, ODD.replace(" ", "%20"))
    expect(tags(widgets)).to_have_text(["@Image1"])
    widgets.update(tray={"problems": {"@Image1": "@Image1 is a link. Animatic takes only files here."}})

    expect(widgets.page.locator("#references .ref.warn .problem")).to_contain_text("takes only files here")
    expect(widgets.page.locator("#references .name")).to_have_text("${6*7}<img src=x onerror=window.broken=1>.png")
    assert widgets.page.evaluate("window.broken") is None


def test_pasted_text_that_is_more_or_less_than_links_adds_nothing(widgets: Any) -> None:
    for text in ("no link", "see https://example.com/a.png", "ftp://example.com/a.png", ""):
        paste(widgets, text)
    paste(widgets, PICTURE, "textarea")
    paste(widgets, CLIP)

    expect(tags(widgets)).to_have_text(["@Video1"])


def test_a_link_beyond_the_limit_is_refused_at_once(widgets: Any) -> None:
    paste(widgets, "\n".join(f"{CLIP}&n={n}" for n in range(4)))

    expect(tags(widgets)).to_have_text(["@Video1", "@Video2", "@Video3"])
    refused = widgets.page.locator("#references .problem:visible")
    expect(refused).to_contain_text("The tray holds 3 videos. clip.mp4 was not added.")


def test_the_same_link_twice_is_two_cards_also_when_python_sends_them_back(widgets: Any) -> None:
    paste(widgets, f"{CLIP}\n{CLIP}")
    wait_for_tray(widgets, *[MediaLink(CLIP, MediaKind.VIDEO)] * 2)
    widgets.update(tray={"facts": {"@Video2": "second"}})

    expect(widgets.page.locator("#references .meta")).to_have_text(["Link", "Link"])
    expect(tags(widgets)).to_have_text(["@Video1", "@Video2"])


def test_a_frame_may_be_a_link_typed_or_pasted(widgets: Any, requested: list[str]) -> None:
    widgets.page.get_by_role("button", name="Add link for the last frame").click()
    widgets.page.get_by_role("textbox", name="Link to the last frame").fill(UNKNOWN)
    widgets.page.locator("#frames").get_by_role("button", name="Add", exact=True).click()

    slot = widgets.page.get_by_role("group", name="Last frame")
    expect(slot.locator(".name")).to_have_text("123")
    expect(slot.locator(".host")).to_have_text("example.com")
    pair = widgets.server.wait_for("frames", lambda pair: pair.last is not None)
    assert (pair.first, pair.last) == (None, MediaLink(UNKNOWN, MediaKind.IMAGE))
    widgets.page.get_by_role("button", name="Swap first and last frame").click()
    widgets.server.wait_for("frames", lambda pair: pair.first == MediaLink(UNKNOWN, MediaKind.IMAGE))
    widgets.show_only("frames")
    paste(widgets, PICTURE)
    expect(slot.locator(".name")).to_have_text("a picture.jpg")
    widgets.server.wait_for("frames", lambda pair: pair.last == MediaLink(PICTURE, MediaKind.IMAGE))
    assert [url for url in requested if not url.startswith(widgets.server.url)] == []


def test_the_declined_reference_lights_up_wherever_it_was_moved(widgets: Any) -> None:
    paste(widgets, f"{PICTURE}\n{UNKNOWN}")
    expect(tags(widgets)).to_have_text(["@Image1", "@Image2"])
    widgets.server.push("j1", state="running", phase="generating", mode="references")
    widgets.update(card={"value": [facts("j1", is_new=True)]})
    widgets.page.evaluate(
        "() => document.dispatchEvent(new CustomEvent('seedance:sent', {detail: [...window.seedance.references]}))"
    )
    widgets.page.get_by_role("button", name="Move @Image2 earlier").click()
    error = {
        "code": "face", "title": "AIML API declined @Image2", "detail": "real person", "charged": "no",
        "next_step": "Use another.", "asset": "@Image2",
    }  # fmt: skip
    widgets.server.push("j1", state="failed", phase="done", error=error)

    card = widgets.page.locator("#references .ref.declined")
    expect(card.locator(".name")).to_have_text("123")
    expect(card.get_by_text("Declined")).to_be_visible()
