"""The tab that starts from a first frame, and may end at a last one."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from seedance_ui.domain.request import Mode
from seedance_ui.ui.widgets.fix_dialog import FixDialog
from seedance_ui.ui.widgets.frame_slots import FrameSlots
from seedance_ui.ui.widgets.last_frames import LastFrames


@dataclass(frozen=True, slots=True)
class FramesTab:
    """The components of the tab."""

    tab: gr.Tab
    frames: FrameSlots
    fix: FixDialog
    last_frames: LastFrames


def create_frames_tab() -> FramesTab:
    """Draw the tab."""
    with gr.Tab("First & last frame", id=Mode.FRAMES.value) as tab, gr.Column(elem_classes="tab-media"):
        frames = FrameSlots(elem_id="frames")
        fix = FixDialog(place="frames", elem_id="fix-frames")
        last_frames = LastFrames(elem_id="last-frames")
    return FramesTab(tab, frames, fix, last_frames)
