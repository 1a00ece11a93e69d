"""Lines at the top of the page that hold for as long as it is open."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class BannerJson(TypedDict):
    """One line."""

    tone: Literal["bad", "warn"]
    """`bad` is announced at once, `warn` when there is time."""
    text: str


class Banners(DisplayWidget):
    """Shows a list of `BannerJson`; nothing without any."""

    script = "banners"
    schema = {"type": "array", "items": {"type": "object"}}
    template = """
      <section class="banners" aria-label="About this app" hidden></section>"""

    def __init__(self, value: list[BannerJson] | None = None, **kwargs: Any) -> None:
        """Make the lines."""
        super().__init__(value, **kwargs)

    def postprocess(self, value: list[BannerJson] | None) -> list[BannerJson]:
        """Return the lines."""
        return list(value or [])
