"""The drawer with a request as code."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from seedance_ui.services.writing import CodeJson
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class DrawerJson(TypedDict):
    """What the drawer shows."""

    id: str
    """Of the question; empty for one without."""
    about: Literal["form", "job"]
    code: CodeJson | None
    problems: list[str]
    """Why there is no code, in sentences."""


class CodeDrawer(DisplayWidget):
    """Shows a `DrawerJson`, in a dialog that any button with `data-code` opens: `form`, or the `job` around it.

    Events: `of_form` with `{"id": text, "origin": url}`; `of_job` with the same and `"job": job_id`. They come from
    the browser and are checked as such.
    """

    script = "code_drawer"
    script_parts = ("code_colours",)
    template = """
      <dialog class="drawer" aria-labelledby="code-title">
        <div class="drawer-head">
          <div><h2 id="code-title"></h2><p class="about"></p></div>
          <button type="button" class="btn ghost square" data-act="close" aria-label="Close">
            <svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg></button>
        </div>
        <div class="languages" role="tablist" aria-label="Language"></div>
        <div class="code" role="tabpanel" id="code-panel" tabindex="0"><pre><code></code></pre></div>
        <div class="no-code" role="alert" hidden></div>
        <div class="drawer-foot">
          <p class="lock"><svg class="ic" aria-hidden="true"><use href="#i-lock"></use></svg><span></span></p>
          <button type="button" class="btn primary copy">
            <svg class="ic" aria-hidden="true"><use href="#i-copy"></use></svg><span>Copy</span></button>
        </div>
        <p class="vh said" role="status"></p>
      </dialog>"""

    def __init__(self, value: DrawerJson | None = None, **kwargs: Any) -> None:
        """Make a drawer, closed."""
        super().__init__(value, **kwargs)
