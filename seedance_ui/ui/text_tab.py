"""The tab that starts from words alone: everything it needs stands below, shared by all tabs."""

from __future__ import annotations

import gradio as gr

from seedance_ui.domain.request import Mode


def create_text_tab() -> gr.Tab:
    """Draw the tab."""
    return gr.Tab("Text", id=Mode.TEXT.value)
