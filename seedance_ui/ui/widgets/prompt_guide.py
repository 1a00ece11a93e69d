"""The prompt guide: a button beside the prompt's label, and the dialog that it opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from seedance_ui.ui.prompt_guide import SOURCE_URL, GuideSection
from seedance_ui.ui.widgets.html_widget import DisplayWidget


class SectionJson(TypedDict):
    """One `GuideSection`."""

    title: str
    advice: str
    example: str
    snippets: list[str]
    mode: str | None


class GuideJson(TypedDict):
    """The value of the guide."""

    sections: list[SectionJson]
    source_url: str


class PromptGuide(DisplayWidget):
    """Shows a `GuideJson`; a snippet goes into the prompt by `assets/prompt_insert.js`."""

    script = "prompt_guide"
    template = """
      <button type="button" class="linkish guide-open" aria-haspopup="dialog">
        <svg class="ic" aria-hidden="true"><use href="#i-ask"></use></svg><span>Guide</span></button>
      <dialog class="sheet guide" aria-labelledby="guide-title">
        <div class="sheet-head"><div><h2 id="guide-title"></h2><p></p></div>
          <button type="button" class="btn ghost square" data-act="close">
            <svg class="ic" aria-hidden="true"><use href="#i-x"></use></svg></button></div>
        <div class="guide-sections"></div>
        <p class="hint guide-source"><a class="linkish" target="_blank" rel="noreferrer"></a></p>
      </dialog>"""


def guide_json(sections: Sequence[GuideSection]) -> GuideJson:
    """Return the guide for the page."""
    return {"sections": [_section_json(section) for section in sections], "source_url": SOURCE_URL}


def _section_json(section: GuideSection) -> SectionJson:
    return {
        "title": section.title,
        "advice": section.advice,
        "example": section.example,
        "snippets": list(section.snippets),
        "mode": section.mode.value if section.mode else None,
    }
