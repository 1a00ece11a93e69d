"""`Fix it`: make the copy that a problem's plan describes and show it beside the file; the page swaps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seedance_ui.domain.fixes import Fix, describe
from seedance_ui.domain.media import MediaFile
from seedance_ui.errors import SeedanceError
from seedance_ui.services import Services
from seedance_ui.ui.form import FormValues, collect, fact_line
from seedance_ui.ui.frames_tab import FramesTab
from seedance_ui.ui.messages import problem_for
from seedance_ui.ui.quote import card_key
from seedance_ui.ui.references_tab import ReferencesTab
from seedance_ui.ui.widgets.fix_dialog import FixAnswer, FixDialog, FixWish, parse_wish
from seedance_ui.ui.widgets.html_widget import UploadedFile

_NOTHING_TO_FIX = "There is nothing to fix here any more."


class FixHandlers:
    """Answer the dialog of one tab."""

    def __init__(self, services: Services, dialog: FixDialog) -> None:
        self._services = services
        self._dialog = dialog

    async def on_fix(self, event: gr.EventData, *inputs: Any) -> object:
        """Make the copy of one file of the form. Output: the dialog."""
        wish = parse_wish(event._data)
        if wish is None:
            return gr.skip()
        values = FormValues(*inputs)
        try:
            fix = await self._find(values, wish)
            if fix is None:
                return FixAnswer(id=wish.id, error=_NOTHING_TO_FIX)
            copy = await self._services.fix(fix, self._services.spec(str(values.provider)))
        except SeedanceError as exc:
            problem = problem_for(exc)
            return FixAnswer(id=wish.id, error=str(exc) or problem.title)
        return self._answer(wish, fix, copy)

    async def _find(self, values: FormValues, wish: FixWish) -> Fix | None:
        collected = await collect(self._services, values)
        found = map(collected.at_its_card, self._services.check(collected.request))
        problems = [*collected.problems, *found]
        fixes = (problem.fix for problem in problems if problem.fix and card_key(problem, collected) == wish.target)
        fix = next(fixes, None)
        return fix.placed(focus=wish.focus, start_s=wish.start_s) if fix else None

    def _answer(self, wish: FixWish, fix: Fix, copy: MediaFile) -> FixAnswer:
        axis, part = crop_of(fix)
        return FixAnswer(
            id=wish.id,
            changes=describe(fix),
            before=facts_text(fix.source),
            after=facts_text(copy),
            file=self._dialog.write_file(UploadedFile(str(copy.path), copy.name)),
            crop_axis=axis,
            kept_part=part,
            latest_start_s=round(fix.latest_start_s, 1),
        )


def wire_fix(
    services: Services,
    frames: FramesTab,
    references: ReferencesTab,
    inputs: Sequence[gr.components.Component],
    private: dict[str, Any],
) -> None:
    """Wire the dialogs of both tabs.

    Args:
        services: What makes the copies.
        frames: The tab of the frames.
        references: The tab of the references.
        inputs: The form, in the order of `FormValues`.
        private: Keywords of every event of the page.
    """
    for tab, dialog in (("frames", frames.fix), ("references", references.fix)):
        handlers = FixHandlers(services, dialog)
        asked = dialog.fix(handlers.on_fix, inputs, dialog, trigger_mode="multiple", **private)
        asked.failure(fn=None, js=f"() => window.seedance.fixDialogs.{tab}.fail()", **private)


def crop_of(fix: Fix) -> tuple[Any, float]:
    """Return along which axis a picture is cropped ("x", "y" or None), and how much of it is kept, of 1."""
    if not fix.is_cropped or fix.crop_px is None or not fix.source.width_px or not fix.source.height_px:
        return None, 1.0
    width, height = fix.crop_px[0] / fix.source.width_px, fix.crop_px[1] / fix.source.height_px
    return ("x", width) if width < height else ("y", height)


def facts_text(file: MediaFile) -> str:
    """Return pixels, seconds and size in one line: "1920 × 1080 · 6.0 s · 4.2 MB"."""
    seconds = f"{file.duration_s:.1f} s" if file.duration_s is not None else ""
    size = f"{max(0.1, file.size_bytes / 1_000_000):.1f} MB"
    return " · ".join(dict.fromkeys(part for part in (fact_line(file), seconds, size) if part))
