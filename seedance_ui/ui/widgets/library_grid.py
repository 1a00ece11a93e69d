"""The library: a card for every finished video, and for every job that waits for a person. Only posters are loaded."""

from __future__ import annotations

from typing import Any, TypedDict

from seedance_ui.domain.library_item import LibraryItemJson
from seedance_ui.domain.shared_run import MAX_RUN_BYTES
from seedance_ui.services.showing import PAGE_SIZE, LibraryCountsJson
from seedance_ui.ui.widgets.html_widget import DisplayWidget

MAX_AT_ONCE = 5 * PAGE_SIZE
"""How many cards one answer holds at most; a browser may name any number."""

_LIMITS = {"page": PAGE_SIZE, "at_once": MAX_AT_ONCE, "run_bytes": MAX_RUN_BYTES}


class LibraryPageJson(TypedDict):
    """An answer to one question of the grid: some of what it asked for, in its order."""

    asked: int
    """The question's number, as the grid counts them; 0 for the page that comes without any."""
    after: str | None
    """job_id behind which these items come; None for the head of the list."""
    items: list[LibraryItemJson]
    counts: LibraryCountsJson
    problem: str | None
    """What could not be done, in words."""


class ProviderChoiceJson(TypedDict):
    """A provider that videos can be filtered by."""

    id: str
    label: str


class LibraryGrid(DisplayWidget):
    """Shows pages of library items (`LibraryPageJson`), and asks for others.

    Events, whose data comes from the browser and is checked as such. `look` is what to list: `{"asked": int,
    "query": {…}, "after": job_id or null, "limit": int}`.

    - `look` with a look.
    - `open` with `{"job": job_id}`.
    - `favourite` with `{"job": job_id, "on": bool, "look": look}`.
    - `discard`, `restore` with `{"job": job_id, "look": look}`.
    - `compare` with `{"jobs": [job_id, job_id]}`, in the order in which they were selected.

    `window.seedance.refreshLibrary()` lists again what is shown; `libraryFailed()` says that no answer came.
    """

    script = "library_grid"
    script_parts = (
        "library_words",
        "library_card",
        "library_preview",
        "library_tools",
        "library_toast",
        "library_import",
    )
    schema = {"type": "object"}
    template = """
      <section class="library-grid" aria-label="Library">
        <div class="lib-head">
          <h2>Library <span class="count"></span></h2>
          <div class="picked" role="group" aria-label="Selection" hidden>
            <b></b>
            <button type="button" class="btn tonal compare-picked" disabled>Compare</button>
            <button type="button" class="btn ghost unpick">Clear</button>
          </div>
          <button type="button" class="btn ghost import-run" hidden>
            <svg class="ic" aria-hidden="true"><use href="#i-down"></use></svg><span>Import a run</span></button>
          <input type="file" class="import-file" accept=".zip,application/zip" multiple hidden
            aria-label="Runs to import">
          <div class="lib-tools" role="search" aria-label="Find videos" hidden>
            <label class="search"><svg class="ic" aria-hidden="true"><use href="#i-search"></use></svg>
              <input type="search" placeholder="Search prompts" aria-label="Search prompts" maxlength="200"
                autocomplete="off"></label>
            <fieldset class="seg lib-show" role="radiogroup" aria-label="Show"><div class="wrap">
              <label><input type="radio" name="lib-show" value="" checked><span>All</span></label>
              <label><input type="radio" name="lib-show" value="text"><span>Text</span></label>
              <label><input type="radio" name="lib-show" value="frames"><span>Frames</span></label>
              <label><input type="radio" name="lib-show" value="references"><span>References</span></label>
            </div></fieldset>
            <button type="button" class="btn square only-favourites" aria-pressed="false" aria-label="Favourites only"
              title="Favourites only"><svg class="ic" aria-hidden="true"><use href="#i-star"></use></svg></button>
            <select data-filter="provider" aria-label="Provider filter"><option value="">Any provider</option></select>
            <select data-filter="date" aria-label="Date filter"><option value="">Any time</option>
              <option value="1">Today</option><option value="7">Last 7 days</option>
              <option value="30">Last 30 days</option></select>
            <select data-filter="order" aria-label="Order"><option value="newest">Newest first</option>
              <option value="oldest">Oldest first</option></select>
          </div>
        </div>
        <p class="lib-view" hidden><span></span>
          <button type="button" class="btn small">Show the whole library</button></p>
        <p class="vh lib-said" role="status"></p>
        <div class="lib-empty"><span>No videos yet. The first one appears here when it is ready.</span>
          <button type="button" class="btn small" hidden>Clear filters</button></div>
        <ul class="lib-cards" hidden></ul>
        <div class="lib-end">
          <button type="button" class="btn lib-more" hidden>Show more</button>
          <button type="button" class="linkish lib-bin" hidden></button>
        </div>
        <div class="lib-toast" hidden><span role="status"></span>
          <button type="button" class="btn small undo" aria-keyshortcuts="Control+Z Meta+Z">Undo</button>
          <button type="button" class="btn ghost small close" aria-label="Close"><svg class="ic" aria-hidden="true"><use
            href="#i-x"></use></svg></button></div>
      </section>"""

    def __init__(
        self,
        value: LibraryPageJson | None = None,
        *,
        current: str | None = None,
        providers: list[ProviderChoiceJson] | None = None,
        can_import: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make the grid.

        Args:
            value: The first page; None before it is known.
            current: job_id of the video in the player.
            providers: What can be filtered by.
            can_import: Whether runs that were exported elsewhere are taken in.
            **kwargs: For `gr.HTML`.
        """
        super().__init__(
            value, current=current or "", providers=providers or [], can_import=can_import, limits=_LIMITS, **kwargs
        )
