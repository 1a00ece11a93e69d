"""How long the library takes with 1,000 videos: the questions to the database, and what a person waits for in Chromium.

A question is one of the page's events, as `LibraryHandlers` answers it: a page of cards and the counts. The page's
times run from the click or the last key to the frame in which the new cards are painted, the search's pause
(200 ms) included. Run from the repository's root with PYTHONPATH=., as `make bench` does.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from seedance_ui.config import Settings
from seedance_ui.domain.library_query import LibraryQuery
from seedance_ui.domain.request import Mode
from seedance_ui.services import LOCAL_OWNER, Services
from tests.app_process import AppProcess
from tests.chromium import launch_chromium
from tests.filled_library import WORDS, fill_library

VIDEOS = 1000
TIMES = 15
ASKED = {
    "first page": LibraryQuery(),
    "search for two words": LibraryQuery(search="fog cafe"),
    "search that finds nothing": LibraryQuery(search="submarine"),
    "references of one provider, last 7 days": LibraryQuery(
        mode=Mode.REFERENCES, provider="aimlapi", since=datetime.now(timezone.utc) - timedelta(days=7)
    ),
    "favourites, oldest first": LibraryQuery(favourites=True, oldest_first=True),
}


def main() -> None:
    """Print a table for this machine."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{os.cpu_count()} cores{load}, Python {platform.python_version()}, {platform.system()}, SQLite\n")
    with tempfile.TemporaryDirectory() as folder:
        app = AppProcess(Path(folder))
        fill_library(app.data_dir, VIDEOS)
        print(f"| library of {VIDEOS:,} videos | median | slowest |")
        print("| --- | --- | --- |")
        asyncio.run(time_questions(app.data_dir))
        app.start()
        try:
            time_page(app.url)
        finally:
            app.stop()


async def time_questions(data_dir: Path) -> None:
    """Print how long questions to the services take."""
    services = Services(Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir)}))
    try:
        for name, query in ASKED.items():
            await report(f"question: {name}", lambda query=query: ask(services, query))
        behind = (await services.library(LOCAL_OWNER, limit=VIDEOS - 100))[-1]["job_id"]
        await report("question: page 20", lambda: ask(services, LibraryQuery(), after=behind))
    finally:
        services.stop()


async def ask(services: Services, query: LibraryQuery, after: str | None = None) -> None:
    await services.library(LOCAL_OWNER, query, after=after)
    await services.library_counts(LOCAL_OWNER, query)


async def report(name: str, work: Callable[[], Awaitable[None]]) -> None:
    took_s = []
    for _ in range(TIMES):
        before = time.perf_counter()
        await work()
        took_s.append(time.perf_counter() - before)
    print_row(name, took_s)


def print_row(name: str, took_s: list[float]) -> None:
    print(f"| {name} | {statistics.median(took_s) * 1000:.0f} ms | {max(took_s) * 1000:.0f} ms |", flush=True)


PAINTED = """(words) => new Promise((resolve) => {
    const look = () => {
        const titles = [...document.querySelectorAll('.lib-card .ttl')].map((node) => node.textContent);
        const isThere = titles.length > 0 && titles.every((title) => title.toLowerCase().includes(words));
        if (isThere && !document.querySelector('.lib-cards[aria-busy]')) requestAnimationFrame(() => resolve());
        else requestAnimationFrame(look);
    };
    look();
})"""
"""Resolves in the frame behind that in which every card is one that was searched for."""

GROWN = """(before) => new Promise((resolve) => {
    const look = () => {
        if (document.querySelectorAll('.lib-card').length > before) requestAnimationFrame(() => resolve());
        else requestAnimationFrame(look);
    };
    look();
})"""


def time_page(url: str) -> None:
    """Print what a person waits for in the page."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.goto(url)
        page.locator(".lib-card").first.wait_for()
        print_row("page: search, from the last key to the cards", [search(page, word) for word in WORDS[:TIMES]])
        page.get_by_role("searchbox", name="Search prompts").fill("")
        page.evaluate(PAINTED, "")
        print_row("page: next 48 cards, from reaching the end", [grow(page) for _ in range(TIMES)])
        cards = page.locator(".lib-card").count()
        print_row(f"page: search with {cards} cards on show", [search(page, WORDS[-1])])
        browser.close()


def search(page: Page, word: str) -> float:
    page.get_by_role("searchbox", name="Search prompts").fill(word)
    before = time.perf_counter()
    page.evaluate(PAINTED, word)
    return time.perf_counter() - before


def grow(page: Page) -> float:
    shown = page.locator(".lib-card").count()
    before = time.perf_counter()
    page.locator(".lib-card").last.scroll_into_view_if_needed()
    page.evaluate(GROWN, shown)
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
