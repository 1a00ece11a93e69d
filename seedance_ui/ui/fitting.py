"""Handlers that keep the settings within what the chosen provider and tab offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seedance_ui.domain.request import Mode
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui.draft import as_draft, cover, uncover
from seedance_ui.ui.examples_panel import strip_json
from seedance_ui.ui.form import FormValues
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.settings import Settings, fit_settings, follow_mode
from seedance_ui.ui.settings_panel import hint_json, settings_updates
from seedance_ui.ui.widgets.prompt_hint import prompt_hint_json

OUTPUTS = 8
"""Examples, prompt's hint, settings panel's hint, duration, Auto, resolution, aspect ratio, what Draft covers."""


class FittingHandlers:
    """Follow the provider and the tab. Outputs: see `OUTPUTS`."""

    def __init__(self, services: Services) -> None:
        self._offers = shown_offers(services)

    def on_choice(self, *inputs: Any) -> tuple[object, ...]:
        """Return what the chosen provider and tab offer; a setting that the provider lacks moves to a default."""
        values = FormValues(*inputs)
        offer = next((offer for offer in self._offers if offer.info.id == values.provider), None)
        if offer is None:
            return tuple(gr.skip() for _ in range(OUTPUTS))
        mode, draft = values.known_mode(), values.draft is True
        settings = uncover(values.settings, values.beneath) if draft else values.settings
        fitted, moved = fit_settings(settings, offer.spec, mode)
        # The shape that a run brought with it stays: its tab is opened with it.
        fitted, followed = (fitted, ()) if values.known_parent() else follow_mode(fitted, offer.spec, mode)
        return follow_offer(
            self._offers, offer, fitted, mode=mode, draft=draft, moved=moved + followed, shown=values.settings
        )


def follow_offer(
    offers: Sequence[Offer],
    offer: Offer,
    settings: Settings,
    *,
    mode: Mode,
    draft: bool,
    moved: Sequence[str],
    shown: Settings | None = None,
) -> tuple[object, ...]:
    """Return updates for everything that follows a provider; see `OUTPUTS`.

    Args:
        offers: Every provider of the picker.
        offer: The chosen one.
        settings: Fitted to it, as they are without Draft.
        mode: The tab.
        draft: Whether Draft is on.
        moved: Sentences on what had to move.
        shown: As of `settings_updates`.
    """
    return (
        strip_json(mode, offer.info.id),
        prompt_hint_json(mode, offer.spec),
        hint_json(offers, offer.info.id, moved),
        *settings_updates(offer, as_draft(settings, offer.spec) if draft else settings, shown),
        cover(settings) if draft else "",
    )


def on_auto(auto: object) -> object:
    """Switch the slider off while the provider chooses the length."""
    return gr.update(interactive=auto is not True)
