"""The page as a test drives it: every part by its role and accessible name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import av
from playwright.sync_api import FilePayload, Locator, Page, expect

from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.ui.examples import EXAMPLES
from tests.app_process import AppProcess

TAB_NAMES = {Mode.TEXT: "Text", Mode.FRAMES: "First & last frame", Mode.REFERENCES: "References"}
FINISHES_WITHIN_MS = 60_000
"""A video of the animatic, behind another one, on a busy machine."""

Upload = Path | FilePayload

_SIDEWAYS = """() => {
    const scrolls = (element) => /auto|scroll|hidden/.test(getComputedStyle(element).overflowX);
    const isClipped = (element) => {
        for (let up = element.parentElement; up && up.tagName !== 'MAIN'; up = up.parentElement) {
            if (scrolls(up)) return true;
        }
        return false;
    };
    const root = document.documentElement;
    const wide = [...document.querySelectorAll('main *')].filter((element) => {
        const {left, right, width} = element.getBoundingClientRect();
        return width > 1 && (right > innerWidth + 1 || left < -1) && !isClipped(element) && element.checkVisibility();
    });
    return [
        ...(root.scrollWidth > root.clientWidth ? [`the page is ${root.scrollWidth} px wide`] : []),
        ...wide.map((element) => `${element.tagName} ${element.id} ${element.className} sticks out`),
    ];
}"""
"""What does not fit the window: Gradio's container clips, so that what sticks out is lost rather than scrolled to."""


_FIRST = GenerationRequest("animatic", Mode.TEXT, "")
"""What the form asks for before anybody touches it."""

_TAKE_OUT_FILES = """() => {
    for (const button of document.querySelectorAll('#references .remove, #frames .remove')) button.click();
}"""


_STAND_STILL = """() => new Promise((done) => {
    const places = () => [...document.querySelectorAll('#fields fieldset')].map((one) => one.getBoundingClientRect().y);
    let last = '', frames = 0;
    const look = () => {
        const now = String(places());
        frames = now === last && !document.querySelector('#dock[inert]') ? frames + 1 : 0;
        last = now;
        if (frames < 10) requestAnimationFrame(look); else done();
    };
    look();
})"""


class Studio:
    """One page of the app, in a browser profile of its own."""

    def __init__(self, page: Page, app: AppProcess) -> None:
        self.page = page
        self.app = app
        self.prompt = page.get_by_role("textbox", name="Prompt")
        self.generate_button = page.get_by_role("button", name="Generate")
        self.cards = page.get_by_role("region", name="Stage").locator("[role=status][data-job]")
        """Of every job that has one, newest first."""
        self.card = page.get_by_role("region", name="Stage").locator("section[role=status]").first
        """Of the newest job, or of none."""
        self.cancel_button = self.card.get_by_role("button", name="Cancel")
        self.player = page.get_by_role("region", name="Video", exact=True)
        self.video = self.player.locator("video")
        self.library = page.get_by_role("region", name="Library").last
        self.tray = page.get_by_role("region", name="References")
        self.frames = page.get_by_role("region", name="First and last frame")

    # -- coming and going

    def open(self) -> None:
        """Load the page and wait until it can be used."""
        self.page.goto(self.app.url)
        self.wait_until_usable()

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.wait_until_usable()

    def wait_until_usable(self) -> None:
        """Wait until the whole form is there and stands still, and nothing is about to be put back into it."""
        expect(self.generate_button).to_be_visible()
        expect(self.prompt).to_be_editable()
        expect(self.library).to_be_visible()
        expect(self.page.get_by_role("group", name="Start from an example")).to_be_visible()
        self.page.evaluate(_STAND_STILL)

    def leave(self) -> None:
        """Go where no server is needed."""
        self.page.goto("about:blank")

    # -- the form

    def start_over(self) -> None:
        """Bring the form to what a new visitor finds, on the page as it stands."""
        self.page.keyboard.press("Escape")
        self.page.evaluate(_TAKE_OUT_FILES)
        self.prompt.fill("")
        self.page.evaluate("seedance.prompt.forget()")
        self.choose_tab(Mode.TEXT)
        self.set_duration(_FIRST.duration_s)
        self.radio("Resolution", _FIRST.resolution).check()
        self.radio("Aspect ratio", _FIRST.aspect_ratio).check()
        self.page.get_by_role("checkbox", name="Sound", exact=True).check()
        self.page.get_by_role("spinbutton", name="Seed").fill("")

    def choose_tab(self, mode: Mode) -> None:
        """Open a tab and wait until the form has followed."""
        self.page.get_by_role("tab", name=TAB_NAMES[mode]).click()
        expect(self.example(EXAMPLES[mode][0].title)).to_be_visible()

    def example(self, title: str) -> Locator:
        return self.page.get_by_role("group", name="Start from an example").get_by_role("button", name=title)

    def radio(self, group: str, name: str) -> Locator:
        return self.page.get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True)

    def choose(self, radio: Locator) -> None:
        """Click on the label of a radio button, once that stands still, and wait until it is chosen."""
        radio.locator("xpath=ancestor::label").click()
        expect(radio).to_be_checked()

    def choose_provider(self, name: str) -> None:
        """Choose a provider by its name; a word such as "no key" may stand behind that."""
        group = self.page.get_by_role("radiogroup", name="Provider")
        self.choose(group.get_by_role("radio", name=re.compile(f"^{name}")))

    def make_it_quick(self) -> None:
        """Choose what is drawn soonest: 4 s at 480p."""
        self.set_duration(4)
        self.radio("Resolution", "480p").check()

    def make_it_slow(self) -> None:
        """Choose what takes long enough to be seen at work: 15 s at 720p."""
        self.set_duration(15)
        self.radio("Resolution", "720p").check()

    def set_duration(self, seconds: int) -> None:
        self.page.get_by_role("slider", name="Duration").fill(str(seconds))
        expect(self.page.get_by_role("spinbutton", name="Duration in seconds")).to_have_value(str(seconds))

    def add_references(self, *files: Upload) -> None:
        """Give files to the tray; see `tags` for when they have arrived."""
        self._upload(self.tray.get_by_role("button", name="Add files"), files)

    def add_frame(self, which: str, file: Upload) -> None:
        """Give a file to the `first` or the `last` slot and wait until it is there."""
        slot = self.slot(which)
        self._upload(slot.get_by_role("button", name=f"Add {which} frame"), [file])
        expect(slot.get_by_role("button", name=f"Remove {which} frame")).to_be_visible()
        expect(slot).not_to_have_attribute("data-state", "uploading")

    def slot(self, which: str) -> Locator:
        return self.frames.get_by_role("group", name=re.compile(which, re.IGNORECASE))

    @property
    def reference_cards(self) -> Locator:
        return self.tray.get_by_role("listitem")

    @property
    def tags(self) -> Locator:
        """The buttons that put a reference's tag into the prompt."""
        return self.tray.get_by_role("button", name=re.compile(r"^Insert @"))

    def _upload(self, button: Locator, files: Sequence[Upload]) -> None:
        with self.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(list(files))

    # -- jobs

    def generate(self) -> str:
        """Click on Generate, once a price stands there, and return the id of the job that this makes."""
        expect(self.page.locator("#price-now")).not_to_have_text("…")
        return self.job_made_by(self.generate_button.click)

    def job_made_by(self, act: Callable[[], object]) -> str:
        """Do something that makes a job, and return its id; the card may show another one before."""
        before = self.card.get_attribute("data-job")
        act()
        return self.wait_for_job(other_than=before)

    def wait_for_job(self, *, other_than: str | None = None) -> str:
        """Return the id of the job on the card."""
        found = self.page.wait_for_function(
            """(before) => {
                const {job} = document.querySelector('[role=region][aria-label=Stage] section[role=status]').dataset;
                return job && job !== before && job;
            }""",
            arg=other_than,
        )
        return found.json_value()

    def expect_state(self, state: str) -> None:
        expect(self.card).to_have_attribute("data-state", state, timeout=FINISHES_WITHIN_MS)

    def cancel(self) -> None:
        """Cancel the job on the card and wait until it has stopped."""
        self.cancel_button.click()
        self.expect_state("cancelled")

    def expect_video_of(self, job_id: str) -> None:
        """Wait until the video of a job stands in the player and moves."""
        self.expect_state("succeeded")
        expect(self.video).to_have_attribute("src", f"/media/{job_id}.mp4")
        self.expect_playing()

    def expect_playing(self) -> None:
        """Wait until time passes in the player; then it rests, since its frames would slow down what follows."""
        expect(self.video).to_be_visible()
        self.page.wait_for_function(
            "(video) => video.duration > 0 && !video.paused && video.currentTime > 0.1",
            arg=self.video.element_handle(),
        )
        self.video.evaluate("(video) => video.pause()")

    def video_facts(self) -> dict[str, float]:
        """Return width, height and seconds of the video as the browser decodes it."""
        return self.video.evaluate("({videoWidth, videoHeight, duration}) => ({videoWidth, videoHeight, duration})")

    # -- the page

    def expect_no_sideways_scroll(self) -> None:
        assert self.page.evaluate(_SIDEWAYS) == []


def stream_kinds(mp4: bytes) -> list[str]:
    """Return the kinds of streams of a file: `video`, `audio`."""
    with av.open(BytesIO(mp4)) as container:
        return sorted(stream.type for stream in container.streams)
