"""The library's grid in a real browser; what it asks Python is answered by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from library_samples import PROMPT, make_item, make_page, make_resting
from playwright.sync_api import Locator, expect

from tests.filled_library import VIDEO

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread

TOAST = "Deleted. You can bring it back for 24 hours."
FLAG = "5\u00a0s instead of 8\u00a0s"


@pytest.fixture
def library(widgets) -> Locator:
    return widgets.page.get_by_role("region", name="Library")


@pytest.fixture
def show(widgets) -> Callable[..., None]:
    """Return a way to answer the grid."""
    return lambda *items, **more: widgets.update(library={"value": make_page(*items, **more)})


def last_look(widgets, accept: Callable[[Any], bool]) -> Any:
    return widgets.server.wait_for("look", accept)


def card(library: Locator, number: int) -> Locator:
    return library.get_by_role("listitem").nth(number)


def test_empty_and_filled_counts_words_and_loads_posters_only(widgets, library, requested):
    expect(library).to_contain_text("No videos yet. The first one appears here when it is ready.")
    expect(library.get_by_role("search")).to_be_hidden()
    now = datetime.now(timezone.utc)
    free, units = {"amount": 0, "unit": "USD", "kind": "exact"}, {"amount": 62, "unit": "CU", "kind": "estimate"}
    items = [
        make_item("one", cost=free, created_at=(now - timedelta(minutes=5, seconds=5)).isoformat()),
        make_item("two", cost=units, mode="frames", created_at=(now - timedelta(hours=30)).isoformat(), flag=FLAG),
    ]
    widgets.update(library={"value": make_page(*items), "current": "two"})
    expect(library.get_by_role("heading")).to_have_text("Library 2 videos")
    expect(library.locator(".meta")).to_have_text(["Text · Free · 5 min ago", "Frames · About 62\u00a0CU · yesterday"])
    expect(library.locator(".ttl")).to_have_text([PROMPT, PROMPT])
    expect(library.locator(".is-current .dur")).to_have_text("0:08")
    expect(library.locator(".flag")).to_have_text([FLAG])  # B15: text with an icon, and no error
    assert not [url for url in requested if url.endswith(".mp4")]


def test_card_opens_by_keyboard_and_keeps_its_place_when_the_list_grows(widgets, library, show):
    show(make_item("one"))
    library.locator(".open").press("Enter")
    assert widgets.server.wait_for("open") == {"job": "one"}
    expect(library.locator("[aria-current=true]")).to_have_count(1)
    show(make_item("two", prompt="newer"), make_item("one"))
    expect(library.locator(".ttl")).to_have_text(["newer", PROMPT])
    expect(library.locator(".is-current .ttl")).to_have_text(PROMPT)


def test_jobs_that_rest_stand_in_words_and_are_forgotten_when_they_go_on(widgets, library, show):
    """A7: without a video, with the generation ID; the count is of videos."""
    resting = [
        make_resting("unsure"),
        make_resting("closed", is_closed=True, remote_id="gxcV ${6*7}"),
        make_resting("keyless", state="needs_key"),
        make_item("gone", is_missing=True),
    ]
    show(*resting)
    for number, words in enumerate(("Needs attention", "Needs attention · closed", "Needs a key", "File missing")):
        expect(card(library, number)).to_contain_text(words)
        expect(card(library, number)).to_contain_text(PROMPT)
        expect(card(library, number).get_by_role("checkbox")).to_have_count(0)
    expect(card(library, 1)).to_contain_text("Generation ID gxcV ${6*7}")
    expect(library.get_by_role("heading")).to_have_text("Library 1 video")
    card(library, 1).locator(".open").press("Enter")
    assert widgets.server.wait_for("open") == {"job": "closed"}

    show(make_item("unsure"), *resting[1:])
    card(library, 1).locator(".open").focus()
    expect(card(library, 0)).not_to_contain_text("Needs attention")
    expect(card(library, 1).locator(".open")).to_be_focused()


# Asking


def test_search_and_filters_ask_python_and_say_what_was_found(widgets, library, show):
    widgets.update(library={"value": make_page(make_item("one")), "providers": [{"id": "aimlapi", "label": "AIML"}]})
    library.get_by_role("searchbox", name="Search prompts").fill(" dusk  café ")
    library.get_by_role("radiogroup", name="Show").get_by_role("radio", name="Frames").check()
    library.get_by_label("Provider filter").select_option("AIML")
    library.get_by_label("Date filter").select_option("Last 7 days")
    library.get_by_label("Order").select_option("Oldest first")
    library.get_by_role("button", name="Favourites only").press(" ")
    look = last_look(widgets, lambda look: look["query"]["favourites"])
    since_s = look["query"].pop("since_s")
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    assert since_s == (midnight - timedelta(days=6)).timestamp()
    assert look["query"] == {
        "search": "dusk  café", "mode": "frames", "provider": "aimlapi", "favourites": True, "deleted": False,
        "parent": None, "oldest_first": True,
    }  # fmt: skip
    assert (look["after"], look["limit"]) == (None, 48)
    show(asked=look["asked"])
    expect(library.get_by_text("No video matches.")).to_be_visible()
    expect(library.get_by_role("status").first).to_have_text("Nothing found")
    expect(library.get_by_role("heading")).to_have_text("Library Nothing found")
    library.get_by_role("button", name="Clear filters").press("Enter")
    cleared = last_look(widgets, lambda other: other["asked"] > look["asked"])
    assert not any(value for name, value in cleared["query"].items() if name != "oldest_first")
    expect(library.get_by_role("searchbox")).to_be_focused()


def test_answer_to_an_older_question_is_not_shown(widgets, library, show):
    show(make_item("one"))
    search = library.get_by_role("searchbox")
    search.fill("older")
    older = last_look(widgets, lambda look: look["query"]["search"] == "older")
    search.fill("newer")
    newer = last_look(widgets, lambda look: look["query"]["search"] == "newer")
    show(make_item("two", prompt="newer"), asked=newer["asked"])
    expect(library.locator(".ttl")).to_have_text(["newer"])
    show(make_item("three", prompt="older"), asked=older["asked"])
    show(make_item("two", prompt="newer", is_favourite=True), asked=newer["asked"])
    expect(library.locator(".star[aria-pressed=true]")).to_have_count(1)
    expect(library.locator(".ttl")).to_have_text(["newer"])


def test_reaching_the_end_asks_for_what_follows_and_a_new_head_keeps_it(widgets, library, show):
    head = [make_item(f"job-{number}", prompt=f"number {number}") for number in range(48)]
    show(*head, found=50)
    library.get_by_role("button", name="Show more").scroll_into_view_if_needed()
    look = last_look(widgets, lambda look: look["after"])
    assert look["after"] == "job-47"
    tail = [make_item(f"job-{number}", prompt=f"number {number}") for number in (48, 49)]
    show(*tail, asked=look["asked"], after="job-47", found=50)
    expect(library.get_by_role("listitem")).to_have_count(50)
    expect(library.get_by_role("button", name="Show more")).to_be_hidden()

    widgets.page.evaluate("window.seedance.refreshLibrary()")
    again = last_look(widgets, lambda other: other["asked"] > look["asked"])
    assert (again["after"], again["limit"]) == (None, 50)
    show(make_item("new", prompt="the new one"), *head[:10], *head[11:], asked=again["asked"], found=50)
    expect(library.locator(".ttl").first).to_have_text("the new one")
    expect(library.get_by_role("listitem")).to_have_count(50)
    expect(library.locator(".ttl").last).to_have_text("number 49")
    expect(library.get_by_text("number 10", exact=True)).to_have_count(0)


def test_a_question_without_an_answer_is_told_and_the_list_stays(widgets, library, show):
    show(make_item("one"))
    library.get_by_role("searchbox").fill("lost")
    last_look(widgets, lambda look: look["query"]["search"] == "lost")
    expect(library.get_by_role("list")).to_have_attribute("aria-busy", "true")
    widgets.page.evaluate("window.seedance.libraryFailed()")
    expect(library.get_by_text("The library did not answer. Reload the page to see what it holds.")).to_be_visible()
    expect(library.get_by_role("list")).not_to_have_attribute("aria-busy", "true")
    expect(library.locator(".ttl")).to_have_text([PROMPT])


# Marks


def test_favourite_is_shown_at_once_and_told_to_python(widgets, library, show):
    show(make_item("one"))
    star = library.get_by_role("button", name="Favourite “Café at dusk: ${6*7} <b>x</b>, slow push-in”")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    told = widgets.server.wait_for("favourite")
    assert (told["job"], told["on"]) == ("one", True)
    show(make_item("one"), asked=told["look"]["asked"], problem="The library could not be changed: no room.")
    expect(star).to_have_attribute("aria-pressed", "false")
    expect(library.get_by_text("The library could not be changed: no room.")).to_be_visible()


def test_delete_is_undone_by_keyboard_and_the_card_has_the_focus_again(widgets, library, show):
    items = [make_item("one", prompt="first"), make_item("two", prompt="second"), make_item("three", prompt="third")]
    show(*items)
    library.get_by_role("button", name="Delete “second”").press("Enter")
    gone = widgets.server.wait_for("discard")
    assert gone["job"] == "two"
    expect(library.locator(".ttl")).to_have_text(["first", "third"])
    expect(library.get_by_text(TOAST)).to_be_visible()
    expect(library.get_by_role("button", name="Undo")).to_be_focused()
    widgets.page.keyboard.press("Control+z")
    back = widgets.server.wait_for("restore")
    assert back["job"] == "two"
    show(*items, asked=back["look"]["asked"])
    expect(library.locator(".ttl")).to_have_text(["first", "second", "third"])
    expect(card(library, 1).locator(".open")).to_be_focused()
    expect(library.get_by_text(TOAST)).to_be_hidden()


def test_second_half_of_a_double_click_does_not_delete_the_next_card_that_is_under_it_by_then(widgets, library, show):
    first, second, third = (make_item(name, prompt=name) for name in ("first", "second", "third"))
    show(first, second, third)
    library.get_by_role("button", name="Delete “second”").click()
    gone = widgets.server.wait_for("discard")
    show(first, third, asked=gone["look"]["asked"])
    library.get_by_role("button", name="Delete “third”").dispatch_event("click", {"detail": 2})
    library.get_by_role("button", name="Undo").click()
    widgets.server.wait_for("restore")
    assert widgets.server.all_heard("discard") == [gone]


def test_words_about_a_deletion_go_after_a_while_and_leave_the_focus_on_the_next_card(widgets, library, show):
    show(make_item("one", prompt="first"), make_item("two", prompt="second"))
    expect(card(library, 1)).to_be_visible()
    widgets.page.clock.install()
    library.get_by_role("button", name="Delete “first”").press("Enter")
    expect(library.get_by_role("button", name="Undo")).to_be_focused()
    widgets.page.clock.fast_forward(9_000)
    expect(library.get_by_text(TOAST)).to_be_visible()
    widgets.page.clock.fast_forward(2_000)
    expect(library.get_by_text(TOAST)).to_be_hidden()
    expect(card(library, 0).locator(".open")).to_be_focused()
    widgets.page.keyboard.press("Control+z")
    assert widgets.server.all_heard("restore") == []


def test_recently_deleted_can_be_looked_at_and_brought_back(widgets, library, show):
    show(make_item("one", prompt="first"), deleted=1)
    library.get_by_role("button", name="Recently deleted: 1").press("Enter")
    look = last_look(widgets, lambda look: look["query"]["deleted"])
    show(make_item("gone", prompt="second", is_deleted=True), asked=look["asked"], deleted=1)
    expect(library.get_by_text("Each is kept for 24 hours, then removed for good.")).to_be_visible()
    for mark in ("Select", "Favourite", "Delete"):
        expect(card(library, 0).get_by_label(f"{mark} “second”")).to_have_count(0)
    library.get_by_role("button", name="Restore “second”").press("Enter")
    assert widgets.server.wait_for("restore")["job"] == "gone"
    expect(library.get_by_role("listitem")).to_have_count(0)
    expect(library.get_by_role("button", name="Show the whole library")).to_be_focused()
    widgets.page.keyboard.press("Enter")
    whole = last_look(widgets, lambda other: other["asked"] > look["asked"] + 1)
    assert whole["query"]["deleted"] is False


def test_two_selected_can_be_compared_in_the_order_of_the_clicks(widgets, library, show):
    show(*(make_item(name, prompt=name) for name in ("one", "two", "three")))
    compare = library.get_by_role("button", name="Compare")
    expect(compare).to_be_hidden()
    library.get_by_role("checkbox", name="Select “three”").press(" ")
    expect(library.get_by_text("1 selected")).to_be_visible()
    expect(compare).to_be_disabled()
    library.get_by_role("checkbox", name="Select “one”").check()
    compare.press("Enter")
    assert widgets.server.wait_for("compare") == {"jobs": ["three", "one"]}
    library.get_by_role("checkbox", name="Select “two”").check()
    expect(library.get_by_text("3 selected")).to_be_visible()
    expect(compare).to_be_disabled()
    library.get_by_role("button", name="Clear", exact=True).press("Enter")
    expect(library.locator(".pick input:checked")).to_have_count(0)
    expect(library.get_by_role("checkbox").first).to_be_focused()


def test_descent_is_shown_and_leads_both_ways(widgets, library, show):
    child = make_item("child", prompt="second", parent={"job_id": "parent", "prompt": "<i>first</i>"})
    show(child, make_item("parent", prompt="<i>first</i>", children=2))
    library.get_by_role("button", name="From “<i>first</i>”").press("Enter")
    assert widgets.server.wait_for("open") == {"job": "parent"}
    library.get_by_role("button", name="2 made from this").press("Enter")
    look = last_look(widgets, lambda look: look["query"]["parent"])
    assert look["query"]["parent"] == "parent"
    show(child, asked=look["asked"])
    expect(library.get_by_text("Made from “<i>first</i>”")).to_be_visible()
    library.get_by_role("button", name="Show the whole library").press("Enter")
    assert last_look(widgets, lambda other: other["asked"] > look["asked"])["query"]["parent"] is None


# Previews


def test_card_that_one_rests_on_shows_its_video_and_none_under_reduced_motion(widgets, library, show, requested):
    def loaded() -> set[str]:
        return {url[-7:-4] for url in requested if url.endswith(".mp4")}

    page, playing = widgets.page, library.locator("video.is-playing")
    for name in ("one", "two"):
        shutil.copyfile(VIDEO, widgets.server.media / f"{name}.mp4")
    show(make_item("one"), make_item("two"))
    expect(card(library, 1)).to_be_visible()
    page.clock.install()
    library.locator(".poster").nth(0).hover()
    library.locator(".open").nth(1).focus()
    page.clock.fast_forward(2_000)
    expect(library.locator("video")).to_have_count(0)
    assert loaded() == set()
    page.mouse.move(0, 0)
    page.emulate_media(reduced_motion="no-preference")
    library.locator(".poster").nth(1).hover()
    expect(playing).to_have_count(1)
    assert loaded() == {"two"}
    assert playing.evaluate("(video) => video.muted && !video.controls && video.closest('li') === "
                            "document.querySelectorAll('.lib-card')[1]")  # fmt: skip
    page.mouse.move(0, 0)
    expect(library.locator("video")).to_have_count(0)
    library.get_by_label("Order").focus()
    page.keyboard.press("Tab")
    expect(playing).to_have_count(1)
    assert loaded() == {"two", "one"}
    page.keyboard.press("Tab")
    expect(library.locator("video")).to_have_count(0)
