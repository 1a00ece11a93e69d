"""The page as a whole: without a mouse, on a phone, in the dark, and with text that would like to be markup."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from seedance_ui.domain.request import Mode
from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio
from tests.browser.studio_page import Studio

LIGHT_PAGE, DARK_PAGE = "rgb(242, 244, 243)", "rgb(12, 15, 15)"
"""The background colours of the two themes."""

HOSTILE = "${6*7} {{prompt}} <img src=x onerror=alert(1)> <b>x</b>"

LOWEST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, for text of this size."""

_CONTRAST = """(element) => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const light = (colour) => [...rgba(colour)].slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const style = (at) => getComputedStyle(at);
    let ground = element;
    while (ground.parentElement && rgba(style(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
    const [a, b] = [light(style(element).color), light(style(ground).backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def press_until_focused(page: Page, key: str, role: str, name: str) -> None:
    target = page.get_by_role(role, name=name).element_handle()
    for _ in range(60):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to the {role} {name!r}")


# Keyboard


def test_keyboard_alone_leads_from_the_page_to_a_video(studio: Studio, app: AppProcess) -> None:
    before = app.job_count()
    keyboard = studio.page.keyboard
    keyboard.press("Tab")
    expect(studio.page.get_by_role("link", name="Skip to the prompt")).to_be_focused()
    keyboard.press("Enter")
    expect(studio.prompt).to_be_focused()
    keyboard.type("Made without a mouse")
    press_until_focused(studio.page, "Tab", "slider", "Duration")
    keyboard.press("Home")
    press_until_focused(studio.page, "Tab", "radio", "720p")
    keyboard.press("ArrowLeft")
    expect(studio.radio("Resolution", "480p")).to_be_checked()
    press_until_focused(studio.page, "Tab", "button", "Generate")
    studio.expect_video_of(studio.job_made_by(lambda: keyboard.press("Enter")))
    assert studio.video_facts()["videoWidth"] == 864
    assert app.job_count() == before + 1


def test_control_enter_in_the_prompt_generates(studio: Studio, app: AppProcess) -> None:
    before = app.job_count()
    studio.make_it_quick()
    studio.prompt.fill("Sent from the prompt")
    studio.expect_video_of(studio.job_made_by(lambda: studio.prompt.press("Control+Enter")))
    assert app.job_count() == before + 1


def test_arrow_keys_move_between_the_tabs(studio: Studio) -> None:
    studio.page.get_by_role("tab", name="Text").focus()
    studio.page.keyboard.press("ArrowRight")
    frames = studio.page.get_by_role("tab", name="First & last frame")
    expect(frames).to_be_focused()
    expect(frames).to_have_attribute("aria-selected", "true")
    expect(studio.frames).to_be_visible()


# Phone


def expect_fits_phones(studio: Studio) -> None:
    for width_px in (390, 360):
        studio.page.set_viewport_size({"width": width_px, "height": 780})
        studio.expect_no_sideways_scroll()


def test_phone_has_no_sideways_scroll_in_any_tab_job_or_video(open_studio: OpenStudio) -> None:
    studio = open_studio(width_px=360, height_px=780, has_touch=True, is_mobile=True)
    for mode in Mode:
        studio.choose_tab(mode)
        expect_fits_phones(studio)
    studio.example("Little robot").click()
    expect(studio.tags).to_have_count(2)
    expect_fits_phones(studio)
    studio.make_it_quick()
    job_id = studio.generate()
    expect(studio.card).to_have_attribute("data-state", "running")
    expect(studio.card).to_be_in_viewport()  # before the window changes, which would end the way there
    expect_fits_phones(studio)
    studio.expect_video_of(job_id)
    expect_fits_phones(studio)


# Themes


def expect_theme(studio: Studio, background: str) -> None:
    expect(studio.page.locator("body")).to_have_css("background-color", background)
    for part in (studio.prompt, studio.generate_button, studio.page.get_by_role("heading", name="Library")):
        # Colours fade into each other for a moment.
        is_readable = f"(element) => ({_CONTRAST})(element) >= {LOWEST_CONTRAST}"
        studio.page.wait_for_function(is_readable, arg=part.element_handle())


def test_dark_system_makes_the_page_dark(open_studio: OpenStudio) -> None:
    studio = open_studio(color_scheme="dark")
    expect_theme(studio, DARK_PAGE)
    expect(studio.page.get_by_role("button", name="Switch to the light theme")).to_be_visible()


def test_theme_switch_turns_the_page_dark_and_a_reload_keeps_it(open_studio: OpenStudio) -> None:
    studio = open_studio(color_scheme="light")
    expect_theme(studio, LIGHT_PAGE)
    studio.page.get_by_role("button", name="Switch to the dark theme").click()
    expect_theme(studio, DARK_PAGE)
    studio.reload()
    expect_theme(studio, DARK_PAGE)
    studio.page.get_by_role("button", name="Switch to the light theme").click()
    expect_theme(studio, LIGHT_PAGE)


# Text


def test_prompt_with_markup_stays_text_in_player_and_library(studio: Studio) -> None:
    """A dialog or a script's error would also fail the page's own watch."""
    studio.prompt.fill(HOSTILE)
    studio.make_it_quick()
    studio.expect_video_of(studio.generate())
    for _ in ("made", "reloaded"):
        library_item = studio.library.get_by_role("listitem").first
        expect(library_item).to_contain_text(HOSTILE)
        library_item.locator(".open").click()
        expect(studio.player.get_by_text(HOSTILE, exact=True)).to_be_visible()
        expect(studio.video).to_have_attribute("aria-label", HOSTILE)
        assert studio.page.locator("img[src='x']").count() == 0
        assert studio.page.get_by_text("x", exact=True).count() == 0
        studio.reload()
