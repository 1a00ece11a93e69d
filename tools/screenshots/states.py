"""The ten states, in the order in which one leads to the next."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from seedance_ui.domain.request import Mode
from tests.app_process import AppProcess
from tests.browser.studio_page import Studio
from tests.fakes.aimlapi import GENERATIONS, FakeAimlApi, refusal
from tests.fakes.server import AcceptThenDrop, Hold, Instead, Reply
from tools.screenshots import acts

DECLINED = "image 2 may contain a real person: @Image2"


class Camera:
    """Takes the pictures of one page."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        """Make a camera whose pictures go into a folder."""
        self._studio = studio
        self._folder = folder
        self._taken = 0

    def take(self, name: str, *, at: Locator | None = None, on_phone: Locator | None = None) -> None:
        """Take four pictures of the page as it is.

        Args:
            name: Of the state.
            at: What is to stand at the top of the window; None for the top of the page.
            on_phone: The same on a phone, where the stage is far below the form.
        """
        self._taken += 1
        page = self._studio.page
        for size, (width_px, height_px) in reversed(acts.SIZES_PX.items()):
            page.set_viewport_size({"width": width_px, "height": height_px})
            acts.bring_up(self._studio, on_phone if size == "phone" and on_phone else at)
            for theme in ("dark", "light"):
                acts.choose_theme(self._studio, theme)
                page.screenshot(path=self._folder / f"{self._taken:02}-{name}-{size}-{theme}.png")


def take_states(browser: Browser, app: AppProcess, fake: FakeAimlApi, folder: Path) -> None:
    """Take every state."""
    folder.mkdir(exist_ok=True)
    studio = acts.open_page(browser, app)
    camera = Camera(studio, folder)
    camera.take("text-empty")
    acts.make_videos(studio)
    _take_own_states(studio, camera)
    _take_hosted_states(studio, camera, fake)


def _take_own_states(studio: Studio, camera: Camera) -> None:
    """Take what the animatic leads to."""
    acts.show_newest(studio)
    camera.take("finished", on_phone=acts.stage_of(studio))
    acts.select_two(studio)
    camera.take("library", at=studio.page.locator("#library-panel"))
    studio.player.get_by_role("button", name="Copy code").click()
    expect(studio.page.get_by_role("dialog", name="Code for").get_by_role("tabpanel")).to_be_visible()
    camera.take("code")
    studio.page.keyboard.press("Escape")
    acts.compare(studio)
    camera.take("compare")
    studio.reload()
    acts.add_files(studio)
    acts.write_prompt(studio)
    camera.take("references")


def _take_hosted_states(studio: Studio, camera: Camera, fake: FakeAimlApi) -> None:
    """Take what only a provider that is paid can lead to."""
    stage = acts.stage_of(studio)
    studio.page.keyboard.press("Escape")
    acts.choose_provider(studio, "AIML API", re.compile(r"^About \$"))
    studio.prompt.fill(f"{acts.SENTENCE}@Audio1.")
    fake.script("POST", GENERATIONS, Instead(refusal(400, DECLINED)))
    studio.generate()
    studio.expect_state("failed")
    camera.take("declined", on_phone=stage)

    fake.script("POST", GENERATIONS, AcceptThenDrop())
    fake.script("GET", "/v2/logs", *[Instead(Reply(503))] * 1000)
    studio.choose_tab(Mode.TEXT)
    studio.prompt.fill("A caravan crosses the dunes at noon, heat haze, very long lens.")
    studio.generate()
    studio.expect_state("needs_attention")
    camera.take("needs-attention", on_phone=stage)
    studio.card.get_by_role("button", name="Close", exact=True).click()

    fake.script("GET", GENERATIONS, *[Hold() for _ in range(100)])
    studio.prompt.fill(acts.LIGHTHOUSES[1])
    studio.generate()
    studio.expect_state("running")
    camera.take("running", on_phone=stage)
    for prompt in (acts.LIGHTHOUSES[0], "Night rain on a neon street. A lone figure under an umbrella waits."):
        studio.prompt.fill(prompt)
        studio.generate()
        studio.expect_state("running")
    camera.take("several", on_phone=stage)
