"""The strip of examples under the prompt."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class ExampleJson(TypedDict):
    """One picture to click."""

    title: str
    thumbnail: str
    """Its address on our host."""
    prompt: str
    """What a click puts into the place of the prompt."""


class StripJson(TypedDict):
    """The value of the strip: the examples of one tab."""

    items: list[ExampleJson]


class ExampleStrip(DisplayWidget):
    """Shows a `StripJson`, and to somebody new what to do first.

    Event: `pick` with `{"title": title}`, from the browser.
    """

    script = "example_strip"
    script_parts = ("first_run",)
    template = """
      <div class="ex-head"><p class="hint ex-label" id="examples-label">Start from an example</p>
        <p class="hint first-run" hidden>
          <span><span class="do"></span> <span class="free"></span></span><button type="button">
          <svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg></button></p></div>
      <div class="examples" role="group" aria-labelledby="examples-label"></div>"""


def parse_pick(data: object) -> str | None:
    """Return the title of the example that a browser names; None where that is not of the form."""
    title = data.get("title") if isinstance(data, dict) else None
    return title if isinstance(title, str) else None
