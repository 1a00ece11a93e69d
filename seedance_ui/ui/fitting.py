"""Handlers that keep the settings within what the chosen provider and tab offer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seedance_ui.services import Services
from seedance_ui.ui.examples_panel import strip_json
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.settings import fit_settings, follow_mode
from seedance_ui.ui.settings_panel import hint_json, settings_updates
from seedance_ui.ui.widgets.prompt_hint import prompt_hint_json

_SETTINGS_OUTPUTS = 5
"""The hint, duration, Auto, resolution, aspect ratio."""


class FittingHandlers:
    """Follow the provider and the tab."""

    def __init__(self, services: Services) -> None:
        self._offers = services.offers()

    def on_provider(self, *inputs: Any) -> tuple[object, ...]:
        """Return the hint and the settings for the chosen provider; what it lacks moves to a default."""
        return self._fit(FormValues(*inputs))

    def on_mode(self, *inputs: Any) -> tuple[object, ...]:
        """Return the examples and the prompt's hint for the chosen tab, then what `on_provider` returns."""
        values = FormValues(*inputs)
        mode = values.known_mode()
        offer = next((offer for offer in self._offers if offer.info.id == values.provider), self._offers[0])
        return strip_json(mode), prompt_hint_json(mode, offer.spec), *self._fit(values)

    def _fit(self, values: FormValues) -> tuple[object, ...]:
        offer = next((offer for offer in self._offers if offer.info.id == values.provider), None)
        if offer is None:
            return tuple(gr.skip() for _ in range(_SETTINGS_OUTPUTS))
        mode = values.known_mode()
        fitted, moved = fit_settings(values.settings, offer.spec, mode)
        fitted, followed = follow_mode(fitted, offer.spec, mode)
        return hint_json(self._offers, offer.info.id, moved + followed), *settings_updates(offer, fitted)


def on_auto(auto: object) -> object:
    """Switch the slider off while the provider chooses the length."""
    return gr.update(interactive=auto is not True)
