"""What a person would do on the page, until there is something to take a picture of."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from seedance_ui.domain.request import Mode
from seedance_ui.ui.examples import EXAMPLES
from tests.app_process import AppProcess
from tests.browser.studio_page import Studio

PICTURES = Path(__file__).parents[2] / "assets" / "examples"
SIZES_PX = {"desktop": (1440, 900), "phone": (390, 844)}
"""Name of a window to its width and height."""
PATIENCE_MS = 300_000
"""For a video, on a machine that has other things to do."""

SMALL_ONES = ("Tea, close up", "Neon rain", "Caravan")
"""Examples whose prompts become small videos, oldest first."""
LIGHTHOUSES = tuple(
    f"A lighthouse on a basalt cliff at {hour}. Waves break below while the beam sweeps through sea mist. Slow push in."
    for hour in ("sunset", "blue hour")
)
"""Become large videos, which differ in a word."""
MOMENT_S = 1.5
FILES = ("walker.jpg", "neon-street.jpg", "city-night.jpg", "rain.mp3")
SENTENCE = "At night the woman of @Image1 crosses @Image2 under the lights of @Image3, every step on the beat of "

_SEEK = """(video, at) => new Promise((resolve) => {
    video.pause();
    video.addEventListener('seeked', resolve, {once: true});
    const seek = () => { video.currentTime = at; };
    if (video.readyState > 0) seek();
    else video.addEventListener('loadedmetadata', seek, {once: true});
})"""
_SPINNER_GOES_MS = 1_000
"""The browser's own sign of loading stays for a moment, and no event tells of its end."""
_IS_THERE = "(video) => video.readyState > 1 && !video.seeking && video.currentTime > 1.4"


def open_page(browser: Browser, app: AppProcess, *, scale: int = 1, is_phone: bool = False) -> Studio:
    """Return the page in a profile of its own; `scale` is in pixels of the picture a pixel of the page."""
    width_px, height_px = SIZES_PX["phone" if is_phone else "desktop"]
    context = browser.new_context(
        viewport={"width": width_px, "height": height_px},
        device_scale_factor=scale,
        color_scheme="light",
        reduced_motion="reduce",
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    studio = Studio(context.new_page(), app)
    studio.page.set_default_timeout(PATIENCE_MS)
    studio.open()
    return studio


def choose_theme(studio: Studio, theme: str) -> None:
    """Draw the page in `light` or `dark`."""
    studio.page.emulate_media(color_scheme=theme)
    is_drawn = "(isDark) => document.body.classList.contains('dark') === isDark"
    studio.page.wait_for_function(is_drawn, arg=theme == "dark")


def bring_up(studio: Studio, part: Locator | None) -> None:
    """Bring a part to the top of the window; None for the top of the page."""
    if part is None:
        studio.page.evaluate("scrollTo(0, 0)")
    else:
        part.evaluate("(element) => element.scrollIntoView({block: 'start'})")


def stage_of(studio: Studio) -> Locator:
    """Return the right side of the page."""
    return studio.page.get_by_role("region", name="Stage")


def choose_provider(studio: Studio, name: str, price: re.Pattern[str]) -> None:
    """Choose a provider and wait until its price is there."""
    group = studio.page.get_by_role("radiogroup", name="Provider")
    group.get_by_role("radio", name=re.compile(f"^{name}")).check(force=True)
    expect(studio.page.locator("#dock .price b")).to_have_text(price)


def make_videos(studio: Studio) -> None:
    """Fill the library."""
    prompts = {example.title: example.prompt for example in EXAMPLES[Mode.TEXT]}
    studio.make_it_quick()
    for title in SMALL_ONES:
        _finish(studio, prompts[title])
    studio.reload()
    for prompt in LIGHTHOUSES:
        _finish(studio, prompt)
    expect(studio.library.get_by_role("listitem")).to_have_count(len(SMALL_ONES) + len(LIGHTHOUSES))
    studio.reload()


def _finish(studio: Studio, prompt: str) -> None:
    studio.prompt.fill(prompt)
    studio.generate()
    expect(studio.card).to_have_attribute("data-state", "succeeded")


def show_newest(studio: Studio) -> None:
    """Put the newest video into the player, early in its first shot."""
    studio.library.locator("button.open").first.click()
    expect(studio.video).to_be_visible()
    studio.video.evaluate(_SEEK, MOMENT_S)
    studio.page.wait_for_function("(video) => video.readyState === 4", arg=studio.video.element_handle())
    studio.page.wait_for_timeout(_SPINNER_GOES_MS)


def add_files(studio: Studio) -> None:
    """Put three images and a sound into the tray."""
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(*(PICTURES / name for name in FILES))
    expect(studio.tags).to_have_text(["@Image1", "@Image2", "@Image3", "@Audio1"])


def write_prompt(studio: Studio) -> None:
    """Write until the list of files is open."""
    studio.prompt.fill(SENTENCE)
    studio.prompt.press_sequentially("@")
    expect(studio.page.get_by_role("listbox")).to_be_visible()
    studio.page.keyboard.press("ArrowUp")


def select_two(studio: Studio) -> None:
    """Select the two newest videos."""
    for number in (0, 1):
        studio.library.get_by_role("checkbox").nth(number).check()


def compare(studio: Studio) -> None:
    """Put the selected videos side by side, at the same moment."""
    studio.library.get_by_role("button", name="Compare", exact=True).click()
    view = studio.page.get_by_role("region", name="Compare", exact=True)
    expect(view.locator("video")).to_have_count(2)
    for video in view.locator("video").all():
        studio.page.wait_for_function("(video) => video.readyState > 0", arg=video.element_handle())
    view.get_by_role("slider", name="Position in both videos").fill(str(MOMENT_S))
    for video in view.locator("video").all():
        studio.page.wait_for_function(_IS_THERE, arg=video.element_handle())
