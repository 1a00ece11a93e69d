"""The strip of examples under the prompt."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.domain.request import Mode
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class ExampleJson(TypedDict):
    """One picture to click."""

    title: str
    thumbnail: str
    """Its address on our host."""


class StripJson(TypedDict):
    """The value of the strip: the examples of one tab."""

    mode: str
    items: list[ExampleJson]


class ExampleStrip(DisplayWidget):
    """Shows a `StripJson`. Event: `pick` with `{"mode": mode, "index": int}`, from the browser."""

    script = "example_strip"
    template = """
      <p class="hint ex-label" id="examples-label">Start from an example</p>
      <div class="examples" role="group" aria-labelledby="examples-label"></div>"""


def parse_pick(data: object) -> tuple[Mode, int] | None:
    """Return which example a browser names; None where that is not of the form."""
    if not isinstance(data, dict):
        return None
    mode, index = data.get("mode"), data.get("index")
    if mode not in [known.value for known in Mode] or type(index) is not int or index < 0:
        return None
    return Mode(mode), index
