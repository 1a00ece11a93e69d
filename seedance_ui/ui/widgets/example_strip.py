"""The strip of examples under the prompt."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class ExampleJson(TypedDict):
    """One picture to click."""

    title: str
    thumbnail: str
    """Its address on our host."""


class StripJson(TypedDict):
    """The value of the strip: the examples of one tab."""

    items: list[ExampleJson]


class ExampleStrip(DisplayWidget):
    """Shows a `StripJson`. Event: `pick` with `{"title": title}`, from the browser."""

    script = "example_strip"
    template = """
      <p class="hint ex-label" id="examples-label">Start from an example</p>
      <div class="examples" role="group" aria-labelledby="examples-label"></div>"""


def parse_pick(data: object) -> str | None:
    """Return the title of the example that a browser names; None where that is not of the form."""
    title = data.get("title") if isinstance(data, dict) else None
    return title if isinstance(title, str) else None
