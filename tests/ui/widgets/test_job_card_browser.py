"""The job card in a real browser, against a server whose events the test appends."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.widgets.widget_page import facts

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

JOB = "0123456789abcdef0123456789abcdef"


def card_of(widgets: Any) -> Locator:
    return widgets.page.locator("#job-card .job-card").first


def start(widgets: Any, **changes: Any) -> Locator:
    """Follow a job that is generating since 32 s."""
    widgets.server.push(JOB, elapsed_s=0.0)
    widgets.server.push(JOB, state="uploading", phase="uploading", elapsed_s=6.0, queued_s=6.0)
    widgets.server.push(JOB, state="running", phase="generating", message="Generating", elapsed_s=9.0)
    at_work = {"elapsed_s": 41.2, "eta_s": {"low": 40, "high": 65}, "progress": 0.46}
    widgets.server.push(JOB, **{**at_work, **changes})
    widgets.update(card={"value": [facts(JOB)]})
    return card_of(widgets)


def test_card_without_a_job_shows_the_frame_and_the_promises(widgets):
    card = card_of(widgets)
    expect(card).to_contain_text("Your video plays here1280\u00a0×\u00a0720 · 8 seconds · with sound")
    expect(card).to_contain_text("One click, one charge at most")
    preview = {"width_px": 720, "height_px": 1280, "duration_s": 0, "sound": False}
    widgets.update(card={"preview": preview})
    expect(card).to_contain_text("720\u00a0×\u00a01280 · length chosen by the provider · silent")


def test_card_running_tells_stages_time_left_price_and_what_cancelling_does(widgets):
    card = start(widgets)
    expect(card).to_have_attribute("data-state", "running")
    expect(card).to_have_attribute("data-job", JOB)
    expect(card.get_by_role("timer")).to_have_text("0:41")
    expect(card.locator(".left")).to_have_text("elapsed · 40–65 s left")
    expect(card.locator(".spoken")).to_have_text("Generating. 40 to 65 seconds left.")
    expect(card.locator("[aria-current=step]")).to_have_text("Generating0:32")
    expect(card.locator(".stages li").nth(0)).to_have_text("Queued0:06")
    expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "46")
    expect(card.locator(".facts")).to_contain_text("Usually takes1:15–1:40")
    expect(card.locator(".facts")).to_contain_text("About $2.52charged by AIML API")
    expect(card.locator(".truth")).to_contain_text("AIML API cannot stop a video it has started.")


def test_card_says_one_number_where_the_range_is_one(widgets):
    card = start(widgets, eta_s={"low": 6.0, "high": 6.0})
    expect(card.locator(".left")).to_have_text(re.compile(r"^elapsed · about \d s left$"))
    expect(card.locator(".spoken")).to_have_text("Generating. About 6 seconds left.")


def test_card_clock_counts_between_events_and_the_bar_never_runs_backwards(widgets):
    card = start(widgets)
    expect(card.get_by_role("timer")).to_have_text("0:43")
    expect(card.locator(".spoken")).to_have_text("Generating. 40 to 65 seconds left.")
    widgets.server.push(JOB, elapsed_s=44.0, progress=0.2, message="warming ${6*7} <b>x</b>")
    expect(card.locator(".words")).to_have_text("warming ${6*7} <b>x</b>")
    expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "46")


def test_card_of_a_job_that_succeeded_takes_no_room_and_tells_python_once(widgets):
    card = start(widgets)
    widgets.server.push(JOB, state="succeeded", phase="done", progress=1.0)
    assert widgets.server.wait_for("done") == {"job": JOB, "state": "succeeded"}
    expect(card).to_have_attribute("data-state", "succeeded")
    expect(card.locator(".spoken")).to_have_text("Your video is ready.")
    expect(card.locator(".running")).to_be_hidden()
    opened = widgets.server.streams_opened
    hide_and_show(widgets)
    widgets.update(player={"value": None})
    expect(card).to_have_attribute("data-state", "succeeded")
    assert widgets.server.streams_opened == opened
    assert len(widgets.server.all_heard("done")) == 1


def test_card_refused_by_the_provider_answers_what_happened_charge_and_next_step(widgets):
    error = {
        "code": "content", "title": "AIML API declined @Image2", "detail": "400 ${6*7} <b>x</b>", "charged": "no",
        "next_step": "Use a picture without a recognisable face.", "asset": "@Image2",
    }  # fmt: skip
    card = start(widgets)
    widgets.server.push(JOB, state="failed", phase="done", error=error)
    expect(card.get_by_role("heading")).to_have_text("AIML API declined @Image2")
    expect(card.locator(".answer")).to_contain_text("No. Nothing was charged.")
    expect(card.locator(".answer")).to_contain_text("Use a picture without a recognisable face.")
    words = card.get_by_text("400 ${6*7} <b>x</b>")
    expect(words).to_be_hidden()
    card.get_by_text("Provider’s words").press("Enter")
    expect(words).to_be_visible()
    expect(card.locator(".spoken")).to_have_text("AIML API declined @Image2. Were you charged? No.")
    assert widgets.server.wait_for("done")["state"] == "failed"


def test_card_that_ended_without_a_reason_has_words_of_its_own(widgets):
    titles = {
        "needs_attention": "We cannot tell whether this request was taken",
        "needs_key": "The provider asks for a key",
        "cancelled": "Cancelled",
    }
    for number, state in enumerate(titles):
        widgets.server.push(f"{number:032x}", state=state, phase="done")
    widgets.update(card={"value": [facts(f"{number:032x}") for number in range(len(titles))]})
    for number, title in enumerate(titles.values()):
        card = widgets.page.locator(f"#job-card [data-job='{number:032x}']")
        expect(card.get_by_role("heading")).to_have_text(title)
        expect(card.locator(".answer")).to_contain_text("Not known yet. At most $2.52.")
        expect(card.locator(".ended details")).to_be_hidden()


@pytest.mark.parametrize("moves_on_while", ["hidden", "shown"])
def test_card_of_a_job_that_rests_is_quiet_and_goes_on_when_the_job_does(widgets, moves_on_while):
    """A late answer or a key moves a resting job on; the card must neither stop listening nor hammer."""
    widgets.page.clock.install()
    card = start(widgets)
    with widgets.page.expect_event("requestfinished", lambda request: request.url.endswith("/events")):
        widgets.server.push(JOB, state="needs_attention", phase="done")
    expect(card).to_have_attribute("data-state", "needs_attention")
    expect(card).not_to_contain_text("Reconnecting")
    with widgets.page.expect_response(f"**/api/jobs?id={JOB}"):
        widgets.page.clock.fast_forward(11_000)
    assert widgets.server.streams_opened == 1
    assert widgets.server.all_heard("done") == []

    def move_on() -> None:
        widgets.server.push(JOB, state="running", phase="generating", message="Generating", elapsed_s=120.0)

    if moves_on_while == "hidden":
        hide_and_show(widgets, between=move_on)
    else:
        move_on()
        widgets.page.clock.fast_forward(11_000)
    expect(card).to_have_attribute("data-state", "running")
    expect(card.locator("[aria-current=step]")).to_contain_text("Generating")
    expect(card.locator(".spoken")).to_contain_text("Generating.")
    widgets.server.push(JOB, state="succeeded", phase="done")
    assert widgets.server.wait_for("done") == {"job": JOB, "state": "succeeded"}
    assert widgets.server.streams_opened == 2
    assert len(widgets.server.all_heard("done")) == 1


def test_card_of_a_job_that_rested_once_shows_what_came_later(widgets):
    """A page that is opened later is told the whole story from its start."""
    widgets.server.push(JOB, state="running", phase="generating", elapsed_s=9.0)
    widgets.server.push(JOB, state="needs_key", phase="done", elapsed_s=30.0)
    widgets.server.push(JOB, state="running", phase="generating", message="Generating", elapsed_s=90.0)
    widgets.update(card={"value": [facts(JOB)]})
    card = card_of(widgets)
    expect(card).to_have_attribute("data-state", "running")
    widgets.server.push(JOB, state="succeeded", phase="done")
    assert widgets.server.wait_for("done") == {"job": JOB, "state": "succeeded"}
    assert widgets.server.streams_opened == 1


def test_card_cancel_asks_once_and_says_what_the_server_answered(widgets):
    card = start(widgets)
    card.get_by_role("button", name="Cancel").press("Enter")
    expect(card.locator(".truth")).to_have_text("You asked to cancel. AIML API was asked to stop.")
    card.get_by_role("button", name="Cancel").press("Enter")
    widgets.server.push(JOB, progress=0.5)
    expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
    expect(card).to_have_attribute("data-state", "running")
    assert widgets.server.cancelled == [JOB]


def test_card_whose_stream_broke_says_so_and_goes_on_where_it_was(widgets):
    card = start(widgets)
    expect(card).to_have_attribute("data-state", "running")
    widgets.server.stream_status = 502
    widgets.server.wake()
    expect(card).to_contain_text("Reconnecting… your job keeps running.")
    widgets.server.stream_status = None
    widgets.server.push(JOB, state="downloading", phase="saving", elapsed_s=60.0)
    expect(card.locator("[aria-current=step]")).to_contain_text("Saving")
    expect(card).not_to_contain_text("Reconnecting")
    expect(card.get_by_role("button", name="Cancel")).to_be_hidden()


def test_card_of_an_unknown_job_says_so(widgets):
    widgets.update(card={"value": [facts("f" * 32)]})
    expect(card_of(widgets).get_by_role("heading")).to_have_text("Job not found")


def test_card_in_a_hidden_page_holds_no_stream_and_opens_one_on_return(widgets):
    card = start(widgets)
    expect(card).to_have_attribute("data-state", "running")
    with widgets.page.expect_response("**/events"):
        hide_and_show(widgets, between=lambda: widgets.server.push(JOB, state="downloading", phase="saving"))
    expect(card).to_have_attribute("data-state", "downloading")
    assert widgets.server.streams_opened == 2


def test_card_given_another_job_is_of_that_one_and_the_first_stays_below(widgets):
    card = start(widgets)
    expect(card.locator("[aria-current=step]")).to_contain_text("Generating")
    widgets.server.push("a" * 32, provider="animatic", cost={"amount": 0, "unit": "USD", "kind": "exact"})
    widgets.update(card={"value": [facts("a" * 32)]})
    expect(card).to_have_attribute("data-job", "a" * 32)
    expect(card.locator("[aria-current=step]")).to_contain_text("Queued")
    expect(card.locator(".facts")).to_contain_text("Freenothing is charged")
    expect(card.locator(".truth")).to_have_text("Nothing was sent. Cancelling is free.")
    first = widgets.page.locator(f"#job-card [data-job='{JOB}']")
    expect(first).to_have_attribute("data-state", "running")
    widgets.server.push(JOB, state="cancelled", phase="done")
    hide_and_show(widgets)  # asks at once
    assert widgets.server.wait_for("done") == {"job": JOB, "state": "cancelled"}
    expect(first).to_have_attribute("data-state", "cancelled")
    expect(card).to_have_attribute("data-state", "queued")


def hide_and_show(widgets: Any, between: Any = lambda: None) -> None:
    """Let the page believe that its tab was hidden for a while."""
    change = """hidden => {
      Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    widgets.page.evaluate(change, True)
    between()
    widgets.page.evaluate(change, False)
