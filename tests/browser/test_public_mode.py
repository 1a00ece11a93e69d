"""In public mode visitors are strangers to each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.app_process import AppProcess
from tests.browser.conftest import OpenStudio, running_app
from tests.browser.studio_page import Studio


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Yield an app whose visitors are strangers, as a Space without a volume."""
    directory = tmp_path_factory.mktemp("public-app")
    yield from running_app(directory, SPACE_ID="somebody/seedance", GRADIO_SERVER_NAME="127.0.0.1")


def make(studio: Studio, prompt: str) -> str:
    studio.prompt.fill(prompt)
    studio.make_it_quick()
    job_id = studio.generate()
    studio.expect_video_of(job_id)
    return job_id


def hint(studio: Studio) -> Locator:
    """Return what says what to do first to somebody without a run."""
    return studio.page.get_by_text("Pick an example or write, then Generate.")


def test_visitors_see_their_own_videos_only_and_keep_them_over_a_reload_and_a_restart(
    open_studio: OpenStudio, app: AppProcess
) -> None:
    ann, bob = open_studio(), open_studio()
    make(ann, "Of Ann")
    bob.reload()
    expect(bob.library).to_contain_text("No videos yet.")
    make(bob, "Of Bob")
    for studio in (ann, bob):
        studio.leave()
    app.restart()
    for studio, own in ((ann, "Of Ann"), (bob, "Of Bob")):
        studio.open()
        expect(studio.library.get_by_role("listitem")).to_have_count(1)
        expect(studio.library).to_contain_text(own)


def test_visitor_attaches_to_the_own_open_job_and_to_nobody_elses(open_studio: OpenStudio) -> None:
    ann, bob = open_studio(), open_studio()
    expect(hint(ann)).to_be_visible()
    ann.prompt.fill("A long one of Ann")
    ann.make_it_slow()
    job_id = ann.generate()
    expect(hint(ann)).to_be_hidden()
    bob.reload()
    ann.reload()
    assert ann.wait_for_job() == job_id
    ann.cancel()
    expect(hint(ann)).to_be_hidden()
    expect(bob.card).to_contain_text("Your video plays here")
    expect(hint(bob)).to_be_visible()


def test_space_without_a_volume_says_that_videos_vanish(open_studio: OpenStudio, app: AppProcess) -> None:
    """B17."""
    if any(path.is_mount() for path in app.data_dir.parents if path != Path(path.anchor)):
        pytest.skip("the temporary directory of this machine is a mount of its own, which counts as a volume")
    studio = open_studio(width_px=390, height_px=780)
    banner = studio.page.get_by_role("status").filter(has_text="Download what you want to keep.")
    expect(banner).to_be_visible()
    studio.expect_no_sideways_scroll()
