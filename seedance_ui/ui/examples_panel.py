"""The examples under the prompt: a click fills the form, and sends nothing."""

from __future__ import annotations

import gradio as gr

from seedance_ui.domain.media import MediaKind, MediaLink
from seedance_ui.domain.request import AUTO_DURATION_S, Mode
from seedance_ui.services import Services
from seedance_ui.ui.cards import frames_update, tray_update
from seedance_ui.ui.examples import Example
from seedance_ui.ui.offers import shown_offers
from seedance_ui.ui.provider_examples import examples_for, find_example
from seedance_ui.ui.settings import DEFAULT_DURATION_S, Settings, fit_settings
from seedance_ui.ui.settings_panel import hint_json, settings_updates
from seedance_ui.ui.theme import ASSETS_DIR, asset_url
from seedance_ui.ui.widgets.example_strip import ExampleJson, StripJson, parse_pick
from seedance_ui.ui.widgets.frame_slots import FramePair
from seedance_ui.ui.widgets.html_widget import UploadedFile
from seedance_ui.ui.widgets.links import Given

_SKIPPED = 7
"""The hint and four settings, sound, seed: all but the files."""


class ExampleHandlers:
    """Fill the form from an example."""

    def __init__(self, services: Services) -> None:
        self._offers = shown_offers(services)

    def on_pick(self, provider: object, event: gr.EventData) -> tuple[object, ...]:
        """Return settings and files of the example that was clicked; its prompt is written by the page, at once.

        Outputs: the settings panel's hint and settings, sound, seed, frames, references.
        """
        picked = find_example(parse_pick(event._data))
        offer = next((offer for offer in self._offers if offer.info.id == provider), self._offers[0])
        if picked is None:
            return (*(gr.skip() for _ in range(_SKIPPED)), frames_update(), tray_update(offer.spec))
        mode, example = picked
        settings, moved = fit_settings(_settings(example), offer.spec, mode)
        return (
            hint_json(self._offers, offer.info.id, moved),
            *settings_updates(offer, settings),
            settings.generate_audio,
            gr.update(value=settings.seed),
            gr.update(value=_frames(example)) if mode is Mode.FRAMES else frames_update(),
            gr.update(value=_references(example)) if mode is Mode.REFERENCES else tray_update(offer.spec),
        )


def strip_json(mode: Mode, provider: str) -> StripJson:
    """Return the examples of a tab at a provider for the strip."""
    return {"items": [_item_json(example) for example in examples_for(mode, provider)]}


def _item_json(example: Example) -> ExampleJson:
    return {"title": example.title, "thumbnail": asset_url(example.thumbnail), "prompt": example.prompt}


def _settings(example: Example) -> Settings:
    is_auto = example.duration_s == AUTO_DURATION_S
    return Settings(
        duration_s=DEFAULT_DURATION_S if is_auto else example.duration_s,
        auto_duration=is_auto,
        resolution=example.resolution,
        aspect_ratio=example.aspect_ratio,
        generate_audio=example.generate_audio,
        seed=example.seed,
    )


def _frames(example: Example) -> FramePair:
    first, last = (_given(MediaKind.IMAGE, place) for place in (example.first_frame, example.last_frame))
    return FramePair(first=first, last=last)


def _references(example: Example) -> list[Given]:
    places = {MediaKind.IMAGE: example.images, MediaKind.VIDEO: example.videos, MediaKind.AUDIO: example.audios}
    given = (_given(kind, place) for kind, some in places.items() for place in some)
    return [one for one in given if one is not None]


def _given(kind: MediaKind, place: str | None) -> Given | None:
    """Return the link or the file behind a place of an example."""
    if place is None:
        return None
    if place.startswith("https://"):
        return MediaLink(place, kind)
    file = ASSETS_DIR / place
    return UploadedFile(path=str(file), name=file.name)
