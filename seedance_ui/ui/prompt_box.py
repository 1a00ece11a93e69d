"""The prompt with its hint; `assets/prompt_*.js` add what Gradio's text box lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import Mode
from seedance_ui.services import Services
from seedance_ui.ui.form import card_kind, read_mode
from seedance_ui.ui.prompt_guide import GUIDE
from seedance_ui.ui.widgets.dock import problem_json
from seedance_ui.ui.widgets.links import Given
from seedance_ui.ui.widgets.prompt_guide import PromptGuide, guide_json
from seedance_ui.ui.widgets.prompt_hint import PromptHint, prompt_hint_json


@dataclass(frozen=True, slots=True)
class PromptBox:
    """The components of the prompt."""

    prompt: gr.Textbox
    hint: PromptHint


def create_prompt_box(spec: ModelSpec) -> PromptBox:
    """Draw the prompt. No `max_length`: Gradio would cut what is pasted, and the engine says what is too long."""
    with gr.Column(elem_id="prompt-field"):
        PromptGuide(guide_json(GUIDE), elem_id="prompt-guide")
        prompt = gr.Textbox(
            label="Prompt",
            lines=4,
            max_lines=14,
            placeholder="Describe one shot: who or what, the action, the place, the light, the camera.",
            elem_id="prompt",
        )
        hint = PromptHint(prompt_hint_json(Mode.TEXT, spec), elem_id="prompt-hint")
    return PromptBox(prompt, hint)


class PromptHandlers:
    """Look at a prompt without sending it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def on_rest(self, mode: object, prompt: object, provider: object, references: Sequence[Given]) -> object:
        """Say what is wrong with the words once typing rests; no file is opened for it. Output: the hint."""
        words = prompt if isinstance(prompt, str) else ""
        counts = Counter(card_kind(given) for given in references)
        found = self._services.check_prompt(words, str(provider), read_mode(mode), counts)
        return gr.update(problems=[problem_json(problem) for problem in found])


def wire_prompt(
    services: Services, box: PromptBox, form: Sequence[gr.components.Component], private: Mapping[str, Any]
) -> None:
    """Look at the prompt whenever it comes to rest.

    Args:
        services: Who knows the rules.
        box: The prompt.
        form: Mode, prompt, provider and references.
        private: Options of an event of the page.
    """
    box.hint.rest(PromptHandlers(services).on_rest, list(form), box.hint, trigger_mode="always_last", **private)
