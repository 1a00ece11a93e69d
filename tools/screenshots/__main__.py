"""Take the pictures: run from the repository's root as `python -m tools.screenshots`, see `make screenshots`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.app_process import AppProcess
from tests.chromium import launch_chromium
from tests.fakes.aimlapi import FakeAimlApi
from tools.screenshots.acts import PATIENCE_MS
from tools.screenshots.readme import take_for_readme
from tools.screenshots.states import take_states

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description="Take pictures of the real page.")
    parser.add_argument("--readme", action="store_true", help="write assets/readme/ in place of screenshots/")
    is_readme = parser.parse_args().readme
    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory() as folder, FakeAimlApi() as fake, sync_playwright() as playwright:
        app = AppProcess(Path(folder), **({} if is_readme else fake.settings()))
        browser = launch_chromium(playwright)
        try:
            app.start()
            if is_readme:
                take_for_readme(browser, app, ROOT / "assets" / "readme")
            else:
                take_states(browser, app, fake, ROOT / "screenshots")
        finally:
            browser.close()
            app.stop()


if __name__ == "__main__":
    main()
