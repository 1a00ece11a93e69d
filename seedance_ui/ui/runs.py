"""What can be done with finished runs: remix, use the last frame, extend, compare. Draws the view, wires the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from seedance_ui.services import Services
from seedance_ui.ui.compare import CompareHandlers
from seedance_ui.ui.remix import RemixHandlers, on_failure
from seedance_ui.ui.widgets.compare_view import CompareView
from seedance_ui.ui.widgets.example_strip import ExampleStrip
from seedance_ui.ui.widgets.frame_slots import FrameSlots
from seedance_ui.ui.widgets.last_frames import LastFrames
from seedance_ui.ui.widgets.library_grid import LibraryGrid
from seedance_ui.ui.widgets.notice import Notice
from seedance_ui.ui.widgets.player import Player
from seedance_ui.ui.widgets.reference_tray import ReferenceTray

_FILLED_JS = "(parent) => { window.seedance.formFilled(parent); window.seedance.formChanged(); }"
"""Takes the person to the form, and asks for a look at it."""

_FRAMES_JS = "(mode, now, parent) => window.seedance.keptParent(mode === 'frames', [now?.first, now?.last], parent)"
_REFERENCES_JS = "(mode, now, parent) => window.seedance.keptParent(mode === 'references', now ?? [], parent)"


@dataclass(frozen=True, slots=True)
class RunParts:
    """The parts of the page that a finished run has to do with."""

    form: Sequence[gr.components.Component]
    """The form's inputs, in the order of `form.FormValues`."""
    filled: Sequence[Any]
    """What a run fills, in the order of `remix.Filling.outputs`."""
    mode: gr.Textbox
    parent: gr.Textbox
    frames: FrameSlots
    references: ReferenceTray
    examples: ExampleStrip
    notice: Notice
    last_frames: LastFrames
    player: Player
    library: LibraryGrid
    compare: CompareView
    state: gr.BrowserState


def create_compare_view() -> CompareView:
    """Draw the view, empty; it stands between the studio and the library, and takes their place."""
    with gr.Column(elem_id="compare-panel"):
        return CompareView(elem_id="compare")


def wire_runs(services: Services, parts: RunParts, private: dict[str, Any]) -> None:
    """Wire what a finished run can be used for.

    Args:
        services: The app.
        parts: Of the page.
        private: Options of an event that is no part of the API.
    """
    remix, compare = RemixHandlers(services), CompareHandlers(services)
    inputs, filled = [*parts.form, parts.state], list(parts.filled)
    for event, handler in (
        (parts.player.remix, remix.on_remix),
        (parts.compare.remix, remix.on_remix),
        (parts.player.use_last, remix.on_use_last),
        (parts.last_frames.use_last, remix.on_use_last),
        (parts.player.extend, remix.on_extend),
    ):
        asked = event(handler, inputs, filled, **private)
        asked.then(fn=None, js=_FILLED_JS, inputs=parts.parent, **private)
        asked.failure(on_failure, None, parts.notice, **private)
    parts.last_frames.newest(remix.on_newest, parts.state, parts.last_frames, **private)
    for asks in (parts.compare, parts.library):
        asks.compare(compare.on_compare, parts.state, parts.compare, **private)
    _wire_descent(parts, private)


def _wire_descent(parts: RunParts, private: dict[str, Any]) -> None:
    """Let the form forget the run that it came from, once nothing of it is left there."""
    for files, js in ((parts.frames, _FRAMES_JS), (parts.references, _REFERENCES_JS)):
        files.change(fn=None, js=js, inputs=[parts.mode, files, parts.parent], outputs=parts.parent, **private)
    parts.examples.pick(fn=None, js="() => ''", outputs=parts.parent, **private)
