"""Draft, as a function of the settings and as a handler."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr
import pytest

from seedance_ui.services import Services
from seedance_ui.ui.draft import DraftHandlers, as_draft, cover, uncover
from seedance_ui.ui.settings import Settings
from tests.samples import LENIENT, STRICT

ASKED = Settings(
    duration_s=11, auto_duration=True, resolution="720p", aspect_ratio="9:16", generate_audio=False, seed=3
)


def switch(services: Services, draft: object, shown: Settings, beneath: object, provider: object = "lenient") -> Any:
    handlers = DraftHandlers(services)
    return handlers.on_draft(draft, provider, shown.duration_s, shown.auto_duration, shown.resolution, beneath)


def test_draft_is_the_lowest_resolution_and_the_shortest_length_of_a_provider() -> None:
    spec = replace(STRICT, min_duration_s=2, resolutions=("360p", "1080p"))

    assert as_draft(ASKED, spec) == replace(ASKED, duration_s=2, auto_duration=False, resolution="360p")


def test_what_draft_covers_comes_back() -> None:
    assert uncover(as_draft(ASKED, LENIENT), cover(ASKED)) == ASKED


@pytest.mark.parametrize(
    "beneath", ["", None, "[]", "{", "7", 7, "{}", "[" * 100_000], ids=lambda value: repr(value)[:9]
)
def test_uncover_of_what_is_no_such_thing_changes_nothing(beneath: object) -> None:
    assert uncover(ASKED, beneath) == ASKED


def test_on_draft_on_and_off_again(services: Services) -> None:
    duration, auto, resolution, beneath = switch(services, True, ASKED, "")
    assert (duration["value"], duration["interactive"]) == (4, True)
    assert (auto["value"], resolution["value"]) == (False, "480p")

    duration, auto, resolution, beneath = switch(services, False, as_draft(ASKED, LENIENT), beneath)
    assert (duration["value"], duration["interactive"]) == (11, False)
    assert (auto["value"], resolution["value"], beneath) == (True, "720p", "")


def test_on_draft_off_fits_what_comes_back_to_the_provider(services: Services) -> None:
    """Whatever a browser says that it covers."""
    beneath = cover(Settings(duration_s=99, auto_duration=True, resolution="8K"))

    duration, auto, resolution, _ = switch(services, False, ASKED, beneath, provider="strict")

    assert (duration["value"], auto["value"], "value" in resolution) == (15, False, False)


@pytest.mark.parametrize("provider", [None, "gone", 3])
def test_on_draft_of_no_provider_changes_nothing(services: Services, provider: object) -> None:
    assert all(part == gr.skip() for part in switch(services, True, ASKED, "", provider))
