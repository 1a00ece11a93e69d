"""`Fix it` on the real page: a file that a provider would refuse becomes a copy that it takes, and can be had back."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from seedance_ui.domain.request import Mode
from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.events import HeldEvents
from tests.browser.studio_page import Studio
from tests.fakes.aimlapi import GENERATIONS, FakeAimlApi
from tests.fakes.server import Hold
from tests.media_makers import make_image, make_video

READY = "The copy is ready."


@pytest.fixture(scope="module")
def aimlapi(finished_video: Path) -> Iterator[FakeAimlApi]:
    with FakeAimlApi(finished_video.read_bytes()) as fake:
        fake.steps = fake.steps[-1:]  # each question is seconds of real time
        yield fake


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, aimlapi: FakeAimlApi) -> Iterator[AppProcess]:
    """Yield an app with the key of a provider that is strict about reference videos, and fetches them by link."""
    outside = {"SEEDANCE_PUBLIC_URL": "http://127.0.0.1:9"}
    yield from running_app(tmp_path_factory.mktemp("fix-app"), **outside, **aimlapi.settings())


@pytest.fixture(scope="module")
def large_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("clip") / "hall.mov", size=(1920, 1080), seconds=2.0, fps=10)


def choose(studio: Studio, mode: Mode) -> None:
    studio.choose_provider("AIML API")
    expect(studio.page.locator("#dock .price b")).to_have_text("About $2.52")
    studio.choose_tab(mode)


def fix_button(studio: Studio, name: str) -> Locator:
    return studio.page.get_by_role("button", name=f"Fix it: {name}", exact=True)


def dialog(studio: Studio, name: str) -> Locator:
    return studio.page.get_by_role("dialog", name=f"Fix {name}")


def to_fix(studio: Studio) -> Locator:
    return studio.page.get_by_role("button", name=re.compile("to fix first$"))


def first_frame(clip: bytes | Path) -> np.ndarray:
    with av.open(io.BytesIO(clip) if isinstance(clip, bytes) else str(clip)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.int16)


def drag_left(studio: Studio, frame: Locator) -> None:
    box = frame.bounding_box()
    assert box is not None
    studio.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    studio.page.mouse.down()
    studio.page.mouse.move(box["x"] - box["width"], box["y"] + box["height"] / 2)
    studio.page.mouse.up()


def test_large_video_is_fixed_by_keyboard_and_the_copy_is_what_is_sent(
    open_studio: OpenStudio, aimlapi: FakeAimlApi, app: AppProcess, large_clip: Path
) -> None:
    studio = open_studio(width_px=390, height_px=844, reduced_motion="reduce")
    choose(studio, Mode.REFERENCES)
    studio.add_references(large_clip)
    expect(to_fix(studio)).to_have_accessible_name(re.compile("^1 "))
    expect(fix_button(studio, "@Video1")).to_have_accessible_description(re.compile("too large for AIML API"))

    fix_button(studio, "@Video1").press("Enter")
    sheet = dialog(studio, "@Video1")
    expect(sheet.get_by_role("status")).to_have_text(READY)
    expect(sheet).to_contain_text("1280 × 720 · 2.0 s")
    expect(sheet.get_by_role("listitem")).to_have_text(
        ["Scaled down to 1280\u00a0×\u00a0720.", "Saved as MP4 (H.264)."]
    )
    expect(sheet.get_by_label("After").first).to_have_js_property("videoWidth", 1280)
    studio.expect_no_sideways_scroll()
    expect(sheet.get_by_role("button", name="Use this")).to_be_focused()
    studio.page.keyboard.press("Enter")

    expect(sheet).to_be_hidden()
    expect(fix_button(studio, "@Video1")).to_be_hidden()
    expect(to_fix(studio)).to_be_hidden()
    expect(studio.reference_cards).to_contain_text("hall.mp4")
    expect(studio.page.get_by_role("button", name="Undo").last).to_be_focused()

    studio.prompt.fill("Move as in @Video1")
    sending = Hold()
    aimlapi.script("POST", GENERATIONS, sending)
    studio.generate()
    assert sending.arrived.wait(20)
    [link] = aimlapi.received[-1].json()["video_urls"]
    sent = first_frame(app.fetch("/handover/" + link.rpartition("/")[2]))
    sending.go.set()
    wanted = Image.fromarray(first_frame(large_clip).astype(np.uint8)).resize((1280, 720))
    assert sent.shape == (720, 1280, 3)
    assert np.abs(sent - np.asarray(wanted, np.int16)).mean() < 4
    studio.expect_state("succeeded")


def test_wide_image_is_cropped_where_the_slider_says_and_undo_brings_the_original_back(
    open_studio: OpenStudio, tmp_path: Path
) -> None:
    """The right end of the picture is red; the slider's right end keeps it."""
    picture = Image.new("RGB", (1600, 400), "white")
    picture.paste("red", (1400, 0, 1600, 400))
    picture.save(tmp_path / "wide.png")
    studio = open_studio()
    choose(studio, Mode.REFERENCES)
    studio.add_references(tmp_path / "wide.png")
    fix_button(studio, "@Image1").click()
    sheet = dialog(studio, "@Image1")
    expect(sheet.get_by_role("status")).to_have_text(READY)
    copy = sheet.get_by_role("img", name="After")
    middle = copy.get_attribute("src")

    slider = sheet.get_by_role("slider", name="Which part to keep")
    slider.focus()
    studio.page.keyboard.press("End")
    expect(copy).not_to_have_attribute("src", str(middle))
    expect(sheet.get_by_role("status")).to_have_text(READY)
    with studio.page.expect_response(str(copy.get_attribute("src"))) as response:
        copy.evaluate("(image) => { void fetch(image.src, {cache: 'reload'}); }")
    with Image.open(io.BytesIO(response.value.body())) as sent:
        assert sent.size == (1000, 400)
        assert sent.getpixel((990, 200)) == (255, 0, 0)
    held = HeldEvents(studio, '"target"')
    for moved in (1, 2):  # the first copy is still being made when the second is asked for
        studio.page.keyboard.press("ArrowLeft")
        held.wait(moved)
    held.let_go(1)
    expect(sheet.get_by_role("status")).to_have_text(READY)
    expect(sheet.get_by_role("button", name="Use this")).to_be_enabled()
    held.let_go(0)
    drag_left(studio, sheet.locator(".fix-kept"))
    expect(slider).to_have_value("0")
    expect(sheet.get_by_role("status")).to_have_text(READY)
    sheet.get_by_role("button", name="Use this").click()
    expect(studio.reference_cards).to_contain_text("1000\u00a0×\u00a0400")
    expect(to_fix(studio)).to_be_hidden()

    undo = studio.page.get_by_role("button", name="Undo").last
    undo.click()
    expect(studio.reference_cards).to_contain_text("1600\u00a0×\u00a0400")
    expect(fix_button(studio, "@Image1")).to_be_visible()
    expect(studio.page.get_by_text("@Image1 is the original again.")).to_be_visible()


def test_kept_original_escape_and_a_wish_unanswered_change_nothing(open_studio: OpenStudio, tmp_path: Path) -> None:
    studio = open_studio(may_log="500")
    choose(studio, Mode.REFERENCES)
    studio.add_references(make_image(tmp_path / "moving.gif", (640, 360)))
    for leave in (
        lambda sheet: sheet.get_by_role("button", name="Keep the original").click(),
        lambda _: studio.page.keyboard.press("Escape"),
    ):
        fix_button(studio, "@Image1").click()
        sheet = dialog(studio, "@Image1")
        expect(sheet.get_by_role("status")).to_have_text(READY)
        leave(sheet)
        expect(sheet).to_be_hidden()
        expect(fix_button(studio, "@Image1")).to_be_focused()
        expect(studio.reference_cards).to_contain_text("moving.gif")

    held = HeldEvents(studio, '"target"')
    fix_button(studio, "@Image1").click()
    held.wait(1)
    held.fail(0)
    expect(sheet.get_by_role("status")).to_have_text("The page got no answer.")
    expect(sheet.get_by_role("button", name="Use this")).to_be_disabled()
    sheet.get_by_role("button", name="Try again").click()
    expect(sheet.get_by_role("button", name="Try again")).to_be_hidden()
    held.wait(2)
    held.let_go(1)
    expect(sheet.get_by_role("status")).to_have_text(READY)


def test_frame_of_another_shape_is_noted_cropped_and_sent(
    open_studio: OpenStudio, aimlapi: FakeAimlApi, tmp_path: Path
) -> None:
    studio = open_studio()
    choose(studio, Mode.FRAMES)
    studio.add_frame("first", make_image(tmp_path / "square.png", (720, 720)))
    studio.add_frame("last", make_image(tmp_path / "wide.png", (1280, 720)))
    expect(studio.slot("first")).to_contain_text("but the video is 16:9. Part of it may be cut off.")
    expect(fix_button(studio, "Last frame")).to_be_hidden()
    expect(to_fix(studio)).to_be_hidden()  # a note stops nothing

    fix_button(studio, "First frame").click()
    sheet = dialog(studio, "First frame")
    expect(sheet.get_by_role("status")).to_have_text(READY)
    expect(sheet.get_by_role("slider", name="Which part to keep")).to_be_visible()
    sheet.get_by_role("button", name="Use this").click()
    expect(studio.slot("first")).to_contain_text("720\u00a0×\u00a0405")
    expect(studio.slot("first")).not_to_contain_text("cut off")

    studio.prompt.fill("The light goes out")
    studio.generate()
    studio.expect_state("succeeded")
    data = aimlapi.bodies()[-1]["image_url"].partition("base64,")[2]
    with Image.open(io.BytesIO(base64.b64decode(data))) as sent:
        assert sent.size == (720, 405)
