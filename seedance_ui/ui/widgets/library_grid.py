"""The library: a card for every finished video, and for every job that waits for a person. Only posters are loaded."""

from __future__ import annotations

from typing import Any

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class LibraryGrid(DisplayWidget):
    """Shows a list of library items (JSON), in the order given.

    Event: `open` with `{"job": job_id}`; the id comes from the browser and is checked as such.
    """

    script = "library_grid"
    schema = {"type": "array", "items": {"type": "object"}}
    template = """
      <section class="library-grid" aria-label="Library">
        <h2>Library <span class="count"></span></h2>
        <p class="lib-empty">No videos yet. The first one appears here when it is ready.</p>
        <ul class="lib-cards" hidden></ul>
      </section>"""

    def __init__(self, value: list[dict[str, Any]] | None = None, *, current: str | None = None, **kwargs: Any) -> None:
        """Make the grid.

        Args:
            value: Library items.
            current: job_id of the video in the player.
            **kwargs: For `gr.HTML`.
        """
        super().__init__(value, current=current or "", **kwargs)

    def postprocess(self, value: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """Return the items."""
        return list(value or [])
