"""The library of the real app, with 300 videos in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from seedance_ui.domain.job import Job
from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio
from tests.browser.events import held_back
from tests.browser.studio_page import Studio
from tests.filled_library import fill_library

COUNT = 300


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> list[Job]:
    """Return what is in the library, newest first."""
    return fill_library(tmp_path_factory.getbasetemp() / "filled" / "data", COUNT)


@pytest.fixture(scope="module")
def app(jobs: list[Job], tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield the app over the filled library, in place of the one that other tests share."""
    app = AppProcess(tmp_path_factory.getbasetemp() / "filled")
    app.start()
    yield app
    app.stop()
    assert "Traceback" not in app.text(), app.text()


@pytest.fixture
def studio(open_studio: OpenStudio, app: AppProcess) -> Studio:
    return open_studio(app=app, width_px=1440, reduced_motion="reduce")


def titles(studio: Studio) -> Locator:
    return studio.library.locator(".ttl")


def heading(studio: Studio) -> Locator:
    return studio.library.get_by_role("heading", name="Library")


def short(job: Job) -> str:
    """Return how a control of this job's card begins to be named."""
    return job.request.prompt[:30]


def test_search_and_filters_narrow_the_list_and_each_can_be_taken_back(studio: Studio, jobs: list[Job]) -> None:
    expect(heading(studio)).to_have_text(f"Library {COUNT} videos")
    search = studio.library.get_by_role("searchbox", name="Search prompts")
    words = ("fog", "café", "robot", "kite")
    wanted = [job for job in jobs if all(word in job.request.prompt for word in words)]
    assert 1 < len(wanted) < 48
    search.fill("KITE robot FOG cafe")
    expect(titles(studio)).to_have_text([job.request.prompt for job in wanted])
    expect(heading(studio)).to_have_text(f"Library {len(wanted)} found")
    expect(studio.library.get_by_role("status").first).to_have_text(f"{len(wanted)} found")

    studio.library.get_by_role("radiogroup", name="Show").get_by_role("radio", name="Frames").check()
    studio.library.get_by_label("Provider filter").select_option("aimlapi")
    studio.library.get_by_label("Order").select_option("Oldest first")
    search.fill("")
    of_frames = [job for job in jobs if (job.request.mode.value, job.request.provider) == ("frames", "aimlapi")][::-1]
    expect(titles(studio)).to_have_text([job.request.prompt for job in of_frames])
    search.fill("submarine")
    studio.library.get_by_role("button", name="Clear filters").click()
    expect(heading(studio)).to_have_text(f"Library {COUNT} videos")


def test_the_list_goes_on_at_its_end_until_all_are_there(studio: Studio, jobs: list[Job]) -> None:
    expect(titles(studio).first).to_have_text(jobs[0].request.prompt)
    assert titles(studio).count() < COUNT / 2
    for shown in range(96, COUNT + 1, 48):
        studio.library.get_by_role("listitem").last.scroll_into_view_if_needed()
        expect(titles(studio).nth(min(shown, COUNT) - 1)).to_be_attached()
    studio.library.get_by_role("listitem").last.scroll_into_view_if_needed()
    expect(titles(studio)).to_have_text([job.request.prompt for job in jobs])
    expect(studio.library.get_by_role("button", name="Show more")).to_be_hidden()
    studio.expect_no_sideways_scroll()


def test_favourites_and_deletions_outlive_a_reload_by_keyboard_alone(
    studio: Studio, app: AppProcess, jobs: list[Job]
) -> None:
    kept, gone = jobs[2], jobs[3]
    library, page = studio.library, studio.page
    library.get_by_role("button", name=f"Favourite “{short(kept)}").press("Enter")
    library.get_by_role("button", name=f"Delete “{short(gone)}").press("Enter")
    expect(library.get_by_role("button", name="Undo")).to_be_focused()
    expect(library.get_by_role("button", name="Recently deleted: 1")).to_be_visible()
    page.keyboard.press("Enter")
    expect(titles(studio).nth(3)).to_have_text(gone.request.prompt)
    expect(library.locator(".open").nth(3)).to_be_focused()
    library.get_by_role("button", name=f"Delete “{short(gone)}").press("Enter")
    expect(library.get_by_role("button", name="Recently deleted: 1")).to_be_visible()

    studio.reload()
    expect(heading(studio)).to_have_text(f"Library {COUNT - 1} videos")
    library.get_by_role("button", name="Favourites only").press("Enter")
    expect(titles(studio)).to_have_text([kept.request.prompt])
    library.get_by_role("button", name="Recently deleted: 1").press("Enter")
    expect(titles(studio)).to_have_text([gone.request.prompt])
    library.locator(".open").press("Enter")
    expect(studio.video).to_have_attribute("src", f"/media/{gone.job_id}.mp4")
    library.get_by_role("button", name=f"Restore “{short(gone)}").press("Enter")
    expect(library.get_by_text("Nothing was deleted in the last 24 hours.")).to_be_visible()
    library.get_by_role("button", name="Show the whole library").press("Enter")
    expect(titles(studio).nth(3)).to_have_text(gone.request.prompt)
    assert (app.data_dir / "library" / f"{gone.job_id}.mp4").is_file()
    star = library.get_by_role("button", name=f"Favourite “{short(kept)}")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "false")


def test_the_one_opened_last_is_shown_and_two_selected_open_side_by_side(studio: Studio, jobs: list[Job]) -> None:
    cards = studio.library.locator(".open")
    with held_back(studio, f'"job":"{jobs[0].job_id}"', cards.first.click):
        cards.nth(1).click()
    expect(studio.video).to_have_attribute("src", f"/media/{jobs[1].job_id}.mp4")
    for job in jobs[:2]:
        studio.library.get_by_role("checkbox", name=f"Select “{short(job)}").check()
    studio.library.get_by_role("button", name="Compare").press("Enter")
    expect(studio.page.get_by_role("region", name="Compare")).to_be_visible()


def test_phone_has_targets_of_44_px_and_no_sideways_scroll(open_studio: OpenStudio, app: AppProcess) -> None:
    studio = open_studio(app=app, width_px=390, height_px=844, has_touch=True, is_mobile=True)
    studio.library.get_by_role("checkbox").first.check()
    studio.library.scroll_into_view_if_needed()
    studio.expect_no_sideways_scroll()
    first = studio.library.get_by_role("listitem").first
    for control in (*studio.library.locator(".lib-head :is(button, select):visible").all(),
                    first.locator(".star"), first.locator(".pick"), first.locator(".discard")):  # fmt: skip
        box = control.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44, control
