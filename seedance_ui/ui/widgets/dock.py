"""The dock at the foot of the form: the price, what is left to fix, and Generate."""

from __future__ import annotations

from typing import Any, TypedDict

from seedance_ui.domain.pricing import CostJson
from seedance_ui.domain.validation import Problem
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class ProblemJson(TypedDict):
    """A problem as the page shows it."""

    field: str
    message: str
    severity: str
    at_card: bool
    """True where the file's own card says it; the page then only counts it."""


class DockJson(TypedDict):
    """The value of the dock: the form as it stands."""

    price: str
    total: CostJson
    """The same as figures: what a click may cost at most."""
    parts: list[str]
    """What the price consists of; nothing where it is not known."""
    notes: list[str]
    """Where its numbers come from, and who charges."""
    summary: str
    """The chosen settings in a few words."""
    files: list[ProblemJson]
    """What the files of the chosen tab have."""
    about: str
    """Tab, provider and files: when these change, what Generate found before is out of date."""


class ReplyJson(TypedDict):
    """The answer to a click on Generate."""

    id: str
    """Another one for each answer: the page tells a new answer from an old one by it."""
    sent: bool
    """Whether there is a job now."""
    about: str | None
    """As of the value: what the problems are about; None where there are none."""
    problems: list[ProblemJson]
    """What stopped it."""


class Dock(DisplayWidget):
    """Shows a `DockJson`; `reply` takes a `ReplyJson`.

    Events: `generate`; `look` when the form has come to rest after a change, and its price is wanted.
    """

    script = "dock"
    script_parts = ("dock_price",)
    template = """
      <div class="dock">
        <div class="price">
          <details class="price-of"><summary><b id="price-now"></b>
              <svg class="ic" aria-hidden="true"><use href="#i-ask"></use></svg>
              <span class="vh">What it consists of</span></summary>
            <div class="price-parts"><ul></ul><div class="notes"></div></div></details>
          <span class="summary"></span>
          <button type="button" class="todo" hidden>
            <svg class="ic" aria-hidden="true"><use href="#i-warn"></use></svg><span></span></button></div>
        <button type="button" class="linkish code-link" data-code="form">Code</button>
        <button type="button" id="generate" class="btn primary big" aria-disabled="false"
          aria-describedby="price-now">Generate</button>
      </div>"""

    def __init__(self, value: DockJson | None = None, *, reply: ReplyJson | None = None, **kwargs: Any) -> None:
        """Make a dock."""
        super().__init__(value, reply=reply, **kwargs)


def problem_json(problem: Problem, *, at_card: bool = False) -> ProblemJson:
    """Return a problem for the page."""
    return {
        "field": problem.field,
        "message": problem.message,
        "severity": problem.severity,
        "at_card": at_card,
    }
