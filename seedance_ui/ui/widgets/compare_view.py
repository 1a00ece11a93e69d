"""Two finished videos in step, and what was different when they were made."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.domain.library_item import LibraryItemJson
from seedance_ui.domain.pricing import CostJson
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class SegmentJson(TypedDict):
    """A piece of a prompt."""

    text: str
    differs: bool


ValueJson = str | int | float | bool | list[str] | list[SegmentJson] | CostJson | None


class RowJson(TypedDict):
    """One setting, or what came of it, in both runs; the page words names and values."""

    name: str
    a: ValueJson
    b: ValueJson
    differs: bool


class CompareJson(TypedDict):
    """The value of the view."""

    a: LibraryItemJson
    b: LibraryItemJson
    rows: list[RowJson]
    fps: int
    """Frames a second of both videos."""


class CompareView(DisplayWidget):
    """Shows a `CompareJson` in place of studio and library, or nothing.

    Also the way there from the player: a bar above the library says that the other run is to be chosen there.

    Events, from the browser and checked as such: `compare` with `{"jobs": [job_id, job_id]}` when the other run was
    chosen, `remix` with `{"job": job_id}`.
    """

    script = "compare_view"
    script_parts = ("compare_step", "compare_table", "compare_pick")
    template = """
      <div class="cmp-pick" role="group" aria-label="Choose the other run" hidden>
        <p aria-live="polite"></p><button type="button" class="btn small">Cancel</button>
      </div>
      <section class="compare" aria-label="Compare" hidden>
        <div class="cmp-head"><h2 tabindex="-1">Compare two runs</h2>
          <button type="button" class="btn close"><svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg>
            <span>Close</span></button></div>
        <div class="pair">
          <figure data-side="a"></figure>
          <figure data-side="b"></figure>
        </div>
        <div class="sync">
          <button type="button" class="btn primary round play" aria-keyshortcuts="Space">
            <svg class="ic" aria-hidden="true"><use href="#i-play"></use></svg></button>
          <button type="button" class="btn square back" aria-keyshortcuts=",">
            <svg class="ic" aria-hidden="true"><use href="#i-prev"></use></svg></button>
          <button type="button" class="btn square forward" aria-keyshortcuts=".">
            <svg class="ic" aria-hidden="true"><use href="#i-next"></use></svg></button>
          <span class="tnum now"></span>
          <input type="range" min="0" step="0.01" value="0">
          <span class="tnum length"></span>
          <fieldset class="sounds seg"></fieldset>
        </div>
        <table class="diff panel"></table>
      </section>"""
