"""A run leaves the real page as a zip and comes back as one, by a person's clicks."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import OpenStudio
from tests.browser.studio_page import Studio
from tests.shared_runs import zip_files

PROMPT = "A lighthouse to share"


def shared(studio: Studio) -> dict[str, bytes]:
    """Download the run in the player, and return what is in its zip."""
    studio.player.get_by_role("button", name="More").click()
    with studio.page.expect_download() as started:
        studio.player.get_by_role("menuitem", name="Share as zip").click()
    assert started.value.suggested_filename == "a-lighthouse-to-share.zip"
    with zipfile.ZipFile(BytesIO(Path(started.value.path()).read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bring_in(studio: Studio, files: dict[str, bytes]) -> None:
    payload: FilePayload = {"name": "run.zip", "mimeType": "application/zip", "buffer": zip_files(files)}
    with studio.page.expect_file_chooser() as chooser:
        studio.library.get_by_role("button", name="Import a run").click()
    chooser.value.set_files(payload)


def test_a_run_is_shared_by_a_click_and_imported_by_another_and_plays(open_studio: OpenStudio) -> None:
    studio = open_studio(width_px=1440)
    studio.make_it_quick()
    studio.prompt.fill(PROMPT)
    job_id = studio.generate()
    studio.expect_video_of(job_id)
    tops = {button.bounding_box()["y"] for button in studio.player.locator(".acts > .btn").all()}  # type: ignore[index]
    assert len(tops) == 1  # the mock's five, and More, in one row

    files = shared(studio)
    assert files["video.mp4"] == studio.app.fetch(f"/media/{job_id}.mp4")
    bring_in(studio, files)
    expect(studio.library.get_by_text("run.zip is in your library already.")).to_be_visible()

    before = studio.app.job_count()
    record = json.loads(files["run.json"])
    files["run.json"] = json.dumps({**record, "run_id": "0" * 32, "prompt": "From another installation"}).encode()
    bring_in(studio, files)
    expect(studio.library.get_by_text("run.zip is in your library now.")).to_be_visible()
    expect(studio.player.locator(".said")).to_have_text("From another installation")
    expect(studio.player).to_contain_text("imported, nothing was charged")
    expect(studio.library.locator(".ttl").first).to_have_text("From another installation")
    studio.video.evaluate("(video) => { video.muted = true; void video.play(); }")
    studio.expect_playing()
    assert studio.app.job_count() == before + 1
