"""The seed: a box that may stay empty, and dice that fill it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.services import Services
from seedance_ui.ui.offers import shown_offers


class SeedBox(gr.Number):
    """A number that may be left empty, and that the engine checks.

    Gradio 6.31 starts a Number without value at 0 (its script says `value ??= 0`), and 0 is a seed. An empty
    string is what the script leaves alone.
    """

    def preprocess(self, payload: object) -> Any:
        """Return what the browser sent; None for an empty box."""
        return None if payload == "" else payload

    def postprocess(self, value: Any) -> Any:
        """Return the seed for the browser."""
        return "" if value is None else value

    def get_block_name(self) -> str:
        """Return the name of Gradio's own script for this component."""
        return "number"


@dataclass(frozen=True, slots=True)
class SeedField:
    """The components of the seed."""

    seed: SeedBox
    dice: gr.Button


def create_seed_field() -> SeedField:
    """Draw the box and the dice."""
    with gr.Row(elem_id="seed-row", equal_height=False):
        seed = SeedBox(value=None, label="Seed", placeholder="Random", elem_id="seed", min_width=0)
        dice = gr.Button("Draw a seed", elem_id="draw-seed", min_width=0)
    return SeedField(seed, dice)


class SeedHandlers:
    """Draw seeds."""

    def __init__(self, services: Services) -> None:
        self._largest = {offer.info.id: offer.spec.max_seed for offer in shown_offers(services)}

    def on_dice(self, provider: object) -> int:
        """Return a seed that the chosen provider takes. Output: the seed."""
        return secrets.randbelow(self._largest.get(str(provider), MAX_SEED) + 1)


def wire_seed(services: Services, field: SeedField, provider: gr.Radio, private: Mapping[str, Any]) -> None:
    """Let the dice fill the box.

    Args:
        services: Who knows the providers.
        field: The box and the dice.
        provider: The picker.
        private: Options of an event of the page.
    """
    field.dice.click(SeedHandlers(services).on_dice, provider, field.seed, **private)
