"""The library below the studio."""

from __future__ import annotations

import gradio as gr

from seedance_ui.ui.widgets.library_grid import LibraryGrid


def create_library_panel() -> LibraryGrid:
    """Draw the panel."""
    with gr.Column(elem_id="library-panel"):
        return LibraryGrid(elem_id="library")
