"""The browser of the tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

SYSTEM_CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)

_CALM_CLOCKS = """(() => {
    const clock = /^\\(\\)\\s*=>\\s*\\{[^;]*performance\\.now\\(\\)\\s*-[^;]*\\/\\s*1e3/;
    const ask = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) =>
        clock.test(callback) ? setTimeout(() => callback(performance.now()), 1000) : ask.call(window, callback);
})()"""
"""The clock of Gradio's loading screen goes on when that is gone: sixty frames a second, a seventh of a core a page."""


def launch_chromium(playwright: Playwright, *more_flags: str) -> Browser:
    """Start the system's Chromium, or Playwright's own where there is none.

    Playwright's event loop keeps every other one of this thread from running: a fixture that yields a browser
    must not outlive its module.
    """
    return playwright.chromium.launch(executable_path=system_chromium(), args=[*FLAGS, *more_flags])


def launch_profile(playwright: Playwright, directory: Path, **options: object) -> BrowserContext:
    """Start a Chromium that keeps its cache in a directory: Gradio's page takes seconds to fetch and compile anew.

    Pages share what the profile remembers; `forget` empties it. `options` are those of `Browser.new_context`.
    """
    context = playwright.chromium.launch_persistent_context(
        directory, executable_path=system_chromium(), args=FLAGS, **options
    )
    context.add_init_script(_CALM_CLOCKS)
    return context


def forget(page: Page, origin: str) -> None:
    """Make a profile forget what a page of this origin stored, as for somebody who was never here."""
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "cookies,local_storage,indexeddb"})
    session.detach()
    page.context.clear_permissions()


def system_chromium() -> str | None:
    """Return the path of a Chromium that answers; Ubuntu's package is a stub for snap, and does not."""
    for name in SYSTEM_CHROMIUMS:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None
