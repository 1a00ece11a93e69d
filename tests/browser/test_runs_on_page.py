"""A finished run as the start of the next one, and two runs side by side: on the real page, at a strict fake."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from seedance_ui.domain.request import Mode
from seedance_ui.ui.remix import EXTEND_PROMPT
from tests.app_process import AppProcess
from tests.browser.conftest import KeepStudio, running_app
from tests.browser.events import broken_handler, held_back
from tests.browser.studio_page import Studio
from tests.fakes.aimlapi import FakeAimlApi
from tests.media_makers import make_image, make_mp3, make_video

FRAME_S = 1 / 24
LONG_S, SHORT_S = 3.0, 2.0
LED_BACK_S = 0.5
"""Two videos that play may be so far apart for a moment on a busy machine."""


@pytest.fixture(scope="module")
def aimlapi() -> Iterator[FakeAimlApi]:
    with FakeAimlApi(b"") as fake:
        fake.steps = ("completed",)
        yield fake


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, aimlapi: FakeAimlApi) -> Iterator[AppProcess]:
    """Yield an app with a key of AIML API, which nobody can fetch videos from."""
    yield from running_app(tmp_path_factory.mktemp("app"), **aimlapi.settings())


@pytest.fixture(scope="module")
def studio(keep_studio: KeepStudio) -> Studio:
    """Return the one page of this module; its tests go on from one another."""
    return keep_studio(reduced_motion="reduce", may_log=r"status of 500")[0]


@pytest.fixture(scope="module")
def runs(studio: Studio, aimlapi: FakeAimlApi, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return two finished runs: one of words alone, 2 s long; a later one of references, 3 s long."""
    directory = tmp_path_factory.mktemp("media")
    studio.choose_provider("AIML API")
    expect(studio.page.locator("#provider-hint")).to_contain_text("Billed in US dollars")
    studio.make_it_quick()
    aimlapi.video = make_video(directory / "short.mp4", size=(640, 480), seconds=SHORT_S).read_bytes()
    studio.prompt.fill("A lighthouse at blue hour. Waves break.")
    words = finish(studio, studio.generate())

    aimlapi.video = make_video(directory / "long.mp4", size=(864, 496), seconds=LONG_S, sound=True).read_bytes()
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(
        make_image(directory / "coat.png", (400, 400)),
        make_image(directory / "street.png", (500, 400), "#804020"),
        make_mp3(directory / "beat.mp3"),
    )
    expect(studio.tags).to_have_text(["@Image1", "@Image2", "@Audio1"])
    studio.tray.get_by_role("button", name="Move @Image2 earlier").click()
    studio.prompt.fill("A lighthouse at sunset. @Image1 hums @Audio1 to @Image2.")
    studio.set_duration(6)
    studio.radio("Aspect ratio", "9:16").check()
    studio.page.get_by_role("spinbutton", name="Seed").fill("0")
    return words, finish(studio, studio.generate())


def finish(studio: Studio, job_id: str) -> str:
    studio.expect_state("succeeded")
    expect(studio.video).to_have_attribute("src", f"/media/{job_id}.mp4")
    return job_id


def act(studio: Studio, name: str) -> None:
    studio.player.get_by_role("button", name=name, exact=True).press("Enter")


def act_from_menu(studio: Studio, name: str) -> None:
    act(studio, "More")
    studio.player.get_by_role("menuitem", name=name).press("Enter")


def card_of(studio: Studio, prompt: str) -> Locator:
    """Return what opens a video in the library."""
    return studio.library.locator("button.open").filter(has_text=prompt)


def parent_of(studio: Studio, job_id: str) -> str | None:
    [database] = studio.app.data_dir.glob("*.sqlite3")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return db.execute("SELECT parent FROM jobs WHERE job_id = ?", [job_id]).fetchone()[0]


def expect_parent(studio: Studio, job_id: str) -> None:
    expect(studio.page.locator("#parent").locator("input, textarea")).to_have_value(job_id)


def test_remix_sends_the_same_request_again_and_leaves_its_descent(
    studio: Studio, aimlapi: FakeAimlApi, runs: tuple[str, str]
) -> None:
    _, run = runs
    before = len(aimlapi.bill)
    studio.choose_tab(Mode.TEXT)
    with held_back(studio, '"title":"Lighthouse"', studio.example("Lighthouse").click):
        studio.example("First light").click()
    expect(studio.page.locator("#dock .summary")).to_contain_text("21:9")
    studio.choose_provider("Animatic")
    expect(studio.page.locator("#dock .summary")).to_contain_text("storyboard")

    with broken_handler(studio, f'"job":"{run}"'):
        act(studio, "Remix")
        notice = studio.page.get_by_role("alert").filter(has_text="Nothing was put into the form")
        expect(notice).to_contain_text("The page got no answer. Nothing was sent.")
    act(studio, "Remix")

    expect(studio.page.get_by_role("tab", name="References")).to_have_attribute("aria-selected", "true")
    expect(studio.prompt).to_be_focused()
    expect(studio.prompt).to_have_value("A lighthouse at sunset. @Image1 hums @Audio1 to @Image2.")
    expect(studio.reference_cards).to_have_count(3)
    expect(studio.player).to_contain_text("Nothing was sent.")
    expect(studio.page.locator("#dock .summary")).to_contain_text("9:16")
    expect_parent(studio, run)
    assert len(aimlapi.bill) == before

    child = finish(studio, studio.generate())

    bodies = aimlapi.bodies()
    assert bodies[-1] == bodies[-2]
    assert (bodies[-1]["seed"], len(bodies[-1]["image_urls"]), len(bodies[-1]["audio_urls"])) == (0, 2, 1)
    assert (parent_of(studio, run), parent_of(studio, child)) == (None, run)


def test_descent_ends_with_an_example(studio: Studio, runs: tuple[str, str]) -> None:
    studio.example("Kite swap").click()
    expect_parent(studio, "")


def test_last_frame_is_the_first_one_of_the_form_byte_for_byte(
    studio: Studio, aimlapi: FakeAimlApi, runs: tuple[str, str]
) -> None:
    words, _ = runs
    studio.choose_provider("AIML API")
    studio.page.get_by_role("tab", name="First & last frame").click()
    opener = studio.page.get_by_role("button", name="Use last frame of…")
    opener.press("Enter")
    videos = studio.page.get_by_role("list", name="Finished videos")
    expect(videos.get_by_role("button")).to_have_count(3)
    opener.press("Escape")
    expect(videos).to_be_hidden()
    opener.press("Enter")
    studio.prompt.fill("And the sun comes up")
    videos.get_by_role("button", name="A lighthouse at blue hour").press("Enter")

    picture = studio.slot("first").locator("img")
    expect(picture).to_be_visible()
    expect_parent(studio, words)
    frame = studio.app.fetch(f"/media/{words}-last.png")
    assert studio.app.fetch(str(picture.get_attribute("src")).removeprefix(studio.app.url)) == frame
    expect(studio.prompt).to_have_value("And the sun comes up")
    child = finish(studio, studio.generate())
    sent = base64.b64decode(aimlapi.bodies()[-1]["image_url"].partition(",")[2])
    with Image.open(BytesIO(sent)) as arrived, Image.open(BytesIO(frame)) as ours:
        assert (arrived.size, arrived.tobytes()) == (ours.size, ours.tobytes())
    assert parent_of(studio, child) == words

    studio.slot("first").get_by_role("button", name="Remove first frame").click()
    expect_parent(studio, "")


def test_extend_makes_the_video_the_first_one_and_its_card_says_what_the_provider_takes(
    studio: Studio, runs: tuple[str, str]
) -> None:
    _, run = runs
    card_of(studio, "A lighthouse at sunset").last.click()
    expect(studio.video).to_have_attribute("src", f"/media/{run}.mp4")
    studio.prompt.fill("")
    act_from_menu(studio, "Extend")

    expect(studio.prompt).to_have_value(EXTEND_PROMPT)
    expect(studio.tags.filter(has_text="@Video1")).to_have_count(1)
    card = studio.reference_cards.filter(has_text="A lighthouse at sunset")
    expect(card).to_contain_text("AIML API takes videos only by link")
    expect_parent(studio, run)
    studio.choose_provider("Animatic")
    expect(card).not_to_contain_text("only by link")


def test_remix_behind_the_last_frame_of_the_same_run_is_told_as_done(studio: Studio, runs: tuple[str, str]) -> None:
    _, run = runs
    card_of(studio, "A lighthouse at sunset").last.click()
    expect(studio.video).to_have_attribute("src", f"/media/{run}.mp4")
    for name in ("Use last frame", "Remix", "Use last frame"):
        act(studio, name)
        tab = "References" if name == "Remix" else "First & last frame"
        expect(studio.page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(studio.player).to_contain_text("Nothing was sent.")
        expect_parent(studio, run)


def compare(studio: Studio) -> Locator:
    return studio.page.get_by_role("region", name="Compare", exact=True)


def times(studio: Studio) -> list[float]:
    """Return where both videos stand once they stand still."""
    videos = compare(studio).locator("video")
    handles = [video.element_handle() for video in videos.all()]
    studio.page.wait_for_function("(videos) => videos.every((video) => !video.seeking)", arg=handles)
    return [float(video.evaluate("(video) => video.currentTime")) for video in videos.all()]


def test_compare_from_the_player_by_keyboard_shows_two_runs_in_step(studio: Studio, runs: tuple[str, str]) -> None:
    page, view = studio.page, compare(studio)
    act(studio, "Compare")
    expect(page.get_by_text("Choose the run to compare with in the library.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(studio.player.get_by_role("button", name="Compare")).to_be_focused()
    act(studio, "Compare")
    card_of(studio, "A lighthouse at blue hour").press("Enter")

    expect(view).to_be_visible()
    expect(studio.prompt).to_be_hidden()
    expect(studio.library).to_be_hidden()
    expect(view.get_by_role("button", name="Play both videos")).to_be_focused()
    expect(view.locator(".length")).to_have_text("0:03")
    position = view.get_by_role("slider", name="Position in both videos")
    position.fill("1.3")
    a, b = times(studio)
    assert abs(a - 1.3) <= FRAME_S and abs(b - 1.3) <= FRAME_S
    for key, frames in ((".", 1), (".", 2), (",", 1)):
        page.keyboard.press(key)
        a, b = times(studio)
        assert abs(a - b) < 1e-3
        assert int(a / FRAME_S) == int(1.3 / FRAME_S) + frames
    position.fill("2.8")
    a, b = times(studio)
    assert abs(a - 2.8) <= FRAME_S and SHORT_S - FRAME_S <= b <= SHORT_S


def test_compare_plays_both_and_the_shorter_rests_on_its_last_frame(studio: Studio, runs: tuple[str, str]) -> None:
    view = compare(studio)
    expect(view.get_by_role("radio", name="Sound A")).to_be_checked()
    expect(view.get_by_role("radio", name="Sound B")).to_be_disabled()
    assert [video.evaluate("(video) => video.muted") for video in view.locator("video").all()] == [False, True]
    studio.choose(view.get_by_role("radio", name="Mute"))
    assert all(video.evaluate("(video) => video.muted") for video in view.locator("video").all())

    view.get_by_role("slider", name="Position in both videos").fill("1")
    view.get_by_role("button", name="Play both videos").press("Enter")
    long, short = (video.element_handle() for video in view.locator("video").all())
    apart = studio.page.wait_for_function(
        """([long, short]) => {
            const [a, b] = [long.currentTime, short.currentTime];
            if (a > 1.4 && a < 1.8) window.mostApart = Math.max(window.mostApart ?? 0, Math.abs(a - b));
            return a >= 1.8 && window.mostApart;
        }""",
        arg=[long, short],
    ).json_value()
    assert apart < LED_BACK_S
    expect(view.get_by_role("button", name="Play both videos")).to_be_visible()
    a, b = times(studio)
    assert a >= LONG_S - FRAME_S and SHORT_S - FRAME_S <= b <= SHORT_S + FRAME_S


def test_compare_lists_what_differs_and_remixes_a_side(studio: Studio, runs: tuple[str, str]) -> None:
    words, _ = runs
    view = compare(studio)
    table = view.get_by_role("table")
    shown = table.locator("tbody tr:visible th")
    expect(
        shown.filter(has_text=re.compile("^(Prompt|Starts from|Duration|Aspect ratio|Seed|Images|Audio)$"))
    ).to_have_count(7)
    expect(table.locator("mark").first).to_have_text("sunset")
    expect(table.get_by_role("row", name="Resolution")).to_be_hidden()
    table.get_by_role("checkbox", name=re.compile("^Show the")).check()
    expect(table.get_by_role("row", name="Resolution")).to_contain_text("480p")

    studio.page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(studio.player.get_by_role("button", name="Compare")).to_be_focused()
    for prompt in ("A lighthouse at sunset", "A lighthouse at blue hour"):
        studio.library.get_by_role("checkbox", name=f"Select “{prompt}").last.check()
    studio.library.get_by_role("button", name="Compare", exact=True).press("Enter")
    view.get_by_role("button", name="Remix B").press("Enter")
    expect(view).to_be_hidden()
    expect(studio.prompt).to_have_value("A lighthouse at blue hour. Waves break.")
    expect(studio.page.get_by_role("tab", name="Text")).to_have_attribute("aria-selected", "true")
    expect_parent(studio, words)


def test_run_whose_file_is_gone_can_be_remixed_and_nothing_else(studio: Studio, runs: tuple[str, str]) -> None:
    """B16: what it was made of is in the table. A page that does not know yet is told so."""
    words, run = runs
    expect(studio.video).to_have_attribute("src", f"/media/{run}.mp4")
    (studio.app.data_dir / "library" / f"{run}.mp4").unlink()
    act_from_menu(studio, "Extend")
    expect(studio.player).to_contain_text("This run cannot be had any more. Reload the page.")
    expect_parent(studio, words)

    studio.reload()
    card_of(studio, "A lighthouse at sunset").last.click()
    expect(studio.player.get_by_text("File missing.")).to_be_visible()
    for name in ("Download", "Use last frame", "Compare"):
        expect(studio.player.get_by_role("button", name=name, exact=True)).to_be_hidden()
    act(studio, "More")
    expect(studio.player.get_by_role("menuitem")).to_have_text(["Download evidence"])
    studio.page.keyboard.press("Escape")
    act(studio, "Remix")
    expect(studio.tags).to_have_text(["@Image1", "@Image2", "@Audio1"])
    expect_parent(studio, run)
