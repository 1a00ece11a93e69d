"""Handlers that keep the settings within what the chosen provider and tab offer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seedance_ui.services import Services
from seedance_ui.ui.examples_panel import strip_json
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.settings import fit_settings, follow_mode
from seedance_ui.ui.settings_panel import hint_json, settings_updates
from seedance_ui.ui.widgets.prompt_hint import prompt_hint_json

_OUTPUTS = 7
"""Examples, the prompt's hint, then the settings panel's hint, duration, Auto, resolution, aspect ratio."""


class FittingHandlers:
    """Follow the provider and the tab. Outputs: see `_OUTPUTS`."""

    def __init__(self, services: Services) -> None:
        self._offers = shown_offers(services)

    def on_choice(self, *inputs: Any) -> tuple[object, ...]:
        """Return what the chosen provider and tab offer; a setting that the provider lacks moves to a default."""
        values = FormValues(*inputs)
        offer = next((offer for offer in self._offers if offer.info.id == values.provider), None)
        if offer is None:
            return tuple(gr.skip() for _ in range(_OUTPUTS))
        mode = values.known_mode()
        fitted, moved = fit_settings(values.settings, offer.spec, mode)
        # The shape that a run brought with it stays: its tab is opened with it.
        fitted, followed = (fitted, ()) if values.known_parent() else follow_mode(fitted, offer.spec, mode)
        return (
            strip_json(mode, offer.info.id),
            prompt_hint_json(mode, offer.spec),
            hint_json(self._offers, offer.info.id, moved + followed),
            *settings_updates(offer, fitted),
        )


def on_auto(auto: object) -> object:
    """Switch the slider off while the provider chooses the length."""
    return gr.update(interactive=auto is not True)
