"""The settings below the prompt: provider, duration, resolution, sound, draft, aspect ratio, variations, seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from seedance_ui.domain.request import Mode
from seedance_ui.providers.offers import Offer
from seedance_ui.services import MAX_BATCH
from seedance_ui.ui.messages import ratio_text
from seedance_ui.ui.seed import SeedField, create_seed_field
from seedance_ui.ui.settings import DEFAULT_DURATION_S, Settings
from seedance_ui.ui.widgets.provider_hint import ProviderHint, ProviderHintJson


class Choice(gr.Radio):
    """A radio group whose value the engine checks.

    Gradio compares a value with the choices that it remembers for a session. After a restart it remembers
    the first ones only, and would refuse what an open page still offers.
    """

    def preprocess(self, payload: object) -> Any:
        """Return what the browser sent."""
        return payload

    def get_block_name(self) -> str:
        """Return the name of Gradio's own script for this component."""
        return "radio"


@dataclass(frozen=True, slots=True)
class SettingsPanel:
    """The components of the panel."""

    provider: gr.Radio
    provider_hint: ProviderHint
    duration: gr.Slider
    auto_duration: gr.Checkbox
    resolution: gr.Radio
    aspect_ratio: gr.Radio
    sound: gr.Checkbox
    draft: gr.Checkbox
    beneath: gr.Textbox
    """What Draft gives way to, while it is on; see `draft.py`."""
    variations: gr.Radio
    """How many videos one click makes."""
    seed: SeedField

    @property
    def values(self) -> list[gr.components.Component]:
        """The inputs in the order of `form.FormValues`, from `provider` to `seed`."""
        return [
            self.provider,
            self.duration,
            self.auto_duration,
            self.resolution,
            self.aspect_ratio,
            self.sound,
            self.seed.seed,
        ]

    @property
    def fitted(self) -> list[gr.components.Component]:
        """What moves with the provider: the hint, then what `settings_updates` writes to."""
        return [self.provider_hint, self.duration, self.auto_duration, self.resolution, self.aspect_ratio]


def create_settings_panel(offers: Sequence[Offer]) -> SettingsPanel:
    """Draw the panel for the first provider."""
    spec = offers[0].spec
    provider = Choice(
        [(offer.info.label, offer.info.id) for offer in offers],
        value=offers[0].info.id,
        label="Provider",
        elem_id="provider",
        elem_classes="seg",
    )
    provider_hint = ProviderHint(hint_json(offers, offers[0].info.id), elem_id="provider-hint")
    with gr.Row(elem_classes="two", equal_height=False):
        with gr.Column(min_width=0):
            duration = gr.Slider(
                spec.min_duration_s,
                spec.max_duration_s,
                DEFAULT_DURATION_S,
                step=1,
                label="Duration",
                elem_id="duration",
                buttons=[],
            )
            auto_duration = gr.Checkbox(
                label="Auto duration", elem_id="auto-duration", elem_classes="check", visible=spec.auto_duration
            )
        with gr.Column(min_width=0):
            resolution = Choice(
                list(spec.resolutions),
                value=spec.default_resolution(),
                label="Resolution",
                elem_id="resolution",
                elem_classes="seg",
            )
            with gr.Row(elem_classes="checks", equal_height=False):
                sound = gr.Checkbox(value=True, label="Sound", elem_id="sound", elem_classes="check", min_width=0)
                draft = gr.Checkbox(
                    label="Draft", info="480p, shortest", elem_id="draft", elem_classes="check", min_width=0
                )
                beneath = gr.Textbox("", label="Under the draft", visible="hidden", elem_id="beneath")
    aspect_ratio = Choice(
        ratio_choices(spec.aspect_ratios),
        value=spec.default_aspect_ratio(Mode.TEXT),
        label="Aspect ratio",
        elem_id="aspect-ratio",
        elem_classes="seg",
    )
    with gr.Row(elem_classes="two", equal_height=False):
        with gr.Column(min_width=0):
            variations = Choice(
                list(range(1, MAX_BATCH + 1)), value=1, label="Variations", elem_id="variations", elem_classes="seg"
            )
        with gr.Column(min_width=0):
            seed = create_seed_field()
    return SettingsPanel(
        provider,
        provider_hint,
        duration,
        auto_duration,
        resolution,
        aspect_ratio,
        sound,
        draft,
        beneath,
        variations,
        seed,
    )


def ratio_choices(aspect_ratios: Sequence[str]) -> list[tuple[str, str]]:
    """Return aspect ratios for a picker: what is shown, and the value."""
    return [(ratio_text(ratio), ratio) for ratio in aspect_ratios]


def hint_json(offers: Sequence[Offer], provider_id: object, moved: Sequence[str] = ()) -> ProviderHintJson:
    """Return the line under the picker for a chosen provider."""
    chosen = next((offer for offer in offers if offer.info.id == provider_id), None)
    notes = {offer.info.id: _note(offer) for offer in offers}
    return {
        "hint": chosen.info.hint if chosen else "",
        "off": chosen.reason if chosen else None,
        "moved": " ".join(moved) or None,
        "notes": {provider: note for provider, note in notes.items() if note},
    }


def _note(offer: Offer) -> str | None:
    """Return the word beside a provider's name in the picker."""
    if not offer.available:
        return "no key" if offer.missing_variables else "off"
    return None if offer.info.needs_key else "free"


def settings_updates(offer: Offer, settings: Settings, shown: Settings | None = None) -> list[object]:
    """Return updates for `SettingsPanel.fitted` without the hint: what a provider offers, and values that it takes.

    Args:
        offer: The provider.
        settings: The values.
        shown: What stood in the form when it was asked about. A value that stays is not written: by the time of the
            answer a person may have chosen another one. None where all are written.
    """
    spec = offer.spec
    settings = replace(settings, auto_duration=settings.auto_duration is True)

    def written(name: str) -> dict[str, Any]:
        value = getattr(settings, name)
        return {} if shown is not None and getattr(shown, name) == value else {"value": value}

    return [
        gr.update(
            minimum=spec.min_duration_s,
            maximum=spec.max_duration_s,
            interactive=not settings.auto_duration,
            **written("duration_s"),
        ),
        gr.update(visible=spec.auto_duration, **written("auto_duration")),
        gr.update(choices=list(spec.resolutions), **written("resolution")),
        gr.update(choices=ratio_choices(spec.aspect_ratios), **written("aspect_ratio")),
    ]
