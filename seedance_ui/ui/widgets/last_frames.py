"""The way from a finished video to the first frame of the next one, beside the frame slots."""

from __future__ import annotations

from typing import TypedDict

from seedance_ui.ui.widgets.html_widget import DisplayWidget


class VideoJson(TypedDict):
    """One finished video to choose from."""

    job_id: str
    prompt: str
    poster_url: str


class LastFrames(DisplayWidget):
    """A button that opens a list of the newest finished videos (`VideoJson`).

    Events, from the browser and checked as such: `newest` when the list opens and wants its items, `use_last` with
    `{"job": job_id}`.
    """

    script = "last_frames"
    schema = {"type": "array", "items": {"type": "object"}}
    template = """
      <div class="last-frames">
        <button type="button" class="btn small" aria-expanded="false">
          <svg class="ic" aria-hidden="true"><use href="#i-last"></use></svg><span>Use last frame of…</span></button>
        <ul aria-label="Finished videos" hidden></ul>
        <p class="hint" aria-live="polite"></p>
      </div>"""
