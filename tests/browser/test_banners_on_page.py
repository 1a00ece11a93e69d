"""B13, B17: what everybody must know stands at the top of the page, for as long as it is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import expect

from tests.app_process import AppProcess
from tests.browser.studio_page import Studio


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppProcess]:
    """Yield an app over a damaged database."""
    app = AppProcess(tmp_path)
    app.data_dir.mkdir(parents=True)
    (app.data_dir / "seedance.sqlite3").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    with pytest.raises(HTTPError, match="503"):  # it serves, and says that no job runs
        app.start()
    yield app
    app.stop()


def test_damaged_database_is_said_in_red_and_nothing_can_be_spent(studio: Studio) -> None:
    alert = studio.page.get_by_role("alert").filter(has_text="read-only").first
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("backup")
    studio.expect_no_sideways_scroll()

    studio.prompt.fill("Not to be made")
    studio.generate_button.click()
    expect(studio.page.get_by_role("heading", name="Nothing new can be made")).to_be_visible()
    expect(alert).to_be_visible()
