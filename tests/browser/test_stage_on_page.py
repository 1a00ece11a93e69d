"""Three jobs at once on the real page, and what one click does about a refusal: it fills the form and sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from seedance_ui.domain.request import Mode
from tests.app_process import AppProcess
from tests.browser.conftest import running_app
from tests.browser.studio_page import FINISHES_WITHIN_MS, Studio
from tests.fakes.aimlapi import GENERATIONS, FakeAimlApi, refusal
from tests.fakes.server import Hold, Instead
from tests.media_makers import make_image


@pytest.fixture(scope="module")
def aimlapi(finished_video: Path) -> Iterator[FakeAimlApi]:
    with FakeAimlApi(finished_video.read_bytes()) as fake:
        fake.steps = fake.steps[-1:]  # each question is seconds of real time
        yield fake


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, aimlapi: FakeAimlApi) -> Iterator[AppProcess]:
    """Yield an app on its owner's machine, with the key of a provider that a test can hold."""
    yield from running_app(tmp_path_factory.mktemp("stage-app"), **aimlapi.settings())


def choose_aiml_api(studio: Studio) -> None:
    studio.choose_provider("AIML API")
    expect(studio.page.locator("#dock .price b")).to_have_text("About $2.52")


def refused(studio: Studio, aimlapi: FakeAimlApi, words: str) -> None:
    """Click on Generate, and let the provider refuse it with these words."""
    aimlapi.script("POST", GENERATIONS, Instead(refusal(400, words)))
    studio.generate()
    studio.expect_state("failed")


def press(studio: Studio, remedy: str) -> None:
    """Take a remedy by keyboard; it leaves Generate to the person."""
    studio.card.get_by_role("button", name=remedy).press("Enter")
    expect(studio.generate_button).to_be_focused()


def test_three_jobs_at_once_outlive_a_reload_and_end_in_player_and_rows(studio: Studio, aimlapi: FakeAimlApi) -> None:
    choose_aiml_api(studio)
    held = [Hold() for _ in range(3)]
    aimlapi.script("GET", GENERATIONS, *held)
    made: list[str] = []
    for number in (1, 2, 3):
        studio.prompt.fill(f"Number {number} of three")
        made.insert(0, studio.generate())

    def expect_all(cards: Locator) -> None:
        expect(cards).to_have_count(3)
        assert [card.get_attribute("data-job") for card in cards.all()] == made

    expect_all(studio.cards)
    studio.reload()
    expect_all(studio.cards)
    for job_id in made:
        expect(studio.cards.and_(studio.page.locator(f"[data-job='{job_id}']"))).to_have_attribute(
            "data-state", "running"
        )
    expect(studio.page).to_have_title(re.compile(r"· 2 more · Seedance$"))

    for hold in held:
        hold.go.set()
    rows = studio.cards.filter(has=studio.page.get_by_role("button", name="Watch"))
    expect(rows).to_have_count(2, timeout=FINISHES_WITHIN_MS)  # a question that was held may have to be asked again
    expect(studio.player).to_be_visible()
    expect(studio.page).to_have_title(re.compile(r"^Ready · Number \d of three$"))
    next_one = rows.first.get_attribute("data-job")
    rows.first.get_by_role("button", name="Watch").click()
    expect(studio.video).to_have_attribute("src", f"/media/{next_one}.mp4")
    expect(rows).to_have_count(1)


def test_remedies_fill_the_form_and_send_nothing(studio: Studio, aimlapi: FakeAimlApi, app: AppProcess) -> None:
    choose_aiml_api(studio)
    studio.prompt.fill("A tram in the rain")
    refused(studio, aimlapi, "Unsupported resolution: 720p")
    jobs = app.job_count()
    press(studio, "Make it 480p")
    expect(studio.radio("Resolution", "480p")).to_be_checked()
    assert app.job_count() == jobs

    refused(studio, aimlapi, "duration must be one of 4, 5")
    press(studio, "Shorten to 5 s")
    expect(studio.page.get_by_role("spinbutton", name="Duration in seconds")).to_have_value("5")
    expect(studio.page.locator("#dock .summary")).to_contain_text("5 s · 480p")

    refused(studio, aimlapi, "OutputAudioSensitiveContentDetected")
    press(studio, "Again without sound")
    expect(studio.page.get_by_role("checkbox", name="Sound")).not_to_be_checked()

    aimlapi.script("POST", GENERATIONS, Instead(refusal(402, "Insufficient credit")))
    studio.generate()
    studio.expect_state("failed")
    studio.card.get_by_role("button", name="Open Keys and limits").click()
    dialog = studio.page.get_by_role("dialog", name="Keys and limits")
    expect(dialog).to_be_visible()
    studio.page.keyboard.press("Escape")
    press(studio, "Use the animatic")
    expect(studio.page.locator("#dock .price b")).to_have_text("Free")
    assert app.job_count() == jobs + 3
    assert aimlapi.bill[3:] == []


def test_declined_last_frame_lights_up_and_is_taken_out_with_one_click(
    studio: Studio, aimlapi: FakeAimlApi, tmp_path: Path
) -> None:
    choose_aiml_api(studio)
    studio.choose_tab(Mode.FRAMES)
    for which in ("first", "last"):
        studio.add_frame(which, make_image(tmp_path / f"{which}.png", size=(640, 360)))
    studio.prompt.fill("From the first to the last")
    refused(studio, aimlapi, "last_image_url may contain a real person")
    expect(studio.slot("last").get_by_text("Declined")).to_be_visible()
    expect(studio.card).to_contain_text("It is about the last frame.")
    studio.choose_tab(Mode.TEXT)
    press(studio, "Remove last frame and try again")
    expect(studio.page.get_by_role("tab", name="First & last frame")).to_have_attribute("aria-selected", "true")
    expect(studio.slot("last").get_by_role("button", name="Add last frame")).to_be_visible()
    expect(studio.slot("first").get_by_text("Declined")).to_be_hidden()
