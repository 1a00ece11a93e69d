"""The fake of AIML API is as strict as its reference, and as lenient in exactly two bodies."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.aimlapi import GENERATIONS, KEY, LIP_SYNC, MODEL, MONA_LISA, FakeAimlApi

TEXT = {"model": MODEL, "prompt": "a tram", "duration": 8}
PICTURE = "data:image/png;base64,AAAA"
LINK = "https://example.com/file"


@pytest.fixture
def fake() -> Iterator[FakeAimlApi]:
    with FakeAimlApi() as server:
        yield server


def ask(
    fake: FakeAimlApi, method: str, path: str, body: bytes | None = None, key: str = KEY
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(fake.origin.removeprefix("http://"), timeout=10)
    try:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.parametrize("example", [MONA_LISA, LIP_SYNC], ids=["Mona Lisa", "lip-sync"])
@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")], ids=["Python", "JavaScript"])
def test_the_references_own_bodies_are_taken_byte_for_byte(
    fake: FakeAimlApi, example: dict[str, Any], separators: tuple[str, str]
) -> None:
    status, answer = ask(fake, "POST", GENERATIONS, json.dumps(example, separators=separators).encode())
    assert (status, answer["status"]) == (200, "queued")
    assert answer["meta"]["usage"] == {"credits_used": 5_031_936, "usd_spent": 2.515968}
    assert fake.bill == [answer["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {**MONA_LISA, "prompt": "Mona Lisa smiles."},
        {**MONA_LISA, "seed": 1},
        {**TEXT, "duration": "8"},
        {**TEXT, "duration": 8.0},
        {**TEXT, "duration": True},
        {**TEXT, "duration": 16},
        {**TEXT, "duration": -1},
        {**TEXT, "seed": "7"},
        {**TEXT, "generate_audio": "true"},
        {**TEXT, "resolution": "1080p"},
        {**TEXT, "aspect_ratio": "adaptive"},
        {**TEXT, "model": "bytedance/seedance-2-0"},
        {**TEXT, "ratio": "16:9"},
        {**TEXT, "prompt": " "},
        {"model": MODEL},
        {"prompt": "a tram"},
        {**TEXT, "image_url": ""},
        {**TEXT, "image_url": "data:image/png;base64,"},
        {**TEXT, "image_url": "data:audio/mpeg;base64,AAAA"},
        {**TEXT, "image_url": "data:image/png;base64,AAA"},
        {**TEXT, "last_image_url": PICTURE},
        {**TEXT, "image_urls": []},
        {**TEXT, "image_urls": PICTURE},
        {**TEXT, "image_urls": [PICTURE] * 10},
        {**TEXT, "video_urls": [LINK] * 4},
        {**TEXT, "video_urls": ["data:video/mp4;base64,AAAA"]},
        {**TEXT, "video_urls": [PICTURE]},
        {**TEXT, "audio_urls": [LINK]},
        {**TEXT, "image_urls": [PICTURE], "audio_urls": [LINK] * 4},
        {**TEXT, "image_urls": [PICTURE], "audio_urls": [PICTURE]},
        {**TEXT, "image_url": PICTURE, "image_urls": [PICTURE]},
    ],
    ids=lambda body: json.dumps(body)[:120],
)
def test_a_body_that_the_reference_does_not_describe_is_refused(fake: FakeAimlApi, body: dict[str, Any]) -> None:
    status, answer = ask(fake, "POST", GENERATIONS, json.dumps(body).encode())
    assert status == 400
    assert set(answer) == {"message", "path", "requestId", "statusCode", "timestamp"}
    assert fake.bill == []


def test_a_call_without_the_key_is_refused(fake: FakeAimlApi) -> None:
    for method, path in (("POST", GENERATIONS), ("GET", f"{GENERATIONS}?generation_id=x"), ("GET", "/v2/billing")):
        assert ask(fake, method, path, b"{}", key="wrong")[0] == 401
    assert ask(fake, "GET", f"{GENERATIONS}?generation_id=x")[0] == 404
    assert ask(fake, "GET", f"{GENERATIONS}/x")[0] == 404
