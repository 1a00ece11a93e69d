"""The dialog behind `Fix it`: a file beside the copy that keeps the rules, and the way back afterwards."""

from __future__ import annotations

from typing import Any, Literal

from gradio.data_classes import FileData, GradioModel
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seedance_ui.ui.widgets.html_widget import FileWidget

Place = Literal["references", "frames"]
"""The widget whose files the dialog fixes."""

_MAX_KEY_CHARS = 40


class FixWish(BaseModel):
    """What a person wants fixed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=_MAX_KEY_CHARS)
    """The browser's name for this wish; the answer carries it."""
    target: str = Field(max_length=_MAX_KEY_CHARS)
    """A tag, or "first_frame" or "last_frame"."""
    focus: float = Field(0.5, ge=0, le=1)
    """As of `domain.fixes.Fix`."""
    start_s: float = Field(0.0, ge=0, le=86_400)
    """As of `domain.fixes.Fix`."""


class FixAnswer(GradioModel):
    """The dialog's value: the copy that was made, or why there is none."""

    id: str = ""
    """Of the wish."""
    error: str | None = None
    """What went wrong, in sentences."""
    changes: list[str] = []
    """What the copy differs in."""
    before: str = ""
    """Pixels, seconds and size of the source, in one line."""
    after: str = ""
    """The same of the copy."""
    file: FileData | None = None
    """The copy."""
    crop_axis: Literal["x", "y"] | None = None
    """Along which side the picture is cropped; None where all of it is kept."""
    kept_part: float = 1.0
    """How much of that side is kept, of 1."""
    latest_start_s: float = 0.0
    """How late the copy can begin; 0 where it is as long as the source."""


class FixDialog(FileWidget):
    """Shows a `FixAnswer`. Event: `fix` with a `FixWish`."""

    script = "fix_dialog"
    script_parts = ("fix_sides", "fix_choices")
    data_model = FixAnswer
    schema = FixAnswer.model_json_schema()
    template = """
      <dialog class="sheet fix-sheet">
        <div class="sheet-head"><div><h2></h2><p class="fix-lead"></p></div>
          <button type="button" class="btn ghost square fix-close">
            <svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg></button></div>
        <div class="fix-sides">
          <figure data-side="before">
            <figcaption></figcaption><div class="fix-media"></div><p class="fix-facts"></p></figure>
          <figure data-side="after">
            <figcaption></figcaption><div class="fix-media"></div><p class="fix-facts"></p></figure>
        </div>
        <div class="fix-choices">
          <label class="fix-focus" hidden><span></span><input type="range" min="0" max="100" step="1"></label>
          <label class="fix-start" hidden><span></span><input type="range" min="0" step="0.1"><output></output></label>
        </div>
        <ul class="fix-changes"></ul>
        <p class="fix-status" role="status"></p>
        <div class="fix-acts">
          <button type="button" class="btn tonal fix-use" aria-disabled="true"></button>
          <button type="button" class="btn fix-again" hidden></button>
          <button type="button" class="btn fix-keep"></button>
        </div>
      </dialog>
      <div class="fix-note" role="group" tabindex="-1" hidden>
        <p role="status"></p><button type="button" class="btn small fix-undo"></button></div>"""

    def __init__(self, value: FixAnswer | None = None, *, place: Place, **kwargs: Any) -> None:
        """Make a dialog, closed.

        Args:
            value: Its first answer.
            place: Whose files it fixes.
            **kwargs: For `gr.HTML`.
        """
        super().__init__(value, place=place, **kwargs)

    def preprocess(self, payload: object) -> None:
        """Ignore the client's value."""

    def postprocess(self, value: FixAnswer | None) -> FixAnswer:
        """Return the value on the wire."""
        return value or FixAnswer()


def parse_wish(data: object) -> FixWish | None:
    """Return what a browser wants fixed; None where it is not of the form."""
    try:
        return FixWish.model_validate(data)
    except ValidationError:
        return None
