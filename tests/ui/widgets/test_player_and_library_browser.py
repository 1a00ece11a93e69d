"""The player and the library in a real browser."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

PROMPT = "Café at dusk: ${6*7} <b>x</b>, slow push-in"


def make_item(job_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "job_id": job_id, "prompt": PROMPT, "mode": "text", "provider": "aimlapi", "provider_label": "AIML API",
        "created_at": datetime.now(timezone.utc).isoformat(), "video_url": f"/media/{job_id}.mp4",
        "poster_url": f"/media/{job_id}.jpg", "last_frame_url": None, "duration_s": 8.0, "resolution": "720p",
        "aspect_ratio": "16:9", "width_px": 1280, "height_px": 720, "generate_audio": True, "seed": 48213,
        "state": "succeeded", "is_closed": False, "remote_id": None, "is_missing": False, "flag": None,
        "size_bytes": 6_400_000, "cost": {"amount": 2.52, "unit": "USD", "kind": "exact"}, "elapsed_s": 92.4,
        "queued_s": 6.1, **changes,
    }  # fmt: skip


def test_player_shows_the_video_its_facts_and_a_download_link(widgets):
    widgets.page.route(
        "**/media/there.mp4", lambda route: route.fulfill(status=200, content_type="video/mp4", body=b"")
    )
    widgets.update(player={"value": make_item("there")})
    player = widgets.page.get_by_role("region", name="Video")
    expect(player.locator(".said")).to_have_text(PROMPT)
    expect(player.locator("video")).to_have_attribute("aria-label", PROMPT[:80])
    link = player.get_by_role("button", name="Download")
    expect(link).to_have_attribute("download", "cafe-at-dusk-6-7-b-x-b-slow-push-in.mp4")
    expect(link).to_have_attribute("href", "/media/there.mp4")
    facts = player.locator(".facts")
    for text in ("$2.52by AIML API", "1:320:06 of it in the queue", "8\u00a0s, 720p, 16:9sound, 6.4\u00a0MB", "48213"):
        expect(facts).to_contain_text(text)
    expect(widgets.page.get_by_text("Your video plays here")).to_be_hidden()


def test_player_keep_seed_reaches_python(widgets):
    widgets.update(player={"value": make_item("there")})
    widgets.page.get_by_role("button", name="Keep for the next run").press("Enter")
    assert widgets.server.wait_for("keep_seed") == {"seed": 48213}
    expect(widgets.page.get_by_role("button", name="Kept for the next run")).to_be_visible()


def test_player_whose_file_is_gone_says_so_and_hides_again_without_a_value(widgets):
    widgets.update(player={"value": make_item("gone", seed=None)})
    player = widgets.page.get_by_role("region", name="Video")
    expect(player.get_by_text("File missing.")).to_be_visible()
    expect(player.get_by_role("button", name="Download")).to_be_hidden()
    expect(player.get_by_role("button", name="Keep for the next run")).to_be_hidden()
    widgets.update(player={"value": None})
    expect(player).to_be_hidden()


def test_library_empty_and_filled_counts_words_and_loads_posters_only(widgets):
    requested: list[str] = []
    widgets.page.on("request", lambda request: requested.append(request.url))
    library = widgets.page.get_by_role("region", name="Library")
    expect(library).to_contain_text("No videos yet. The first one appears here when it is ready.")
    now = datetime.now(timezone.utc)
    free = {"amount": 0, "unit": "USD", "kind": "exact"}
    units = {"amount": 62, "unit": "CU", "kind": "estimate"}
    items = [
        make_item("one", cost=free, created_at=(now - timedelta(minutes=5, seconds=5)).isoformat()),
        make_item("two", cost=units, mode="frames", created_at=(now - timedelta(hours=30)).isoformat()),
    ]
    widgets.update(library={"value": items, "current": "two"})
    expect(library.get_by_role("heading")).to_have_text("Library 2 videos")
    expect(library.locator(".meta")).to_have_text(["Text · Free · 5 min ago", "Frames · About 62\u00a0CU · yesterday"])
    expect(library.locator(".ttl")).to_have_text([PROMPT, PROMPT])
    expect(library.locator(".is-current .dur")).to_have_text("0:08")
    assert not [url for url in requested if url.endswith(".mp4")]


def test_library_card_opens_by_keyboard_and_keeps_its_place_when_the_list_grows(widgets):
    widgets.update(library={"value": [make_item("one")]})
    library = widgets.page.get_by_role("region", name="Library")
    library.get_by_role("button").press("Enter")
    assert widgets.server.wait_for("open") == {"job": "one"}
    expect(library.locator("[aria-current=true]")).to_have_count(1)
    widgets.update(library={"value": [make_item("two", prompt="newer"), make_item("one")]})
    expect(library.locator(".ttl")).to_have_text(["newer", PROMPT])
    expect(library.locator(".is-current .ttl")).to_have_text(PROMPT)


def test_player_of_a_video_whose_file_was_deleted_says_so_without_asking_for_it(widgets):
    """B16."""
    requested: list[str] = []
    widgets.page.on("request", lambda request: requested.append(request.url))
    widgets.update(player={"value": make_item("gone", is_missing=True)})
    player = widgets.page.get_by_role("region", name="Video")
    expect(player.get_by_text("File missing. The file of this video is not on disk any more.")).to_be_visible()
    expect(player.locator("video")).to_be_hidden()
    expect(player.get_by_role("button", name="Download")).to_be_hidden()
    expect(player.locator(".facts")).to_contain_text("$2.52by AIML API")
    assert not [url for url in requested if url.endswith(".mp4")]
    widgets.update(player={"value": make_item("gone")})
    expect(player.locator("video")).to_have_attribute("src", "/media/gone.mp4")


def test_video_that_is_not_as_asked_carries_its_flag_in_player_and_library(widgets):
    """B15: text with an icon, and no error."""
    item = make_item("there", flag="5\u00a0s instead of 8\u00a0s")
    widgets.update(player={"value": item}, library={"value": [item, make_item("fine")]})
    flag = widgets.page.get_by_role("region", name="Video").locator(".flag")
    expect(flag).to_have_text("Not as asked: 5\u00a0s instead of 8\u00a0s")
    expect(flag.locator("svg")).to_be_visible()
    library = widgets.page.get_by_role("region", name="Library")
    expect(library.locator(".flag")).to_have_text(["5\u00a0s instead of 8\u00a0s"])
    widgets.update(player={"value": make_item("fine")})
    expect(flag).to_be_hidden()


def test_player_links_the_evidence_of_its_job(widgets):
    """B18."""
    widgets.update(player={"value": make_item("there")})
    link = widgets.page.get_by_role("region", name="Video").get_by_role("link", name="Download evidence")
    expect(link).to_have_attribute("href", "/api/jobs/there/evidence.json")


def test_library_lists_jobs_that_rest_in_words_and_forgets_them_when_they_go_on(widgets):
    """A7: without a video, with the generation ID; the count is of videos."""
    none = {"video_url": None, "poster_url": None, "duration_s": None, "width_px": None, "height_px": None}
    resting = [
        make_item("unsure", state="needs_attention", **none),
        make_item("closed", state="needs_attention", is_closed=True, remote_id="gxcV ${6*7}", **none),
        make_item("keyless", state="needs_key", **none),
        make_item("deleted", is_missing=True),
    ]
    widgets.update(library={"value": resting})
    library = widgets.page.get_by_role("region", name="Library")
    cards = library.get_by_role("listitem")
    for number, words in enumerate(("Needs attention", "Needs attention · closed", "Needs a key", "File missing")):
        expect(cards.nth(number)).to_contain_text(words)
        expect(cards.nth(number)).to_contain_text(PROMPT)
    expect(cards.nth(1)).to_contain_text("Generation ID gxcV ${6*7}")
    expect(library.get_by_role("heading")).to_have_text("Library 1 video")
    cards.nth(1).get_by_role("button").press("Enter")
    assert widgets.server.wait_for("open") == {"job": "closed"}

    widgets.update(library={"value": [make_item("unsure"), *resting[1:]]})
    cards.nth(1).get_by_role("button").focus()
    expect(cards.nth(0)).not_to_contain_text("Needs attention")
    expect(cards.nth(1).get_by_role("button")).to_be_focused()


def test_banners_show_trouble_as_an_alert_and_a_warning_as_a_status(widgets):
    """B13, B17."""
    page = widgets.page
    expect(page.locator(".banners")).to_be_hidden()
    said = [{"tone": "bad", "text": "Damaged <b>x</b> ${6*7}"}, {"tone": "warn", "text": "Videos vanish."}]
    widgets.update(banners={"value": said})
    expect(page.get_by_role("alert").filter(has_text="Damaged <b>x</b> ${6*7}")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Videos vanish.")).to_be_visible()
