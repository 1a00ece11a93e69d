"""Draft: the lowest resolution and the shortest length, and what it gives way to when it is switched off."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from seedance_ui.domain.model_spec import ModelSpec
from seedance_ui.domain.request import Mode
from seedance_ui.services import Services
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.settings import Settings, fit_settings
from seedance_ui.ui.settings_panel import SettingsPanel, settings_updates

_COVERED = ("duration_s", "auto_duration", "resolution")
"""The settings that Draft decides."""

_OFF_JS = "() => [false, '']"


def as_draft(settings: Settings, spec: ModelSpec) -> Settings:
    """Return settings for a cheap first look at a provider."""
    return replace(settings, duration_s=spec.min_duration_s, auto_duration=False, resolution=spec.lowest_resolution())


def cover(settings: Settings) -> str:
    """Return what Draft gives way to, as the page keeps it."""
    return json.dumps({name: getattr(settings, name) for name in _COVERED})


def uncover(settings: Settings, beneath: object) -> Settings:
    """Return settings with what `cover` kept; as they are where a browser sent no such thing."""
    try:
        kept = json.loads(beneath) if isinstance(beneath, str) else None
    except (ValueError, RecursionError):
        kept = None
    if not isinstance(kept, dict):
        return settings
    return replace(settings, **{name: kept[name] for name in _COVERED if name in kept})


class DraftHandlers:
    """Switch Draft on and off."""

    def __init__(self, services: Services) -> None:
        self._offers = {offer.info.id: offer for offer in shown_offers(services)}

    def on_draft(
        self, draft: object, provider: object, duration_s: object, auto: object, resolution: object, beneath: object
    ) -> tuple[object, ...]:
        """Put a draft's settings in the place of what stands there, or put that back.

        Outputs: duration, Auto, resolution, what Draft gives way to.
        """
        offer = self._offers.get(str(provider))
        if offer is None:
            return tuple(gr.skip() for _ in range(4))
        shown = Settings(duration_s=duration_s, auto_duration=auto, resolution=resolution)
        if draft is True:
            return (*settings_updates(offer, as_draft(shown, offer.spec), shown)[:3], cover(shown))
        before, _ = fit_settings(uncover(shown, beneath), offer.spec, Mode.TEXT)
        return (*settings_updates(offer, before, shown)[:3], "")


def wire_draft(
    services: Services, settings: SettingsPanel, replaced_by: Sequence[Any], private: Mapping[str, Any]
) -> None:
    """Switch Draft by its box, and off by whatever else decides its settings.

    Args:
        services: Who knows the providers.
        settings: The panel.
        replaced_by: Events that bring settings of their own.
        private: Options of an event of the page.
    """
    decided: list[Any] = [settings.duration, settings.auto_duration, settings.resolution]
    settings.draft.input(
        DraftHandlers(services).on_draft,
        [settings.draft, settings.provider, *decided, settings.beneath],
        [*decided, settings.beneath],
        trigger_mode="always_last",
        **private,
    )
    off: list[Any] = [settings.draft, settings.beneath]
    for event in (*(one.input for one in decided), *replaced_by):
        event(fn=None, js=_OFF_JS, outputs=off, **private)
