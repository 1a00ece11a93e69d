"""The player, the amounts it tells, and the banners, in a real browser."""

from __future__ import annotations

import pytest
from library_samples import PROMPT, make_item, make_page
from media_makers import make_video
from playwright.sync_api import expect

from seedance_ui.domain.pricing import Cost
from seedance_ui.ui.messages import amount_text
from tests.ui.widgets.widget_page import facts

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's statistics, in its own thread


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


def test_player_says_that_a_video_began_without_its_sound_until_that_is_turned_on(widgets, tmp_path):
    clip = make_video(tmp_path / "clip.mp4", size=(64, 48), seconds=1, sound=True)
    widgets.page.route("**/media/*.mp4", lambda route: route.fulfill(path=clip))
    widgets.page.emulate_media(reduced_motion="no-preference")  # the page of the next test has its own again
    widgets.update(player={"value": make_item("there")})
    player = widgets.page.get_by_role("region", name="Video")
    unmute, video = player.get_by_role("button", name="Turn sound on"), player.locator("video")
    expect(unmute).to_be_visible()
    unmute.press("Enter")
    expect(unmute).to_be_hidden()
    expect(video).to_be_focused()
    assert video.evaluate("(video) => video.muted") is False
    widgets.update(player={"value": make_item("silent", generate_audio=False)})
    expect(video).to_have_attribute("src", "/media/silent.mp4")
    expect(unmute).to_be_hidden()


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
    expect(player.locator("[data-fact=seed]")).to_have_text("Random")
    expect(player.get_by_role("button", name="Keep for the next run")).to_be_hidden()
    widgets.update(player={"value": None})
    expect(player).to_be_hidden()


def test_player_of_a_video_whose_file_was_deleted_says_so_without_asking_for_it(widgets, requested):
    """B16."""
    widgets.update(player={"value": make_item("gone", is_missing=True)})
    player = widgets.page.get_by_role("region", name="Video")
    expect(player.get_by_text("File missing. The file of this video is not on disk any more.")).to_be_visible()
    expect(player.locator("video")).to_be_hidden()
    expect(player.get_by_role("button", name="Download")).to_be_hidden()
    expect(player.locator(".facts")).to_contain_text("$2.52by AIML API")
    assert not [url for url in requested if url.endswith(".mp4")]
    widgets.update(player={"value": make_item("gone")})
    expect(player.locator("video")).to_have_attribute("src", "/media/gone.mp4")


def test_player_of_a_video_that_is_not_as_asked_carries_its_flag(widgets):
    """B15: text with an icon, and no error."""
    widgets.update(player={"value": make_item("there", flag="5\u00a0s instead of 8\u00a0s")})
    flag = widgets.page.get_by_role("region", name="Video").locator(".flag")
    expect(flag).to_have_text("Not as asked: 5\u00a0s instead of 8\u00a0s")
    expect(flag.locator("svg")).to_be_visible()
    widgets.update(player={"value": make_item("fine")})
    expect(flag).to_be_hidden()


def test_player_has_five_actions_and_the_others_in_a_menu_by_keyboard(widgets):
    """B18 stands there too. The pattern is WAI-ARIA's menu button."""
    widgets.page.route("**/media/there.mp4", lambda route: route.fulfill(status=200, content_type="video/mp4"))
    widgets.update(player={"value": make_item("there")})
    page, player = widgets.page, widgets.page.get_by_role("region", name="Video")
    more, items = player.get_by_role("button", name="More"), player.get_by_role("menuitem")
    expect(player.locator(".acts > .btn")).to_have_text(
        ["Download", "Use last frame", "Remix", "Compare", "Copy code", "More"]
    )
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    for key, focused in (
        ("Enter", "Extend"), ("ArrowDown", "Share as zip"), ("End", "Download evidence"), ("ArrowDown", "Extend"),
        ("ArrowUp", "Download evidence"), ("Home", "Extend"), ("s", "Share as zip"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(items.filter(has_text=focused)).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(player.get_by_role("menu")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(items.filter(has_text="Download evidence")).to_be_focused()
    expect(items.filter(has_text="evidence")).to_have_attribute("href", "/api/jobs/there/evidence.json")
    expect(items.filter(has_text="zip")).to_have_attribute("href", "/api/jobs/there/run.zip")
    expect(items.filter(has_text="zip")).to_have_attribute("download", "cafe-at-dusk-6-7-b-x-b-slow-push-in.zip")
    page.mouse.click(5, 5)
    expect(player.get_by_role("menu")).to_be_hidden()


def test_player_says_of_an_imported_run_that_it_was_paid_elsewhere(widgets):
    widgets.update(player={"value": make_item("there", is_imported=True)})
    expect(widgets.page.locator(".player .facts")).to_contain_text("$2.52imported, paid to AIML API elsewhere")


def test_banners_show_trouble_as_an_alert_and_a_warning_as_a_status(widgets):
    """B13, B17."""
    page = widgets.page
    expect(page.locator(".banners")).to_be_hidden()
    said = [{"tone": "bad", "text": "Damaged <b>x</b> ${6*7}"}, {"tone": "warn", "text": "Videos vanish."}]
    widgets.update(banners={"value": said})
    expect(page.get_by_role("alert").filter(has_text="Damaged <b>x</b> ${6*7}")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Videos vanish.")).to_be_visible()


AMOUNTS = (0.01, 1.1, 2.3, 2.515968, 2.52, 2.5200001, 2.5200000004, 12.34, 40, 49.3824, 61.301, 999.999, 1234.5, 5e-7)


def test_scripts_and_python_show_the_same_amount(widgets):
    costs = [Cost(amount, unit, "exact") for unit in ("USD", "CU") for amount in AMOUNTS]
    shown = widgets.page.evaluate(
        "costs => costs.map(cost => seedance.formatAmount(cost))", [cost.to_json() for cost in costs]
    )
    assert [text.replace("\xa0", " ") for text in shown] == [amount_text(cost) for cost in costs]


# What the tests of this folder stand on

STATE = """() => {
  const parts = ['banners', 'references', 'frames', 'notice', 'job-card', 'player', 'library'];
  const htmlOf = (id) => document.querySelector(`#${id} [id^=html-]`).innerHTML.replace(/frame-problem-\\w+/g, '');
  const valueOf = (field) => (field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value);
  return {
    html: Object.fromEntries(parts.map((id) => [id, htmlOf(id)])),
    fields: [...document.querySelectorAll('input, select, textarea')].map(valueOf),
    references: seedance.references, frames: seedance.frames, title: document.title, scrolled: scrollY,
    focus: document.activeElement.tagName, dialogs: document.querySelectorAll('dialog[open]').length,
    memory: Object.keys(localStorage).filter((key) => key !== 'seedance-first-run'),
  };
}"""


def test_page_that_was_used_is_as_it_was_at_first_once_it_is_tidied(widgets, image_file):
    page = widgets.page
    at_first = page.evaluate(STATE)
    page.locator("#references input[type=file]").set_input_files(str(image_file("a.png")))
    page.locator("#frames input[type=file]").first.set_input_files(str(image_file("b.png")))
    page.locator("#prompt textarea").fill("A tram with @Image1")
    said = {"title": "It was declined", "detail": "no", "charged": "no", "next_step": "Wait.", "asset": None}
    widgets.server.push("a" * 32, state="running", phase="generating", elapsed_s=9.0)
    widgets.update(
        banners={"value": [{"tone": "bad", "text": "Damaged"}]},
        notice={"value": {"code": "paused", **said}},
        card={"value": [facts("a" * 32)], "own_machine": False},
        player={"value": make_item("there")},
        library={"value": make_page(make_item("one"), make_item("two")), "current": "one"},
        tray={"problems": {"@Image1": "Too large."}, "limits": {"image": 1, "video": 1, "audio": 1}},
    )
    page.get_by_role("searchbox", name="Search prompts").fill("tram")
    page.get_by_role("button", name="Delete “").first.click()
    page.get_by_role("button", name="Guide", exact=True).click()
    page.set_viewport_size({"width": 390, "height": 500})
    page.evaluate("localStorage.setItem('seedance-tell', 'on')")
    widgets.server.wait_for("discard")
    assert {name for name, html in page.evaluate(STATE)["html"].items() if html == at_first["html"][name]} == set()

    given_up: list[str] = []
    page.on("requestfailed", lambda request: given_up.append(request.url.removeprefix(widgets.server.url)))
    widgets.tidy()
    assert page.evaluate(STATE) == at_first
    assert f"/api/jobs/{'a' * 32}/events" in given_up  # the card that was taken out no longer listens
