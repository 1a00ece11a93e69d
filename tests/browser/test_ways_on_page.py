"""A7, A8, B16, B18 on the real page: what a person can do with a job that needs attention, and what is kept of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.events import broken_handler
from tests.browser.studio_page import FINISHES_WITHIN_MS, Studio
from tests.fakes.aimlapi import GENERATIONS, FakeAimlApi
from tests.fakes.server import AcceptThenDrop, Received, Reply

NOT_TAKEN_FOR_SURE = "We cannot tell whether AIML API took this request"


class LaggingAimlApi(FakeAimlApi):
    """Its log shows nothing while it lags."""

    lags = True

    def _show_log(self, request: Received) -> Reply:
        reply = super()._show_log(request)
        return Reply(200, {**reply.body, "data": []}) if self.lags else reply


@pytest.fixture(scope="module")
def aimlapi(finished_video: Path) -> Iterator[LaggingAimlApi]:
    with LaggingAimlApi(finished_video.read_bytes()) as fake:
        fake.steps = fake.steps[-1:]  # each question is seconds of real time
        yield fake


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, aimlapi: LaggingAimlApi) -> Iterator[AppProcess]:
    """Yield an app on its owner's machine, with the key of a provider that loses answers."""
    yield from running_app(tmp_path_factory.mktemp("ways-app"), **aimlapi.settings())


@pytest.fixture(autouse=True)
def lags(aimlapi: LaggingAimlApi) -> None:
    """Let nothing be found by itself."""
    aimlapi.lags = True


def lose_an_answer(studio: Studio, aimlapi: FakeAimlApi, prompt: str) -> str:
    """Click on Generate, let the provider take the request and lose its answer; return the job's id."""
    studio.choose_provider("AIML API")
    expect(studio.page.locator("#dock .price b")).to_have_text("About $2.52")
    studio.prompt.fill(prompt)
    aimlapi.script("POST", GENERATIONS, AcceptThenDrop())
    job_id = studio.generate()
    studio.expect_state("needs_attention")
    return job_id


def button(studio: Studio, name: str) -> Locator:
    return studio.card.get_by_role("button", name=name, exact=True)


def entry(studio: Studio, prompt: str) -> Locator:
    return studio.library.get_by_role("listitem").filter(has_text=prompt)


def test_lost_answer_is_asked_for_found_by_its_id_and_becomes_the_video(
    open_studio: OpenStudio, aimlapi: LaggingAimlApi
) -> None:
    studio = open_studio(may_log=r"status of 409")
    job_id = lose_an_answer(studio, aimlapi, "A lost answer")
    expect(studio.card.get_by_role("heading", name=NOT_TAKEN_FOR_SURE)).to_be_visible()
    expect(studio.card).to_contain_text("Not known yet. At most $2.52.")
    expect(entry(studio, "A lost answer")).to_contain_text("Needs attention")

    button(studio, "Check again").press("Enter")
    expect(studio.card.get_by_text("AIML API shows no video that is surely this one.")).to_be_visible()

    button(studio, "Find my video").press("Enter")
    field = studio.card.get_by_role("textbox", name="Generation ID")
    field.fill("somebody-elses")
    field.press("Enter")
    expect(studio.card.get_by_text(re.compile("^AIML API has no video under 'somebody-elses'"))).to_be_visible()

    with studio.page.expect_download() as started:
        studio.card.get_by_role("link", name="Download evidence").click()
    evidence = json.loads(started.value.path().read_bytes())
    assert evidence["job_id"] == job_id

    aimlapi.lags = False
    field.fill(aimlapi.bill[-1])
    field.press("Enter")
    studio.expect_video_of(job_id)
    expect(entry(studio, "A lost answer")).not_to_contain_text("Needs attention")
    assert aimlapi.bill.count(aimlapi.bill[-1]) == 1
    studio.player.get_by_role("button", name="More").click()
    expect(studio.player.get_by_role("menuitem", name="Download evidence")).to_be_visible()
    studio.page.keyboard.press("Escape")


def test_send_again_is_one_new_job_and_the_old_one_is_closed_from_the_library(
    open_studio: OpenStudio, aimlapi: LaggingAimlApi, app: AppProcess
) -> None:
    studio = open_studio(may_log=r"status of 500")
    old, paid, jobs = lose_an_answer(studio, aimlapi, "Sent twice"), len(aimlapi.bill), app.job_count()
    with broken_handler(studio, f'{{"job":"{old}"}}'):
        button(studio, "Send again for about $2.52").click()
        expect(studio.page.get_by_role("alert")).to_contain_text("The page got no answer to this click.")
    expect(button(studio, "Send again for about $2.52")).not_to_have_attribute("aria-disabled", "true")
    new = studio.job_made_by(button(studio, "Send again for about $2.52").dblclick)
    with broken_handler(studio, f'"job":"{new}","state":"succeeded"'):
        expect(button(studio, "Watch")).to_be_visible(timeout=FINISHES_WITHIN_MS)
    button(studio, "Watch").click()
    studio.expect_video_of(new)
    expect(button(studio, "Watch")).to_be_hidden()
    assert len(aimlapi.bill) == paid + 1
    assert app.job_count() == jobs + 1
    assert app.snapshot(old)["state"] == "needs_attention"

    resting = entry(studio, "Sent twice").filter(has_text="Needs attention")
    resting.locator(".open").press("Enter")
    expect(studio.card).to_have_attribute("data-job", old)
    expect(studio.player).to_be_hidden()
    button(studio, "Close").press("Enter")
    expect(resting).to_contain_text("closed")
    expect(studio.card).not_to_have_attribute("data-job", old)
    studio.reload()
    expect(resting).to_contain_text("closed")
    expect(studio.card.get_by_text("Your video plays here")).to_be_visible()
    resting.locator(".open").click()
    expect(button(studio, "Check again")).to_be_visible()
    button(studio, "Send again for about $2.52").click()  # it was: that video comes, and no other is made
    expect(studio.video).to_have_attribute("src", f"/media/{new}.mp4")
    assert len(aimlapi.bill) == paid + 1
    assert app.job_count() == jobs + 1


def test_video_deleted_by_hand_is_missing_and_generate_works(studio: Studio, app: AppProcess) -> None:
    """B16."""
    studio.prompt.fill("Soon deleted")
    studio.make_it_quick()
    job_id = studio.generate()
    studio.expect_video_of(job_id)
    (app.data_dir / "library" / f"{job_id}.mp4").unlink()
    studio.reload()
    missing = entry(studio, "Soon deleted")
    expect(missing).to_contain_text("File missing")
    missing.locator(".open").click()
    expect(studio.player.get_by_role("alert")).to_have_text(re.compile("^File missing"))
    expect(studio.player.get_by_role("button", name="Download", exact=True)).to_be_hidden()
    studio.make_it_quick()
    studio.prompt.fill("Made after that")
    studio.expect_video_of(studio.generate())


def test_phone_has_no_sideways_scroll_with_every_way_on(open_studio: OpenStudio, aimlapi: LaggingAimlApi) -> None:
    studio = open_studio(width_px=360, height_px=780, has_touch=True, is_mobile=True)
    lose_an_answer(studio, aimlapi, "On a phone")
    button(studio, "Find my video").click()
    studio.expect_no_sideways_scroll()
    heights = [way.bounding_box()["height"] for way in studio.card.locator(".ended button:visible").all()]
    assert heights and min(heights) >= 44
