"""The prompt with its hint; `assets/prompt_box.js` adds what Gradio's text box lacks."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import Mode
from seedance_ui.ui.widgets.prompt_hint import PromptHint, prompt_hint_json


@dataclass(frozen=True, slots=True)
class PromptBox:
    """The components of the prompt."""

    prompt: gr.Textbox
    hint: PromptHint


def create_prompt_box(spec: ModelSpec) -> PromptBox:
    """Draw the prompt. No `max_length`: Gradio would cut what is pasted, and the engine says what is too long."""
    with gr.Column(elem_id="prompt-field"):
        prompt = gr.Textbox(
            label="Prompt",
            lines=4,
            max_lines=14,
            placeholder="Describe one shot: who or what, the action, the place, the light, the camera.",
            elem_id="prompt",
        )
        hint = PromptHint(prompt_hint_json(Mode.TEXT, spec), elem_id="prompt-hint")
    return PromptBox(prompt, hint)
