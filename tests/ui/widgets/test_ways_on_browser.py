"""A7, B8, B18: the ways on from a job that rests, in a real browser against routes that the test plays."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.widgets.widget_page import facts

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

JOB = "0123456789abcdef0123456789abcdef"
WAYS = ("Check again", "Find my video", "Send again for about $2.52", "Close")


def problem(code: str, charged: str = "unknown", **changes: Any) -> dict[str, Any]:
    said = {"title": "Title", "detail": "Connection reset.", "next_step": "Do something.", "asset": None}
    return {"code": code, "charged": charged, **said, **changes}


RESTING: dict[str, Any] = {"state": "needs_attention", "phase": "done", "error": problem("submit_unknown")}


def rest(widgets: Any, *, own_machine: bool = True, **changes: Any) -> Locator:
    """Show a job that rests."""
    given = {**RESTING, **changes}
    widgets.server.push(JOB, **given)
    widgets.update(card={"value": [facts(JOB)], "own_machine": own_machine})
    card = widgets.page.locator("#job-card .job-card").first
    expect(card).to_have_attribute("data-job", JOB)
    expect(card).to_have_attribute("data-state", given["state"])
    return card


def expect_ways(card: Locator, *names: str) -> None:
    expect(card.locator(".ended .acts").get_by_role("button")).to_have_text(list(names))


# Which ways there are


def test_unsure_job_answers_charge_and_what_to_do_and_offers_every_way_by_keyboard(widgets):
    card = rest(widgets)
    expect_ways(card, *WAYS)
    answer = card.locator(".answer")
    expect(answer).to_contain_text("Not known yet. At most $2.52.")
    expect(answer).to_contain_text("It may turn up by itself: give it a few minutes.")
    expect(answer).to_contain_text("If it shows a generation ID, Find my video brings the video here.")
    expect(card.get_by_text("It was sent once and will not be sent again by itself.")).to_be_visible()
    expect(card.get_by_role("link", name="Download evidence")).to_have_attribute(
        "href", f"/api/jobs/{JOB}/evidence.json"
    )
    card.get_by_role("button", name="Check again").focus()
    for name in WAYS[1:]:
        widgets.page.keyboard.press("Tab")
        expect(card.get_by_role("button", name=name)).to_be_focused()


CASES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "cannot be asked": ({"provider": "silent"}, WAYS[1:]),
    "provider gone": ({"provider": "gone"}, ("Close",)),
    "expired": ({"remote_id": "gxcV", "error": problem("expired", "yes")}, (WAYS[0], *WAYS[2:])),
    "never sent": ({"error": problem("batch_interrupted", "no")}, WAYS[2:]),
    "exact price": (
        {"cost": {"amount": 62, "unit": "CU", "kind": "exact"}},
        (*WAYS[:2], "Send again for 62\u00a0CU", "Close"),
    ),
    "no price": (
        {"cost": {"amount": None, "unit": "CU", "kind": "estimate"}},
        (*WAYS[:2], "Send again, price not known", "Close"),
    ),
    "needs key": (
        {"state": "needs_key", "remote_id": "gxcV", "error": problem("key_refused")},
        ("Check again", "Close"),
    ),
    "failed": ({"state": "failed", "error": problem("generation_failed", "no")}, ()),
    "cancelled": ({"state": "cancelled"}, ()),
}


def test_ways_are_those_that_can_help_and_evidence_is_always_there(widgets):
    jobs = {f"{number:032x}": case for number, case in enumerate(CASES)}
    for job_id, case in jobs.items():
        widgets.server.push(job_id, **{**RESTING, **CASES[case][0]})
    widgets.update(card={"value": [facts(job_id) for job_id in jobs], "own_machine": True})
    for job_id, case in jobs.items():
        changes, names = CASES[case]
        card = widgets.page.locator(f"#job-card [data-job='{job_id}']")
        expect(card, case).to_have_attribute("data-state", changes.get("state", RESTING["state"]))
        expect(card.locator(".ended .acts").get_by_role("button"), case).to_have_text(list(names))
        expect(card.get_by_role("link", name="Download evidence"), case).to_be_visible()


def test_strangers_are_not_offered_to_name_a_generation_id(widgets):
    expect_ways(rest(widgets, own_machine=False), "Check again", "Send again for about $2.52", "Close")


def test_needs_key_has_words_of_its_own(widgets):
    card = rest(widgets, state="needs_key", remote_id="gxcV", error=problem("key_refused"))
    expect(card.locator(".answer")).to_contain_text("Not known yet. At most $2.52.")
    expect(card.locator(".next-step")).to_have_text(
        "Check the key in the environment or the .env file, then start the app again. The job then goes on by itself."
    )
    expect(card.locator(".which")).to_contain_text("generation ID gxcV")


# Taking them


def test_check_again_that_finds_nothing_or_is_refused_says_so_and_leaves_the_job(widgets):
    card = rest(widgets)
    widgets.server.answers["check-again"] = [
        (202, {}),
        (409, {"detail": "AIML API cannot be reached ${6*7} <b>x</b>."}),
        (422, {"detail": [{"msg": "odd"}]}),
    ]
    outcome, button = card.locator(".outcome"), card.get_by_role("button", name="Check again")
    expect(outcome).to_have_attribute("aria-live", "polite")
    for words in (
        "AIML API shows no video that is surely this one. It can take a few minutes to appear there.",
        "AIML API cannot be reached ${6*7} <b>x</b>.",
        "The server was not reached. Nothing has changed. Try again.",
    ):
        button.press("Enter")
        expect(outcome).to_have_text(words)
        expect(button).not_to_have_attribute("aria-disabled", "true")
        expect(button).to_be_focused()
    assert widgets.server.asked == [(JOB, "check-again", None)] * 3


def test_find_my_video_takes_an_id_says_what_came_of_it_and_goes_on_to_the_end(widgets):
    card = rest(widgets)
    assert widgets.server.wait_for("relist") == {"job": JOB}
    opener = card.get_by_role("button", name="Find my video")
    opener.press("Enter")
    field = card.get_by_role("textbox", name="Generation ID")
    expect(field).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    field.press("Enter")
    expect(card.locator(".outcome")).to_have_text("Paste the generation ID first.")

    widgets.server.answers["find-video"] = [
        (409, {"detail": "The video does not match."}),
        (202, {"state": "running", "phase": "generating", "error": None, "remote_id": "gxcV"}),
    ]
    field.fill("  other ")
    field.press("Enter")
    expect(card.locator(".outcome")).to_have_text("The video does not match.")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()

    field.fill("gxcV")
    card.get_by_role("button", name="Find", exact=True).click()
    expect(card).to_have_attribute("data-state", "running")
    expect(card.locator(".spoken")).to_have_text("Found. The job goes on. Generating.")
    expect(card).to_be_focused()
    assert [body for _, _, body in widgets.server.asked] == [{"generation_id": "other"}, {"generation_id": "gxcV"}]

    widgets.server.push(JOB, state="succeeded", phase="done")
    assert widgets.server.wait_for("done") == {"job": JOB, "state": "succeeded"}
    assert len(widgets.server.all_heard("relist")) == 2


def test_close_tells_the_server_then_python_and_says_where_the_job_is(widgets):
    card = rest(widgets)
    card.get_by_role("button", name="Close").press("Enter")
    assert widgets.server.wait_for("closed") == {"job": JOB}
    assert widgets.server.asked == [(JOB, "close", None)]
    widgets.update(card={"value": None})
    expect(card).to_contain_text("Your video plays here")
    expect(card.locator(".spoken")).to_have_text("Closed. It is kept in the library.")


def test_send_again_clicked_twice_asks_python_once(widgets):
    card = rest(widgets)
    card.get_by_role("button", name="Send again").dblclick()
    sending = card.get_by_role("button", name="Sending…")
    expect(sending).to_have_attribute("aria-disabled", "true")
    heard = widgets.server.wait_for("send_again")
    assert heard == {"job": JOB}

    widgets.page.evaluate("() => window.seedance.sendAgainSettled()")
    again = card.get_by_role("button", name="Send again for about $2.52")
    expect(again).not_to_have_attribute("aria-disabled", "true")
    assert widgets.server.all_heard("send_again") == [heard]
    # An answer that was lost: the same click, asked again, makes the same job.
    again.click()
    widgets.server.wait_for("send_again", lambda data: len(widgets.server.all_heard("send_again")) == 2)
    assert widgets.server.all_heard("send_again") == [heard, heard]


# B8


def test_video_that_cannot_be_saved_says_why_in_red_and_can_be_tried_at_once(widgets):
    message = "Saving the video, and trying again until 2026-11-21 14:02 UTC: No space left on device."
    given = {"state": "downloading", "phase": "saving", "message": message}
    widgets.server.push(JOB, **given, error=problem("cannot_save"))
    widgets.update(card={"value": [facts(JOB)]})
    card = widgets.page.locator("#job-card .job-card").first
    trouble = card.locator(".trouble")
    expect(trouble).to_contain_text(message)
    expect(trouble).to_have_class("trouble bad")
    expect(card.locator(".spoken")).to_have_text(message)
    expect(card).to_have_attribute("data-state", "downloading")

    card.get_by_role("button", name="Try now").press("Enter")
    expect(card.get_by_role("button", name="Try now")).not_to_have_attribute("aria-disabled", "true")
    assert widgets.server.asked == [(JOB, "try-now", None)]
    widgets.server.push(JOB, message="Saving the video", error=None)
    expect(trouble).to_be_hidden()
