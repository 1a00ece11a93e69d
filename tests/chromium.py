"""The browser of the tests."""

from __future__ import annotations

import shutil
import subprocess

from playwright.sync_api import Browser, Playwright

SYSTEM_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)


def launch_chromium(playwright: Playwright, *more_flags: str) -> Browser:
    """Start the system's Chromium, or Playwright's own where there is none.

    Playwright's event loop keeps every other one of this thread from running: a fixture that yields a browser
    must not outlive its module.
    """
    return playwright.chromium.launch(executable_path=system_chromium(), args=[*FLAGS, *more_flags])


def system_chromium() -> str | None:
    """Return the path of a Chromium that answers; Ubuntu's package is a stub for snap, and does not."""
    for name in SYSTEM_CHROMIUMS:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None
