"""The stage with several jobs, what tells who looks elsewhere, and what one click does about an error."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.widgets.widget_page import facts

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

A, B, C = (letter * 32 for letter in "abc")
READY_ITEM: dict[str, Any] = {
    "job_id": A, "prompt": "Another one", "video_url": "/media/none.mp4", "poster_url": None, "is_missing": True,
    "width_px": 1280, "height_px": 720, "cost": {"amount": 0, "unit": "USD", "kind": "exact"}, "elapsed_s": 3.0,
    "queued_s": 0.0, "duration_s": 5.0, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": True,
    "size_bytes": 1, "seed": None, "provider_label": "Animatic", "flag": None,
}  # fmt: skip


def work(widgets: Any, *job_ids: str, **changes: Any) -> None:
    """Show jobs that are generating, newest first."""
    for job_id in job_ids:
        given = {"state": "running", "phase": "generating", "message": "Generating", "elapsed_s": 9.0, **changes}
        widgets.server.push(job_id, **given)
    widgets.update(card={"value": [facts(job_id) for job_id in job_ids]})
    for job_id in job_ids:
        expect(card_of(widgets, job_id)).to_have_attribute("data-state", "running")


def card_of(widgets: Any, job_id: str) -> Locator:
    return widgets.page.locator(f"#job-card [data-job='{job_id}']")


def set_hidden(widgets: Any, is_hidden: bool) -> None:
    """Let the page believe that its tab is hidden, or shown again."""
    widgets.page.evaluate(
        """hidden => {
          Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        is_hidden,
    )


def failed(code: str, asset: str | None = None) -> dict[str, Any]:
    said = {"title": "Declined", "detail": "words", "charged": "no", "next_step": "Do it.", "asset": asset}
    return {"state": "failed", "phase": "done", "error": {"code": code, **said}}


def fail(widgets: Any, job_id: str, code: str, asset: str | None = None) -> Locator:
    widgets.server.push(job_id, **failed(code, asset))
    card = card_of(widgets, job_id)
    expect(card).to_have_attribute("data-state", "failed")
    return card


# Several at once


def test_newest_of_three_jobs_listens_and_the_others_are_asked_about(widgets):
    with widgets.page.expect_response("**/events"):
        work(widgets, A, B, C)
    cards = widgets.page.locator("#job-card [data-job]")
    assert [card.get_attribute("data-job") for card in cards.all()] == [A, B, C]
    expect(card_of(widgets, A).locator(".stages")).to_be_visible()
    assert widgets.server.streams_opened == 1
    for job_id in (B, C):
        small = card_of(widgets, job_id)
        expect(small.locator(".stages")).to_be_hidden()
        expect(small.locator(".job-what")).to_have_text(f"Prompt of {job_id[0]}")
        expect(small.get_by_role("button", name="Cancel")).to_be_visible()
    card_of(widgets, B).get_by_role("button", name="Details").press("Enter")
    expect(card_of(widgets, B).locator(".stages")).to_be_visible()

    fail(widgets, A, "generation_failed")
    expect(card_of(widgets, B)).not_to_have_class(re.compile("is-small"))
    widgets.server.push(B, progress=0.5)
    expect(card_of(widgets, B).get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
    assert widgets.server.streams_opened == 2
    assert widgets.server.wait_for("done") == {"job": A, "state": "failed"}


def test_answer_that_an_event_has_overtaken_changes_nothing(widgets):
    page, late = widgets.page, []
    page.route("**/api/jobs?id=*", lambda route: late.append((route, route.fetch())), times=1)
    widgets.server.push(A, state="submitting", phase="sending")
    with page.expect_request("**/api/jobs?id=*"):
        widgets.update(card={"value": [facts(A)]})
    expect(card_of(widgets, A)).to_have_attribute("data-state", "submitting")
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/events")):
        widgets.server.push(A, state="needs_attention", phase="done")
    expect(card_of(widgets, A)).to_have_attribute("data-state", "needs_attention")
    [(route, response)] = late
    with page.expect_event("requestfinished", lambda request: "/api/jobs?id=" in request.url):
        route.fulfill(response=response)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(card_of(widgets, A)).to_have_attribute("data-state", "needs_attention")
    assert widgets.server.streams_opened == 1


def test_a_click_adds_its_jobs_and_clears_what_has_ended(widgets):
    work(widgets, B, C)
    fail(widgets, B, "generation_failed")
    widgets.server.push(A, state="queued", phase="waiting")
    widgets.update(card={"value": [facts(A, is_new=True)]})
    expect(card_of(widgets, A)).to_have_attribute("data-state", "queued")
    expect(card_of(widgets, B)).to_have_count(0)
    expect(card_of(widgets, C)).to_have_attribute("data-state", "running")


def test_hidden_page_asks_about_all_in_one_question_and_shows_their_end_in_the_title(widgets):
    work(widgets, A, B)
    widgets.server.push(A, progress=0.38)
    page = widgets.page
    page.wait_for_function("() => document.title === '38\\u00a0% · 1 more · Seedance'")
    page.clock.install()
    set_hidden(widgets, True)
    with page.expect_response(f"**/api/jobs?id={A}&id={B}"):
        page.clock.fast_forward(11_000)
    for job_id in (A, B):
        widgets.server.push(job_id, state="succeeded", phase="done", progress=1.0)
    page.clock.fast_forward(11_000)
    assert widgets.server.wait_for("done", lambda data: data["job"] == A)
    assert widgets.server.wait_for("done", lambda data: data["job"] == B)
    assert widgets.server.streams_opened == 1
    assert page.title().startswith("Ready · Prompt of ")
    set_hidden(widgets, False)
    page.wait_for_function("() => !document.title.startsWith('Ready')")


def test_video_that_is_ready_beside_another_is_offered_and_takes_no_player(widgets):
    widgets.update(player={"value": READY_ITEM})
    expect(widgets.page.locator("#player .player")).to_be_visible()
    work(widgets, B)
    expect(card_of(widgets, B).locator(".stages")).to_be_hidden()  # a line, beside the video
    widgets.server.push(B, state="succeeded", phase="done")
    assert widgets.server.wait_for("done") == {"job": B, "state": "succeeded", "is_aside": True}
    expect(card_of(widgets, B)).to_contain_text("ReadyPrompt of b")
    card_of(widgets, B).get_by_role("button", name="Watch").press("Enter")
    assert widgets.server.wait_for("play") == {"job": B}
    expect(card_of(widgets, B)).to_contain_text("ReadyPrompt of b")
    widgets.update(player={"value": {**READY_ITEM, "job_id": B}})
    expect(card_of(widgets, B).get_by_role("button", name="Watch")).to_be_hidden()
    expect(card_of(widgets, B)).to_have_class(re.compile("is-quiet"))


def test_second_video_that_is_ready_before_the_player_shows_the_first_is_offered(widgets):
    work(widgets, A, B)
    for job_id in (A, B):
        widgets.server.push(job_id, state="succeeded", phase="done")
    expect(widgets.page.get_by_role("button", name="Watch")).to_have_count(1)
    for job_id in (A, B):
        expect(card_of(widgets, job_id)).to_have_attribute("data-state", "succeeded")
    expect(widgets.page.locator("#player .player")).to_be_hidden()


def test_video_that_the_player_did_not_get_is_offered_once_every_end_is_answered(widgets):
    work(widgets, A, B)
    fail(widgets, A, "generation_failed")
    widgets.server.push(B, state="succeeded", phase="done")
    expect(card_of(widgets, B)).to_have_class(re.compile("is-quiet"))
    widgets.page.evaluate("seedance.doneSettled()")
    expect(card_of(widgets, B)).to_have_class(re.compile("is-quiet"))
    widgets.page.evaluate("seedance.doneSettled()")
    expect(card_of(widgets, B).get_by_role("button", name="Watch")).to_be_visible()


def test_of_videos_chosen_while_another_is_asked_for_the_newest_is_asked_for_next(widgets):
    page, held = widgets.page, []
    widgets.update(player={"value": READY_ITEM})
    work(widgets, A, B, C)
    for job_id in (A, B, C):
        widgets.server.push(job_id, state="succeeded", phase="done")
    buttons = [card_of(widgets, job_id).get_by_role("button", name="Watch") for job_id in (A, B, C)]
    for button in buttons:
        expect(button).to_be_visible()
    widgets.server.wait_for("done", lambda data: len(widgets.server.all_heard("done")) == 3)
    page.route("**/run/predict", lambda route: held.append(route), times=1)
    with page.expect_request("**/run/predict"):
        buttons[0].press("Enter")
    for button in buttons[1:]:
        button.press("Enter")
    with page.expect_response(lambda answer: C in (answer.request.post_data or "")):
        held[0].continue_()
    assert widgets.server.all_heard("play") == [{"job": A}, {"job": C}]


USUAL = (
    ({"range_s": [40.0, 64.7], "runs": 12}, "Usually takes0:40–1:05from 12 runs, without the queue"),
    ({"range_s": None, "runs": 0}, "Usually takes1 to 3 minutesfirst run here"),
    ({"range_s": None, "runs": 1}, "Usually takes1 to 3 minutesonly one run like it yet"),
    ({"range_s": None, "runs": 4}, "Usually takes1 to 3 minutesonly 4 runs like it yet"),
)


def test_usual_time_is_as_honest_as_its_runs(widgets):
    jobs = {f"{number:032x}": usual for number, usual in enumerate(USUAL)}
    for job_id in jobs:
        widgets.server.push(job_id, state="running", phase="generating", elapsed_s=9.0)
    widgets.update(card={"value": [facts(job_id, usual=usual) for job_id, (usual, _) in jobs.items()]})
    for job_id, (_, words) in jobs.items():
        expect(card_of(widgets, job_id).locator(".facts > div").first).to_have_text(words)


def test_what_the_provider_says_is_kept_in_a_folded_list(widgets):
    work(widgets, A, message="Rendering ${6*7} <b>x</b>")
    widgets.server.push(A, message="Upscaling", elapsed_s=20.0)
    log = card_of(widgets, A).locator(".log")
    log.get_by_text("2 messages").press("Enter")
    expect(log.get_by_role("listitem")).to_have_text(["0:09Rendering ${6*7} <b>x</b>", "0:20Upscaling"])


# Told elsewhere


def record_notifications(widgets: Any) -> None:
    """Let the page notify, and note what it does: a browser without windows refuses every page."""
    widgets.page.evaluate(
        """() => {
          const Real = window.Notification;
          window.shown = [];
          window.Notification = class extends Real {
            static get permission() { return 'granted'; }
            constructor(title, options) { super(title, options); window.shown.push({title, ...options}); }
          };
        }"""
    )


def test_notification_is_opt_in_silent_kept_in_this_browser_and_shown_to_who_looks_elsewhere(widgets):
    record_notifications(widgets)
    work(widgets, A, B, C)
    switch = widgets.page.get_by_role("switch", name="Tell me when it is ready")
    expect(switch).not_to_be_checked()
    fail(widgets, A, "generation_failed")
    assert widgets.page.evaluate("() => window.shown") == []

    switch.check()
    widgets.server.push(C, state="succeeded", phase="done")
    set_hidden(widgets, True)  # asks at once
    widgets.server.wait_for("done", lambda data: data["job"] == C)
    [shown] = widgets.page.evaluate("() => window.shown")
    assert (shown["title"], shown["body"], shown["silent"], shown["tag"]) == (
        "Ready · Seedance",
        "Prompt of c",
        True,
        C,
    )
    assert widgets.page.evaluate("() => localStorage.getItem('seedance-tell')") == "on"


def test_notification_that_the_browser_refuses_is_switched_off_and_says_so(widgets):
    widgets.page.evaluate(
        "() => { window.Notification = class extends Notification { static get permission() { return 'denied'; } }; }"
    )
    work(widgets, A)
    switch = widgets.page.get_by_role("switch", name="Tell me when it is ready")
    switch.click()
    expect(switch).not_to_be_checked()
    expect(widgets.page.get_by_text("This browser does not let the page notify you.")).to_be_visible()


# Remedies


REMEDIES = (
    ("moderation_audio", ["Again without sound"]),
    ("bad_resolution", ["Make it 480p"]),
    ("bad_duration", ["Shorten to 5 s"]),
    ("no_credit", ["Use the animatic"]),
    ("face", []),
    ("generation_failed", []),
)


def test_error_offers_what_its_code_asks_for_and_fits_the_job(widgets):
    jobs = {f"{number:032x}": remedy for number, remedy in enumerate(REMEDIES)}
    for job_id, (code, _) in jobs.items():
        widgets.server.push(job_id, **failed(code))
    widgets.update(card={"value": [facts(job_id) for job_id in jobs]})
    for job_id, (code, names) in jobs.items():
        card = card_of(widgets, job_id)
        expect(card, code).to_have_attribute("data-state", "failed")
        expect(card.locator(".ended .acts").get_by_role("button"), code).to_have_text(names)


def test_declined_file_lights_up_is_replaced_under_its_tag_and_removed(widgets, image_file):
    page = widgets.page
    page.locator("#references input[type=file]").first.set_input_files([image_file("one.png"), image_file("two.png")])
    widgets.server.wait_for_names(["one.png", "two.png"])
    widgets.server.push(A, state="running", phase="generating", mode="references")
    widgets.update(card={"value": [facts(A, is_new=True)]})
    page.evaluate(
        "() => document.dispatchEvent(new CustomEvent('seedance:sent', {detail: window.seedance.references}))"
    )
    card = fail(widgets, A, "face", "@Image2")
    expect(page.locator(".ref.declined .name")).to_have_text("two.png")
    culprit = card.get_by_role("img", name="@Image2, two.png")
    in_form = page.locator(".ref.declined .thumb img").get_attribute("src")
    expect(culprit.locator("img")).to_have_attribute("src", str(in_form))

    with page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Replace @Image2").click()
    chooser.value.set_files(str(image_file("three.png")))
    widgets.server.wait_for_names(["one.png", "three.png"])
    expect(page.locator(".ref.declined")).to_have_count(0)
    expect(card.locator(".remedies").get_by_role("button")).to_have_count(0)

    page.evaluate(
        "() => document.dispatchEvent(new CustomEvent('seedance:sent', {detail: window.seedance.references}))"
    )
    widgets.server.push(B, state="running", phase="generating", mode="references")
    widgets.update(card={"value": [facts(B, is_new=True)]})
    second = fail(widgets, B, "face", "@Image2")
    second.get_by_role("button", name="Remove @Image2 and try again").press("Enter")
    widgets.server.wait_for_names(["one.png"])


def test_declined_last_frame_lights_up_its_slot(widgets, image_file: Any):
    page = widgets.page
    for index, name in enumerate(("first.png", "last.png")):
        page.locator("#frames input[type=file]").nth(index).set_input_files(Path(image_file(name)))
    widgets.server.wait_for("frames", lambda pair: pair.first is not None and pair.last is not None)
    widgets.server.push(A, state="running", phase="generating", mode="frames")
    widgets.update(card={"value": [facts(A, is_new=True)]})
    page.evaluate("() => document.dispatchEvent(new CustomEvent('seedance:sent', {detail: window.seedance.frames}))")
    card = fail(widgets, A, "bad_media", "last frame")
    expect(page.locator(".slot.declined .name")).to_have_text("last.png")
    expect(card).to_contain_text("It is about the last frame.")
    expect(card.get_by_role("img", name="last frame, last.png").locator("img")).to_be_visible()
    card.get_by_role("button", name="Remove last frame and try again").click()
    widgets.server.wait_for("frames", lambda pair: pair.first is not None and pair.last is None)
