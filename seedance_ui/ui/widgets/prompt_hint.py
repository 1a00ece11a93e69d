"""The line beside the prompt's label: how references are named, and the count near the limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import Mode
from seedance_ui.ui.widgets.dock import ProblemJson
from seedance_ui.ui.widgets.html_widget import DisplayWidget

_TIPS = {
    Mode.TEXT: "",
    Mode.FRAMES: "what happens between the frames",
    Mode.REFERENCES: "type @ to mention a reference",
}


class PromptHintJson(TypedDict):
    """The value of the line."""

    tip: str
    limit: int
    """Characters that the provider takes."""


class PromptHint(DisplayWidget):
    """Shows a `PromptHintJson`; `assets/prompt_box.js` counts.

    Event: `rest`, a moment after the prompt, the references or the tab changed, where something may be wrong with the
    words. The prop `problems`, a list of `ProblemJson`, is the answer.
    """

    script = "prompt_hint"
    template = """
      <p class="hint prompt-hint" id="prompt-hint-text">
        <span class="tip"></span><span class="choosing"></span><span class="count"></span>
      </p>
      <p class="vh said" role="status"></p>"""

    def __init__(
        self, value: PromptHintJson | None = None, *, problems: Sequence[ProblemJson] = (), **kwargs: Any
    ) -> None:
        """Make the line, with what is wrong with the prompt."""
        super().__init__(value, problems=list(problems), **kwargs)


def prompt_hint_json(mode: Mode, spec: ModelSpec) -> PromptHintJson:
    """Return the line for a tab; it says where the files alone are enough, and where they are not."""
    need = "Optional" if mode in spec.prompt_optional_modes else "Needed" if mode is not Mode.TEXT else ""
    return {"tip": " · ".join(part for part in (need, _TIPS[mode]) if part), "limit": spec.max_prompt_chars}
