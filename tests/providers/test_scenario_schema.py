"""Scenario's table of parameters, as data, and every body that the adapter can make held to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from seedance_ui.domain.media import MediaKind, MediaLink, identity
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import blocking, check_request
from seedance_ui.providers.base import Handles, Setup
from seedance_ui.providers.scenario import Scenario, build_payload
from tests import samples
from tests.fakes.scenario import EXAMPLE_BODY

SPEC = Scenario(Setup(Path())).spec()

_ASSET_ID = {"type": "string", "pattern": r"asset_\w+"}

SCHEMA: Mapping[str, Any] = {
    "properties": {
        "prompt": {"type": "string", "pattern": r"(?s).*\S.*", "maxLength": 6000},
        "image": _ASSET_ID,
        "lastFrameImage": _ASSET_ID,
        "referenceImages": {"type": "array", "items": _ASSET_ID, "minItems": 1, "maxItems": 9},
        "referenceVideos": {"type": "array", "items": _ASSET_ID, "minItems": 1, "maxItems": 3},
        "referenceAudio": {"type": "array", "items": _ASSET_ID, "minItems": 1, "maxItems": 3},
        "duration": {"type": "integer", "enum": [-1, *range(4, 16)]},
        "resolution": {"type": "string", "enum": ["480p", "720p"]},
        "aspectRatio": {"type": "string", "enum": ["adaptive", "16:9", "4:3", "1:1", "3:4", "9:16", "21:9"]},
        "generateAudio": {"type": "boolean"},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295},
    },
    # A name, and those of which one must be there as well.
    "needsOneOf": {
        "lastFrameImage": ["image"],
        "referenceAudio": ["referenceImages", "referenceVideos"],
    },
    "excludes": {"image": ["referenceImages", "referenceVideos", "referenceAudio"]},
    "anyOf": ["prompt", "image", "referenceImages", "referenceVideos"],
}
"""The body of the POST.

Source: the table of parameters at
https://app.scenario.com/api/models/model_bytedance-seedance-2-0-fast/markdown (2026-11-20) (C); the lists of
`resolution` and `aspectRatio` and the length of the prompt have no values there, and are those of Seedance 2.0 (G).
"""

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list}


def violations(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a body breaks of `SCHEMA`."""
    for name, value in body.items():
        schema = SCHEMA["properties"].get(name)
        if schema is None:
            yield f"{name} is unknown"
        else:
            yield from _violations_of(name, value, schema)
    for name, others in SCHEMA["needsOneOf"].items():
        if name in body and not set(others) & set(body):
            yield f"{name} needs one of {others}"
    for name, others in SCHEMA["excludes"].items():
        if name in body and set(others) & set(body):
            yield f"{name} excludes {others}"
    if not set(SCHEMA["anyOf"]) & set(body):
        yield f"one of {SCHEMA['anyOf']} is needed"


def _violations_of(name: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    if type(value) is not _TYPES[schema["type"]]:  # 8.0 and True are no integers
        yield f"{name} is no {schema['type']}"
        return
    if value not in schema.get("enum", [value]):
        yield f"{name} is none of {schema['enum']}"
    if "minimum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        yield f"{name} is out of range"
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        yield f"{name} is not of its form"
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        yield f"{name} is too long"
    if schema["type"] == "array":
        if not schema["minItems"] <= len(value) <= schema["maxItems"]:
            yield f"{name} has {len(value)} items"
        for item in value:
            yield from _violations_of(f"{name}[]", item, schema["items"])


PICTURES = [*(samples.image(f"{n}.png") for n in range(9)), MediaLink("https://example.com/a.png", MediaKind.IMAGE)]
CLIPS = [*(samples.video(f"{n}.mp4") for n in range(3)), MediaLink("https://example.com/a.mp4", MediaKind.VIDEO)]
SOUNDS = [*(samples.audio(f"{n}.mp3") for n in range(3)), MediaLink("https://example.com/a.mp3", MediaKind.AUDIO)]
MEDIA = {
    Mode.TEXT: st.just({}),
    Mode.FRAMES: st.fixed_dictionaries(
        {"first_frame": st.sampled_from(PICTURES), "last_frame": st.none() | st.sampled_from(PICTURES)}
    ),
    Mode.REFERENCES: st.fixed_dictionaries(
        {
            name: st.lists(st.sampled_from(choices), max_size=most, unique_by=identity).map(tuple)
            for name, choices, most in (("images", PICTURES, 9), ("videos", CLIPS, 3), ("audios", SOUNDS, 3))
        }
    ),
}
PROMPTS = st.text(max_size=80) | st.sampled_from(["", " \n", "@image1 walks", "@VIDEO1 to @Audio1", "x" * 6000])


@st.composite
def requests(draw: st.DrawFn) -> GenerationRequest:
    """Draw a request that passes the checks, mostly."""
    mode = draw(st.sampled_from(Mode))
    return GenerationRequest(
        provider="scenario",
        mode=mode,
        prompt=draw(PROMPTS),
        duration_s=draw(st.just(0) | st.integers(4, 15)),
        resolution=draw(st.sampled_from(SPEC.resolutions)),
        aspect_ratio=draw(st.sampled_from(SPEC.aspect_ratios)),
        generate_audio=draw(st.booleans()),
        seed=draw(st.none() | st.integers(0, SPEC.max_seed)),
        **draw(MEDIA[mode]),
    )


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(requests())
def test_build_payload_of_any_valid_request_satisfies_the_published_table(request: GenerationRequest) -> None:
    """A request that passed the checks is never one that the reference would refuse, and nothing of it is lost."""
    assume(not blocking(check_request(request, SPEC)))
    handles = {identity(one): f"asset_{number}" for number, one in enumerate(request.media)}
    body = json.loads(json.dumps(build_payload(request, Handles(handles))))
    assert list(violations(body)) == []
    sent = [body.get("image"), body.get("lastFrameImage")]
    for name in ("referenceImages", "referenceVideos", "referenceAudio"):
        sent += body.get(name, [])
    assert [one for one in sent if one] == [handles[identity(one)] for one in request.media]


@pytest.mark.parametrize(
    ("changes", "violation"),
    [
        ({}, None),
        ({"duration": "8"}, "duration is no integer"),
        ({"duration": 3}, "duration is none of"),
        ({"seed": 4294967296}, "seed is out of range"),
        ({"prompt": " "}, "prompt is not of its form"),
        ({"prompt": "x" * 6001}, "prompt is too long"),
        ({"referenceImages": "asset_1"}, "referenceImages is no array"),
        ({"referenceVideos": ["asset_1"] * 4}, "referenceVideos has 4 items"),
        ({"referenceImages": ["https://example.com"]}, "referenceImages[] is not of its form"),
        ({"referenceAudio": ["asset_1"]}, "referenceAudio needs one of"),
        ({"lastFrameImage": "asset_1"}, "lastFrameImage needs one of"),
        ({"image": "asset_1", "referenceVideos": ["asset_2"]}, "image excludes"),
        ({"dryRun": True}, "dryRun is unknown"),
    ],
    ids=str,
)
def test_violations_are_found(changes: dict[str, Any], violation: str | None) -> None:
    found = list(violations({**EXAMPLE_BODY, "prompt": "A tram", **changes}))
    assert [words[: len(violation or "")] for words in found] == ([violation] if violation else [])


def test_violations_of_a_body_without_words_and_pictures() -> None:
    """The reference's own example; the fake takes it, the adapter never makes it."""
    assert list(violations(EXAMPLE_BODY)) == [f"one of {SCHEMA['anyOf']} is needed"]
