"""What a browser remembers, as it comes back to the page."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest

from seedance_ui.services import Services
from seedance_ui.ui.draft import cover
from seedance_ui.ui.memory import MemoryHandlers, Remembered, read_memory
from seedance_ui.ui.settings import Settings

KEPT = {
    "provider": "lenient",
    "duration_s": 11,
    "auto_duration": False,
    "resolution": "480p",
    "aspect_ratio": "9:16",
    "generate_audio": False,
    "draft": False,
}


def recall(services: Services, **changes: Any) -> dict[str, Any]:
    provider, sound, draft, _, _, hint, duration, auto, resolution, ratio, beneath = MemoryHandlers(services).on_load(
        json.dumps({**KEPT, **changes})
    )
    return {
        "provider": provider,
        "sound": sound,
        "draft": draft,
        "moved": hint["moved"],
        "duration": duration["value"],
        "auto": auto["value"],
        "resolution": resolution["value"],
        "ratio": ratio["value"],
        "beneath": beneath,
    }


def test_on_load_puts_back_what_was_chosen(services: Services) -> None:
    assert recall(services) == {
        "provider": "lenient",
        "sound": False,
        "draft": False,
        "moved": None,
        "duration": 11,
        "auto": False,
        "resolution": "480p",
        "ratio": "9:16",
        "beneath": "",
    }


def test_on_load_with_draft_shows_a_draft_and_keeps_what_it_covers(services: Services) -> None:
    found = recall(services, draft=True, resolution="720p", auto_duration=True)

    assert (found["draft"], found["duration"], found["auto"], found["resolution"]) == (True, 4, False, "480p")
    assert found["beneath"] == cover(Settings(duration_s=11, auto_duration=True, resolution="720p"))


def test_on_load_moves_what_the_provider_lacks_and_says_so(services: Services) -> None:
    found = recall(services, provider="strict", resolution="1080p", auto_duration=True, duration_s=40)

    assert (found["resolution"], found["auto"], found["duration"]) == ("720p", False, 15)
    assert "Strict Video has no 1080p: the resolution is now 720p." in found["moved"]
    assert "Strict Video has no 40 s: the duration is now 15 s." in found["moved"]


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (
            "locked",
            "Locked Video needs AIMLAPI_KEY. The animatic works without a key. The provider is now Strict Video.",
        ),
        ("gone", "The provider that you picked last is not offered here. It is now Strict Video."),
        (None, None),
        (7, None),
    ],
)
def test_on_load_of_a_provider_that_cannot_be_used_takes_a_free_one(
    services: Services, provider: object, said: str | None
) -> None:
    found = recall(services, provider=provider)

    assert (found["provider"], found["moved"]) == ("strict", said)


def test_on_load_never_says_whether_the_owner_has_a_key(start_services: Any) -> None:
    services = start_services({"SEEDANCE_PUBLIC": "on", "AIMLAPI_KEY": "a-key"})

    found = recall(services, provider="locked")

    assert found["provider"] == "strict"
    assert "AIMLAPI_KEY" not in found["moved"]


@pytest.mark.parametrize("kept", ["", None, "null", "[]", "{", 7, "[" * 100_000], ids=lambda value: repr(value)[:9])
def test_on_load_without_a_memory_changes_nothing(services: Services, kept: object) -> None:
    assert read_memory(kept) is None
    assert all(part == gr.skip() for part in MemoryHandlers(services).on_load(kept))


@pytest.mark.parametrize("odd", [None, "8", 4.5, {"a": 1}, [], "x" * 9], ids=repr)
def test_values_of_a_wrong_type_are_the_defaults_of_the_page(odd: object) -> None:
    kept = {name: odd for name in KEPT if not (isinstance(odd, str) and isinstance(KEPT[name], str))}

    assert read_memory(json.dumps(kept)) == Remembered(None, Settings(), draft=False)
