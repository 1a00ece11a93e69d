"""The page for everybody: no barrier that axe-core knows, the focus seen and in reading order, room for fingers, calm.

What only a widget can show (jobs in every state, say) stands in `tests/ui/widgets/test_access_browser.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest
from playwright.sync_api import Locator, expect

from seedance_ui.domain.request import Mode
from tests.app_process import AppProcess
from tests.axe import expect_no_barriers, needs_axe
from tests.browser.access import moving_parts, small_targets, walk_by_tab
from tests.browser.conftest import KeepStudio, OpenStudio
from tests.browser.studio_page import Studio
from tests.filled_library import fill_library
from tests.media_makers import make_image

VIDEOS = 5
WIDTHS_PX = (1440, 1280, 1024, 820, 768, 640, 390, 360)
"""640 is 1280 at twice the size of everything."""
READING_ORDER = ["skip link", "header", "tabs", "media", "prompt", "settings", "Generate", "stage", "library"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield the app over a small library, in place of the one that other tests share."""
    directory = tmp_path_factory.mktemp("access-app")
    fill_library(directory / "data", VIDEOS)
    app = AppProcess(directory)
    app.start()
    yield app
    app.stop()
    assert "Traceback" not in app.text(), app.text()


@pytest.fixture(scope="module")
def studio(keep_studio: KeepStudio) -> Studio:
    """Return the one page of this module; its tests go on from one another."""
    return keep_studio(width_px=1440, reduced_motion="reduce")[0]


def dialog(studio: Studio, name: str) -> Locator:
    return studio.page.get_by_role("dialog", name=name)


def play_first_video(studio: Studio) -> None:
    studio.library.locator("button.open").first.click()
    expect(studio.video).to_be_visible()


def add_problem_image(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("media")
    studio.choose_tab(Mode.REFERENCES)
    studio.add_references(
        make_image(directory / "coat.png", (400, 400)), make_image(directory / "wide.png", (1600, 400))
    )
    expect(studio.page.get_by_role("button", name="Fix it: @Image2")).to_be_visible()


# Barriers


@needs_axe
def test_page_as_it_opens_has_no_barrier(studio: Studio) -> None:
    expect(studio.library.get_by_role("listitem")).to_have_count(VIDEOS)
    expect(studio.page).to_have_title("Seedance playground")
    expect(studio.page.get_by_role("heading", level=1)).to_have_text("Seedance playground")
    expect_no_barriers(studio.page)


@needs_axe
def test_frames_of_another_shape_beside_a_video_have_no_barrier(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("frames")
    studio.choose_tab(Mode.FRAMES)
    studio.add_frame("first", make_image(directory / "square.png", (720, 720)))
    studio.add_frame("last", make_image(directory / "wide.png", (1280, 720)))
    expect(studio.slot("first")).to_contain_text("Part of it may be cut off.")
    play_first_video(studio)
    studio.page.get_by_role("button", name="Use last frame of…").click()
    expect(studio.page.get_by_role("list", name="Finished videos")).to_be_visible()
    expect_no_barriers(studio.page)


@needs_axe
def test_references_with_a_problem_and_the_open_list_have_no_barrier(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    add_problem_image(studio, tmp_path_factory)
    studio.prompt.fill("The coat of @Image1 and @Image7 in the rain")
    studio.generate_button.click()
    expect(studio.prompt).to_have_attribute("aria-invalid", "true")
    studio.prompt.press_sequentially(" @")
    expect(studio.page.get_by_role("listbox")).to_be_visible()
    expect_no_barriers(studio.page)
    studio.page.keyboard.press("Escape")


@needs_axe
def test_dialogs_have_no_barrier(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    if not studio.tags.count():
        add_problem_image(studio, tmp_path_factory)
    studio.page.get_by_role("button", name="Fix it: @Image2").click()
    expect(dialog(studio, "Fix @Image2").get_by_role("status")).to_have_text("The copy is ready.")
    expect_no_barriers(studio.page, "dialog[open]")
    studio.page.keyboard.press("Escape")

    studio.page.get_by_role("button", name="Keys and limits").click()
    expect_no_barriers(studio.page, "dialog[open]")
    studio.page.keyboard.press("Escape")

    studio.choose_tab(Mode.TEXT)
    studio.prompt.fill("A tram in the rain")
    studio.page.get_by_role("button", name="Code", exact=True).click()
    expect(dialog(studio, "Code for this form").get_by_role("tabpanel")).to_contain_text("A tram in the rain")
    expect_no_barriers(studio.page, "dialog[open]")
    studio.page.keyboard.press("Escape")


@needs_axe
def test_library_that_is_searched_selected_from_and_compared_has_no_barrier(studio: Studio) -> None:
    library = studio.library
    search = library.get_by_role("searchbox", name="Search prompts")
    search.fill("submarine")
    expect(library.get_by_text("No video matches.")).to_be_visible()
    expect_no_barriers(studio.page)
    search.fill("")
    expect(library.get_by_role("listitem")).to_have_count(VIDEOS)
    for number in (0, 1):
        library.get_by_role("checkbox").nth(number).check()
    library.get_by_role("button", name="Compare", exact=True).click()
    expect(studio.page.get_by_role("region", name="Compare")).to_be_visible()
    expect_no_barriers(studio.page)
    studio.page.keyboard.press("Escape")


# Keyboard


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tab_key_goes_in_reading_order_and_every_stop_is_seen(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory, scheme: str
) -> None:
    studio.page.emulate_media(color_scheme=scheme)
    if studio.tags.count() == 0:
        add_problem_image(studio, tmp_path_factory)
    studio.choose_tab(Mode.REFERENCES)
    play_first_video(studio)
    studio.page.evaluate("scrollTo(0, 0)")
    stops = walk_by_tab(studio.page)
    assert [place for place, _ in groupby(stop.place for stop in stops)][: len(READING_ORDER)] == READING_ORDER
    assert {stop.place for stop in stops} == set(READING_ORDER)
    assert [stop for stop in stops if not stop.is_seen] == []


# Sight and touch


def test_no_width_scrolls_sideways_nor_does_text_of_twice_its_size(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if studio.tags.count() == 0:
        add_problem_image(studio, tmp_path_factory)
    for width_px in WIDTHS_PX:
        studio.page.set_viewport_size({"width": width_px, "height": 900})
        studio.expect_no_sideways_scroll()


def test_phone_has_room_for_fingers_and_nothing_moves_for_who_wants_none(
    open_studio: OpenStudio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    studio = open_studio(width_px=390, height_px=844, has_touch=True, is_mobile=True)
    add_problem_image(studio, tmp_path_factory)
    play_first_video(studio)
    assert moving_parts(studio.page) != []
    studio.page.emulate_media(reduced_motion="reduce")
    assert moving_parts(studio.page) == []
    assert small_targets(studio.page, 44) == []
