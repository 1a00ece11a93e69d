"""The widget page in a browser, which the tests of a module share: after each it is made what it was at first."""

from __future__ import annotations

import json
from typing import Any

from fakes.widget_server import FakeServer
from playwright.sync_api import Page, ViewportSize

from tests.chromium import forget

VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
DRAWN_BY_SCRIPT = (
    *(".reference-tray.is-empty", "[data-state=empty]", ".stages li", ".library-grid .lib-empty"),
    *("#frames .slot-empty", "#player .player", "#notice .alert", "#banners .banners", "#prompt textarea", "#put-in"),
)
"""Gradio fetches the script of each kind of component on its own: on a busy machine one comes long after another."""

WATCH = """
window.waiting = 0;
window.intervals = [];
window.watchIntervals = () => {
  const {setInterval} = window;
  if (setInterval.isWatched) return;
  const watched = (task, ...rest) => {
    window.intervals.push(task);
    return setInterval(task, ...rest);
  };
  window.setInterval = Object.assign(watched, {isWatched: true});
};
window.watchIntervals();
window.emptyPrompt = () => {
  const area = window.seedance.prompt.box();
  if (!area.value) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(area, '');
  area.dispatchEvent(new Event('input', {bubbles: true}));
};
{
  const {fetch, requestAnimationFrame} = window;
  window.fetch = (...args) => {
    window.waiting += 1;
    return fetch(...args).finally(() => { window.waiting -= 1; });
  };
  let isLoaded = false;
  window.requestAnimationFrame = (task) => (isLoaded ? 0 : requestAnimationFrame(task));
  window.remember = () => {
    isLoaded = true;
    window.requestAnimationFrame = requestAnimationFrame;
    window.atFirst = {seedance: {...window.seedance}, Notification: window.Notification};
  };
}
"""
"""Count the questions to the server that are open, and remember what is done again and again, and how the page was.

Gradio 6.31's sign of loading counts on, sixty times a second, long after it has gone, with the function that it found
at first: once the page is loaded, that one does nothing.
"""

PRESS = """([button, command]) => {
  window.command = command;
  window.isDone = false;
  window.answered = () => { window.isDone = true; };
  document.getElementById(button).click();
}"""

TIDY = """() => {
  const press = (button) => new Promise((answered) => {
    window.answered = answered;
    document.getElementById(button).click();
  });
  const frame = () => new Promise(requestAnimationFrame);

  async function tidy() {
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    document.activeElement?.blur();
    delete document.hidden;
    delete document.body.dataset.only;
    await press('take-out');
    await frame();
    for (const task of window.intervals.splice(0)) task();    // a card looks once a second whether it is still there
    localStorage.clear();
    sessionStorage.clear();
    window.Notification = window.atFirst.Notification;
    Object.assign(window.seedance, window.atFirst.seedance);
    window.watchIntervals();    // a clock that a test installed is not watched
    await press('put-in');
    emptyPrompt();
    window.seedance.prompt.forget();
    do await frame(); while (window.waiting);
    scrollTo(0, 0);
  }

  window.isDone = false;
  tidy().then(() => { window.isDone = true; });
}"""

EMPTY_TRAY = """() => {
  emptyPrompt();    // first: each card that goes would change its words
  for (const button of [...document.querySelectorAll('#references .remove')]) button.click();
  seedance.prompt.forget();
  document.activeElement?.blur();
  scrollTo(0, 0);
}"""


def facts(job_id: str, **changes: Any) -> dict[str, Any]:
    """Return what Python tells the stage of a job (`StagedJobJson`)."""
    return {
        "job_id": job_id, "prompt": f"Prompt of {job_id[0]}", "usual": {"range_s": None, "runs": 0}, "has_sound": True,
        "lower_resolution": "480p", "shorter_s": 5, "is_new": False, **changes,
    }  # fmt: skip


class WidgetPage:
    """A page with every widget, in a browser."""

    def __init__(self, page: Page, server: FakeServer) -> None:
        """Load the page as for somebody who was never there."""
        self.page = page
        self.server = server
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        forget(page, server.url)
        page.add_init_script(WATCH)
        page.goto(server.url)
        for drawn in DRAWN_BY_SCRIPT:
            page.locator(drawn).first.wait_for(state="attached")
        page.evaluate("remember()")

    def update(self, **command: Any) -> None:
        """Let Python update widgets, and return once they have it."""
        for name, changes in command.items():
            self.page.evaluate(PRESS, [f"update-{name}", json.dumps(changes)])
            self.page.wait_for_function("() => window.isDone")

    def show_only(self, part: str) -> None:
        """Show the `references`, the `frames`, or `none` of them, as tabs do: what is pasted goes to what is seen."""
        self.page.evaluate("(part) => { document.body.dataset.only = part; }", part)

    def empty_tray(self) -> None:
        """Leave nothing in the tray, and in the prompt."""
        self._reset_view()
        self.page.evaluate(EMPTY_TRAY)

    def tidy(self) -> None:
        """Make the page what a visitor first sees."""
        self.page.unroute_all(behavior="ignoreErrors")  # a video may be asked for at this very moment
        self.page.context.clear_permissions()
        self.page.mouse.move(0, 0)
        self._reset_view()
        self.page.evaluate(TIDY)
        self.page.wait_for_function("() => window.isDone")

    def _reset_view(self) -> None:
        if self.page.viewport_size != VIEWPORT:
            self.page.set_viewport_size(VIEWPORT)
        if not self.page.evaluate("matchMedia('(prefers-reduced-motion) and (prefers-color-scheme: light)').matches"):
            self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
