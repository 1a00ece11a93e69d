"""The hosted providers on the real page: the app in its own process, its keys leading to strict fakes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.events import HeldEvents, broken_handler
from tests.browser.studio_page import Studio
from tests.fakes.aimlapi import LIP_SYNC, MONA_LISA, FakeAimlApi, refusal
from tests.fakes.scenario import GENERATE, KEY, SECRET, FakeScenario
from tests.fakes.server import Instead

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.body.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));
}"""
REFUSED = Instead(refusal(401, "This request requires a valid API key."))
CLIP = "https://cdn.example.com/clip.mp4"


@pytest.fixture(scope="module")
def aimlapi(finished_video: Path) -> Iterator[FakeAimlApi]:
    with FakeAimlApi(finished_video.read_bytes()) as fake:
        fake.steps = fake.steps[-1:]  # each question is seconds of real time
        yield fake


@pytest.fixture(scope="module")
def scenario(finished_video: Path) -> Iterator[FakeScenario]:
    with FakeScenario(finished_video.read_bytes()) as fake:
        fake.steps = fake.steps[-1:]
        yield fake


@pytest.fixture(scope="module")
def hosted(
    tmp_path_factory: pytest.TempPathFactory, aimlapi: FakeAimlApi, scenario: FakeScenario
) -> Iterator[AppProcess]:
    """Yield an app on its owner's machine, with the keys of both providers."""
    scenario_env = {"SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": SECRET, "SCENARIO_BASE_URL": scenario.base_url}
    yield from running_app(tmp_path_factory.mktemp("hosted"), **aimlapi.settings(), **scenario_env)


@pytest.fixture
def page_of(open_studio: OpenStudio, hosted: AppProcess) -> Studio:
    """Return a fresh page of the hosted app."""
    return open_studio(app=hosted)


def paste_references(studio: Studio, links: str) -> None:
    studio.page.get_by_role("tab", name="References").click()
    expect(studio.tray.get_by_role("button", name="Add link")).to_be_visible()
    studio.page.evaluate(PASTE, links)


def price(studio: Studio) -> Locator:
    return studio.page.locator("#dock .price b")


def expect_saved(studio: Studio, job_id: str, video: bytes) -> None:
    studio.expect_state("succeeded")
    assert studio.app.fetch(f"/media/{job_id}.mp4") == video


def test_aiml_api_makes_a_video_from_every_tab(page_of: Studio, aimlapi: FakeAimlApi) -> None:
    studio, before = page_of, len(aimlapi.bill)
    studio.choose_provider("AIML API")
    expect(price(studio)).to_have_text("About $2.52")

    studio.prompt.fill("A tram in the rain")
    expect_saved(studio, studio.generate(), aimlapi.video)

    for tab, title in (("First & last frame", "Mona Lisa"), ("References", "Lip-sync")):
        studio.page.get_by_role("tab", name=tab).click()
        studio.example(title).click()
        expect(studio.prompt).to_have_value((MONA_LISA if title == "Mona Lisa" else LIP_SYNC)["prompt"])
        expect(studio.page.locator(".linked:visible").first).to_be_visible()
        expect_saved(studio, studio.generate(), aimlapi.video)

    text, frames, references = aimlapi.bodies()[before:]
    assert text["prompt"] == "A tram in the rain"
    assert frames == {**frames, **MONA_LISA, "duration": 8}
    assert references == {**references, **LIP_SYNC}


def test_scenario_shows_its_exact_price_and_dragging_the_slider_asks_once(
    page_of: Studio, scenario: FakeScenario
) -> None:
    studio = page_of
    studio.choose_provider("Scenario")
    expect(price(studio)).to_have_text("40 CU")
    asked = len(scenario.requests("POST", GENERATE))

    slider = studio.page.get_by_role("slider", name="Duration")
    for seconds in range(4, 16):
        slider.fill(str(seconds))
    expect(studio.page.locator("#dock .summary")).to_contain_text("15 s")
    studio.prompt.press_sequentially("a lighthouse at dusk")
    expect(price(studio)).to_have_text("40 CU")
    assert len(scenario.requests("POST", GENERATE)) == asked + 1

    job_id = studio.generate()
    expect_saved(studio, job_id, scenario.video)
    assert scenario.bodies()[-1]["duration"] == 15
    assert studio.app.snapshot(job_id)["cost"] == {"amount": 40.0, "unit": "CU", "kind": "exact"}


def test_a_provider_that_was_picked_is_put_back_for_who_picked_it_only(
    page_of: Studio, open_studio: OpenStudio, hosted: AppProcess
) -> None:
    """Nothing paid is chosen silently, and one video is what a page begins with."""
    studio = page_of
    studio.choose_provider("AIML API")
    studio.radio("Variations", "4").check()
    expect(price(studio)).to_have_text("About $10.08")
    price(studio).click()
    expect(studio.page.get_by_text("4 videos × $2.52 = $10.08")).to_be_visible()

    studio.reload()

    expect(price(studio)).to_have_text("About $2.52")
    expect(studio.page.locator("#provider input:checked")).to_have_value("aimlapi")
    other = open_studio(app=hosted)
    expect(price(other)).to_have_text("Free")
    expect(other.page.locator("#provider input:checked")).to_have_value("animatic")


def test_a_click_under_a_price_that_does_not_hold_any_more_sends_nothing(page_of: Studio, aimlapi: FakeAimlApi) -> None:
    """C6: what stands beside Generate is what a click may cost, however late the new price is."""
    studio, before = page_of, len(aimlapi.bill)
    expect(price(studio)).to_have_text("Free")
    studio.prompt.fill("A tram in the rain")
    studio.page.route("**/gradio_api/run/predict", lambda route: None)  # no answer before `unroute` lets all go on
    studio.choose_provider("AIML API")
    expect(price(studio)).to_have_text("…")
    with studio.page.expect_request(
        lambda request: "A tram" in (request.post_data or "") and "USD" in request.post_data
    ):
        studio.prompt.press("Control+Enter")
    studio.page.unroute("**/gradio_api/run/predict")

    expect(studio.page.get_by_text("The price is 2.52 USD now, not free. Nothing was sent.")).to_be_visible()
    expect(price(studio)).to_have_text("About $2.52")
    assert len(aimlapi.bill) == before
    studio.generate()
    studio.expect_state("succeeded")
    assert len(aimlapi.bill) == before + 1


def test_a_refusal_says_so_and_lights_up_the_reference(page_of: Studio, aimlapi: FakeAimlApi) -> None:
    studio = page_of
    studio.choose_provider("AIML API")
    paste_references(studio, "https://example.com/a.jpg\nhttps://example.com/b.jpg")
    expect(studio.tags).to_have_text(["@Image1", "@Image2"])
    studio.prompt.fill("@Image1 dances with @Image2")
    aimlapi.steps = ("error",)
    aimlapi.failure = {"name": "InputImageSensitiveContentDetected", "message": "image2 may contain a real person"}
    studio.generate()

    studio.expect_state("failed")
    expect(studio.card.get_by_role("heading")).to_contain_text("may show a real person")
    expect(studio.card.get_by_text("Nothing was charged.")).to_be_visible()
    expect(studio.tray.locator(".ref.declined .name")).to_have_text("b.jpg")


def test_declined_sound_offers_to_go_on_without_it_and_sends_nothing(page_of: Studio, aimlapi: FakeAimlApi) -> None:
    studio = page_of
    studio.choose_provider("AIML API")
    studio.prompt.fill("A choir")
    aimlapi.steps = ("error",)
    aimlapi.failure = {"name": "OutputAudioSensitiveContentDetected", "message": "OutputAudio was declined"}
    studio.generate()
    studio.expect_state("failed")
    sent = len(aimlapi.bill)

    studio.card.get_by_role("button", name="Again without sound").click()

    expect(studio.page.get_by_role("checkbox", name="Sound", exact=True)).not_to_be_checked()
    expect(studio.generate_button).to_be_focused()
    assert len(aimlapi.bill) == sent


@pytest.fixture(autouse=True)
def as_ever(aimlapi: FakeAimlApi) -> Iterator[None]:
    """Let the fake make videos again."""
    steps, failure = aimlapi.steps, aimlapi.failure
    yield
    aimlapi.steps, aimlapi.failure = steps, failure


def test_a_link_at_the_animatic_is_refused_on_its_card_and_taken_by_aiml_api(page_of: Studio) -> None:
    studio = page_of
    paste_references(studio, CLIP)
    expect(studio.tray.locator(".ref.warn")).to_contain_text("is a link. The animatic takes only files here.")

    studio.choose_provider("AIML API")

    expect(studio.tray.locator(".ref.warn")).to_have_count(0)
    expect(studio.tags).to_have_text(["@Video1"])


def test_keys_and_limits_checks_a_key(open_studio: OpenStudio, hosted: AppProcess, aimlapi: FakeAimlApi) -> None:
    studio = open_studio(app=hosted, may_log=r"status of 500")
    studio.page.get_by_role("button", name="Keys and limits").click()
    dialog = studio.page.get_by_role("dialog", name="Keys and limits")
    expect(dialog).to_contain_text("AIMLAPI_KEY is set")
    expect(dialog.get_by_role("link", name="Documentation of Scenario")).to_be_visible()
    with broken_handler(studio, '"provider":'):
        dialog.get_by_role("button", name="Check key of AIML API").click()
        expect(dialog.get_by_text("The page got no answer. Try again.")).to_be_visible()
    for label in ("AIML API", "Scenario"):
        dialog.get_by_role("button", name=f"Check key of {label}").click()
    expect(dialog.get_by_text("The key works.")).to_have_count(2)

    aimlapi.script("GET", "/v2/billing", REFUSED)
    dialog.get_by_role("button", name="Check key of AIML API").click()
    expect(dialog.get_by_text("AIML API refused the key.")).to_be_visible()


def test_without_a_key_a_provider_can_be_looked_at_and_generate_says_what_to_do(studio: Studio) -> None:
    studio.choose_provider("AIML API")
    expect(studio.page.get_by_text("AIML API needs AIMLAPI_KEY. The animatic works without a key.")).to_be_visible()
    expect(price(studio)).to_have_text("Price not known")
    studio.prompt.fill("A tram in the rain")
    studio.generate_button.click()

    notice = studio.page.get_by_role("alert").filter(has_text="AIML API needs a key")
    expect(notice).to_contain_text("or use the animatic")
    expect(notice).to_contain_text("No.")
    expect(studio.generate_button).to_have_attribute("aria-disabled", "false")

    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()
    expect(studio.page.get_by_role("dialog")).to_have_count(0)
    expect(studio.generate_button).to_be_focused()
    studio.generate_button.press("Enter")
    expect(notice).to_be_visible()
    expect(studio.generate_button).to_have_attribute("aria-disabled", "false")

    held = HeldEvents(studio, "amount")  # the price that stood there goes along with a click, and with nothing else
    studio.generate_button.press("Enter")
    expect(notice).to_be_hidden()
    held.wait(1)
    held.let_go(0)
    expect(notice).to_be_visible()
