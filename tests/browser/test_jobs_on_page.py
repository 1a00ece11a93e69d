"""A job outlives the page that started it, and the process too; cancelling tells the truth."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.studio_page import Studio


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield an app of this module's own: what is still open here must not be on another test's page."""
    yield from running_app(tmp_path_factory.mktemp("jobs-app"))


def start_a_long_one(studio: Studio, prompt: str) -> str:
    studio.prompt.fill(prompt)
    studio.make_it_slow()
    return studio.generate()


def test_reload_during_a_job_attaches_again_and_ends_with_the_video(studio: Studio) -> None:
    studio.prompt.fill("A long way home")
    job_id = studio.generate()
    studio.expect_state("running")
    studio.reload()
    assert studio.wait_for_job() == job_id
    expect(studio.card).to_have_attribute("data-state", "running")
    studio.expect_video_of(job_id)
    assert studio.app.jobs() == {"succeeded": studio.app.job_count()}


def test_second_page_attaches_to_the_job_of_the_first_and_both_see_its_end(
    studio: Studio, open_studio: OpenStudio
) -> None:
    job_id = start_a_long_one(studio, "Seen from two windows")
    other = open_studio()
    assert other.wait_for_job() == job_id
    other.cancel()
    studio.expect_state("cancelled")


def test_cancel_of_a_running_job_stops_it_and_says_so(studio: Studio) -> None:
    job_id = start_a_long_one(studio, "Never to be seen")
    studio.expect_state("running")
    studio.cancel()
    expect(studio.card.get_by_role("heading", name="Cancelled")).to_be_visible()
    expect(studio.card).to_contain_text("Nothing was charged.")
    expect(studio.prompt).to_have_value("Never to be seen")
    assert studio.app.snapshot(job_id)["state"] == "cancelled"
    expect(studio.library).not_to_contain_text("Never to be seen")
    studio.make_it_quick()
    studio.expect_video_of(studio.generate())


def test_cancel_of_a_waiting_job_leaves_the_running_one_alone(studio: Studio) -> None:
    first = start_a_long_one(studio, "The first in line")
    studio.expect_state("running")
    second = start_a_long_one(studio, "The second in line")
    expect(studio.card).to_have_attribute("data-state", "queued")
    expect(studio.card).to_contain_text("Nothing was sent. Cancelling is free.")
    studio.cancel()
    assert studio.app.snapshot(second)["state"] == "cancelled"
    assert studio.app.snapshot(first)["state"] == "running"
    studio.reload()
    assert studio.wait_for_job() == first
    studio.cancel()


def test_library_shows_newest_first_and_plays_what_is_chosen_after_a_restart(studio: Studio, app: AppProcess) -> None:
    studio.make_it_quick()
    made = []
    for prompt in ("The older one", "The newer one"):
        studio.prompt.fill(prompt)
        made.append(studio.generate())
        studio.expect_video_of(made[-1])
    studio.leave()
    app.restart()
    studio.open()
    posters = studio.library.get_by_role("listitem")
    expect(posters.nth(0)).to_contain_text("The newer one")
    expect(posters.nth(1)).to_contain_text("The older one")
    studio.page.wait_for_function("() => document.querySelector('#library img').naturalWidth > 0")
    posters.nth(1).locator(".open").click()
    expect(studio.video).to_have_attribute("src", f"/media/{made[0]}.mp4")
    studio.expect_playing()
    expect(studio.player).to_contain_text("The older one")


def test_page_outlives_kill_9_and_sigterm_and_goes_on_without_a_reload(
    open_studio: OpenStudio, app: AppProcess
) -> None:
    """B2: the job reaches its video, what was typed stays, and what was clicked meanwhile goes on."""
    studio = open_studio(may_log=r"net::ERR_")
    studio.page.evaluate("() => { window.wasLoadedOnce = true; }")
    studio.prompt.fill("Nine lives")
    studio.radio("Resolution", "720p").check()
    job_id = studio.generate()
    studio.expect_state("running")
    waiting = studio.page.get_by_role("status").filter(has_text="What you entered is kept")
    summary = studio.page.locator("#dock .summary")
    for ending, seconds in ((signal.SIGKILL, 5), (signal.SIGTERM, 4)):
        app.stop(ending)
        expect(studio.card.get_by_text("Reconnecting… your job keeps running.").last).to_be_visible()
        studio.set_duration(seconds)
        expect(waiting).to_be_visible()
        app.start()
        expect(waiting).to_have_count(0)
        expect(summary).to_contain_text(f"{seconds} s")
        expect(studio.card).not_to_contain_text("Reconnecting")
    assert open_studio().wait_for_job() == job_id
    studio.expect_video_of(job_id)
    expect(studio.library).to_contain_text("Nine lives")

    expect(studio.prompt).to_have_value("Nine lives")
    studio.make_it_quick()
    studio.expect_video_of(studio.generate())
    assert studio.page.evaluate("() => window.wasLoadedOnce")


def test_event_that_gets_no_answer_is_sent_again_and_given_up_after_a_while(
    open_studio: OpenStudio, app: AppProcess
) -> None:
    """A6: a click whose answer a proxy lost is the same click; Gradio must neither reload the page nor hang."""
    studio = open_studio(may_log=r"status of 502|net::ERR_FAILED")
    studio.page.evaluate("() => { window.wasLoadedOnce = true; }")
    studio.make_it_quick()
    studio.prompt.fill("Lost on its way back")
    before, lost = app.job_count(), []

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        lost.append(route.request.url)
        route.fulfill(status=502, body="<html>Bad gateway</html>")

    studio.page.route("**/gradio_api/run/predict", lose_the_answer, times=1)
    studio.expect_video_of(studio.generate())
    assert len(lost) == 1
    assert app.job_count() == before + 1

    studio.page.clock.install()
    studio.page.route("**/gradio_api/run/predict", lambda route: route.abort())
    studio.generate_button.click()
    status = studio.page.get_by_role("status")
    expect(status.filter(has_text="Reconnecting… What you entered is kept")).to_be_visible()
    expect(studio.page.get_by_role("button", name="Sending…")).to_be_visible()
    studio.page.clock.run_for(125_000)
    expect(studio.generate_button).to_have_attribute("aria-disabled", "false")
    expect(status.filter(has_text="The server does not answer. What you entered is kept.")).to_be_visible()
    price = studio.page.locator("#price-now")
    studio.set_duration(5)
    studio.page.clock.run_for(1_000)
    expect(price).to_have_text("Price not known")

    studio.page.unroute_all()

    def click() -> None:
        studio.generate_button.click()
        studio.page.clock.run_for(1_000)

    studio.expect_video_of(studio.job_made_by(click))
    expect(status.filter(has_text="What you entered is kept")).to_have_count(0)
    expect(studio.prompt).to_have_value("Lost on its way back")
    studio.page.clock.run_for(1_000)
    expect(price).to_have_text("Free")
    assert studio.page.evaluate("() => window.wasLoadedOnce")
    assert app.job_count() == before + 2
