"""The README's four pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.app_process import AppProcess
from tests.browser.studio_page import Studio
from tools.screenshots import acts

MAX_BYTES = 300_000
MAX_SIDE_PX = 1600
GAP_PX = 64
_QUALITIES = range(92, 40, -4)
"""Of WebP, best first."""


def take_for_readme(browser: Browser, app: AppProcess, folder: Path) -> None:
    """Take a finished video, two videos compared, references being named, and a phone."""
    folder.mkdir(exist_ok=True)
    studio = acts.open_page(browser, app, scale=2)
    acts.make_videos(studio)
    _take_desktop(studio, folder)
    _take_phone(acts.open_page(browser, app, scale=2, is_phone=True), folder)


def _take_desktop(studio: Studio, folder: Path) -> None:
    studio.prompt.fill(acts.LIGHTHOUSES[1])
    acts.show_newest(studio)
    acts.bring_up(studio, None)
    save(studio.page.screenshot(), folder / "finished.webp")
    acts.select_two(studio)
    acts.compare(studio)
    save(studio.page.screenshot(), folder / "compare.webp")
    studio.page.keyboard.press("Escape")
    acts.choose_theme(studio, "dark")
    acts.add_files(studio)
    acts.write_prompt(studio)
    acts.bring_up(studio, None)
    save(studio.page.screenshot(), folder / "references.webp")


def _take_phone(phone: Studio, folder: Path) -> None:
    phone.prompt.fill(acts.LIGHTHOUSES[1])
    form = phone.page.screenshot()
    acts.choose_theme(phone, "dark")
    acts.show_newest(phone)
    acts.bring_up(phone, acts.stage_of(phone))
    save(side_by_side([form, phone.page.screenshot()]), folder / "phone.webp")


def side_by_side(shots: Sequence[bytes]) -> bytes:
    """Return PNGs of one height as one, with a gap between them that shows what is behind."""
    images = [Image.open(io.BytesIO(shot)) for shot in shots]
    width_px = sum(image.width for image in images) + GAP_PX * (len(images) - 1)
    sheet = Image.new("RGBA", (width_px, images[0].height))
    left_px = 0
    for image in images:
        sheet.paste(image, (left_px, 0))
        left_px += image.width + GAP_PX
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()


def save(png: bytes, path: Path) -> None:
    """Write a picture as WebP, as good as its size allows."""
    image = Image.open(io.BytesIO(png))
    image.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX), Image.Resampling.LANCZOS)
    for quality in _QUALITIES:
        image.save(path, quality=quality, method=6)
        if path.stat().st_size <= MAX_BYTES:
            return
