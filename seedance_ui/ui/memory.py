"""What this browser remembers of the settings, put back when the page opens.

Never the prompt, the seed or files; and never how many videos, since that is money. A provider is remembered only once
a person has picked it, so that nothing paid is chosen for anybody who never chose it here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr

from seedance_ui.domain.request import Mode
from seedance_ui.providers.offers import Offer
from seedance_ui.services import Services
from seedance_ui.ui.ending import run_at_end
from seedance_ui.ui.fitting import OUTPUTS, follow_offer
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.settings import Settings, fit_settings, follow_mode
from seedance_ui.ui.settings_panel import SettingsPanel

REMEMBER_JS = "(...v) => { window.seedance.rememberSettings(...v); }"
"""Takes `remembered_inputs`."""

_MOVED_JS = "(...v) => { window.seedance.rememberSettings(...v, false, ''); }"
"""Takes them without the last two: who moves a setting of Draft's leaves Draft."""

_CHOSEN_JS = "(...v) => { window.seedance.providerChosen(v[0]); window.seedance.rememberSettings(...v); }"
_READ_JS = "() => [window.seedance.settingsToRecall()]"
_RECALLED_JS = "() => { window.seedance.settingsRecalled(); }"

T = TypeVar("T", str, int, bool)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a browser remembers; values of a wrong type are the page's defaults."""

    provider: str | None
    """Id of the one that was picked last; None where none ever was."""
    settings: Settings
    """What stands there while Draft is off."""
    draft: bool


def read_memory(kept: object) -> Remembered | None:
    """Return what a browser sent; None where it remembers nothing."""
    try:
        found = json.loads(kept) if isinstance(kept, str) and kept else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return None
    default = Settings()
    settings = Settings(
        duration_s=_typed(found, "duration_s", int, default.duration_s),
        auto_duration=_typed(found, "auto_duration", bool, default.auto_duration),
        resolution=_typed(found, "resolution", str, default.resolution),
        aspect_ratio=_typed(found, "aspect_ratio", str, default.aspect_ratio),
        generate_audio=_typed(found, "generate_audio", bool, default.generate_audio),
    )
    return Remembered(_typed(found, "provider", str, None), settings, _typed(found, "draft", bool, False) is True)


def _typed(found: Mapping[str, Any], name: str, kind: type[T], default: Any) -> Any:
    value = found.get(name)
    return value if type(value) is kind else default


class MemoryHandlers:
    """Put back what a browser remembers."""

    def __init__(self, services: Services) -> None:
        self._offers = shown_offers(services)

    def on_load(self, kept: object) -> tuple[object, ...]:
        """Return the remembered settings, as far as they can be had now. Outputs: as of `wire_memory`."""
        remembered = read_memory(kept)
        if remembered is None:
            return tuple(gr.skip() for _ in range(3 + OUTPUTS))
        offer, told = self._offer_for(remembered.provider)
        settings, moved = fit_settings(remembered.settings, offer.spec, Mode.TEXT)
        settings, followed = follow_mode(settings, offer.spec, Mode.TEXT)
        following = follow_offer(
            self._offers, offer, settings, mode=Mode.TEXT, draft=remembered.draft, moved=(*told, *moved, *followed)
        )
        return (offer.info.id, settings.generate_audio, remembered.draft, *following)

    def _offer_for(self, provider: str | None) -> tuple[Offer, tuple[str, ...]]:
        """Return the provider that was picked last, or a free one with a sentence on why not that one."""
        free = next((one for one in self._offers if one.available and not one.info.needs_key), self._offers[0])
        if provider is None:
            return free, ()
        picked = next((one for one in self._offers if one.info.id == provider), None)
        if picked is None:
            return free, (f"The provider that you picked last is not offered here. It is now {free.info.label}.",)
        if picked.reason is not None:
            return free, (f"{picked.reason} The provider is now {free.info.label}.",)
        return picked, ()


def wire_memory(
    services: Services, settings: SettingsPanel, following: list[Any], demo: gr.Blocks, private: Mapping[str, Any]
) -> None:
    """Remember what a person chooses, and put it back when the page opens.

    Args:
        services: Who knows the providers.
        settings: The panel.
        following: What follows a provider, in the order of `follow_offer`.
        demo: The page.
        private: Options of an event of the page.
    """
    everything = remembered_inputs(settings)
    decided: list[Any] = [settings.duration, settings.auto_duration, settings.resolution]
    others: list[Any] = [settings.aspect_ratio, settings.sound, settings.draft]
    settings.provider.input(fn=None, js=_CHOSEN_JS, inputs=everything, **private)
    gr.on([one.input for one in decided], fn=None, js=_MOVED_JS, inputs=everything[:-2], **private)
    gr.on([one.input for one in others], fn=None, js=REMEMBER_JS, inputs=everything, **private)
    # Never shown and never written: the browser puts what it remembers in its place.
    kept = gr.Textbox(visible=False)
    outputs: list[Any] = [settings.provider, settings.sound, settings.draft, *following]
    recalled = demo.load(MemoryHandlers(services).on_load, kept, outputs, js=_READ_JS, **private)
    run_at_end(recalled, _RECALLED_JS, private)


def remembered_inputs(settings: SettingsPanel) -> list[gr.components.Component]:
    """Return what `rememberSettings` takes, in its order."""
    return [
        settings.provider,
        settings.duration,
        settings.auto_duration,
        settings.resolution,
        settings.aspect_ratio,
        settings.sound,
        settings.draft,
        settings.beneath,
    ]
