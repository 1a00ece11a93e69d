"""The tab whose images, videos and audio are named in the prompt."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from seedance_ui.domain.request import Mode
from seedance_ui.ui.widgets.fix_dialog import FixDialog
from seedance_ui.ui.widgets.reference_tray import ReferenceTray


@dataclass(frozen=True, slots=True)
class ReferencesTab:
    """The components of the tab."""

    tab: gr.Tab
    references: ReferenceTray
    fix: FixDialog


def create_references_tab() -> ReferencesTab:
    """Draw the tab."""
    with gr.Tab("References", id=Mode.REFERENCES.value) as tab, gr.Column(elem_classes="tab-media"):
        references = ReferenceTray(elem_id="references")
        fix = FixDialog(place="references", elem_id="fix-references")
    return ReferencesTab(tab, references, fix)
