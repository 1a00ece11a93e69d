from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import audio, frames_request, image, references_request, text_request, video

from seedance_ui.domain.media import MediaFile, MediaKind
from seedance_ui.domain.request import GenerationRequest, Mode

FULL = references_request(
    images=(image("1.png"), image("2.png")), videos=(video(),), audios=(audio(),), seed=7, generate_audio=False
)

FILES = st.builds(
    MediaFile,
    path=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1).map(Path),
    kind=st.sampled_from(MediaKind),
    mime=st.text(),
    size_bytes=st.integers(0),
    sha256=st.text(),
    name=st.text(),
    width_px=st.none() | st.integers(0),
    height_px=st.none() | st.integers(0),
    duration_s=st.none() | st.floats(allow_nan=False),
    fps=st.none() | st.floats(allow_nan=False),
    codecs=st.lists(st.text(), max_size=2).map(tuple),
)
REQUESTS = st.builds(
    GenerationRequest,
    provider=st.text(),
    mode=st.sampled_from(Mode),
    prompt=st.text(),
    duration_s=st.integers(),
    seed=st.none() | st.integers(),
    first_frame=st.none() | FILES,
    last_frame=st.none() | FILES,
    images=st.lists(FILES, max_size=2).map(tuple),
    videos=st.lists(FILES, max_size=1).map(tuple),
    audios=st.lists(FILES, max_size=1).map(tuple),
)


@given(request_=REQUESTS)
def test_request_comes_back_from_json_as_it_went(request_: GenerationRequest) -> None:
    written = json.dumps(request_.to_json())

    assert GenerationRequest.from_json(json.loads(written)) == request_


@given(file=FILES)
def test_media_file_comes_back_from_json_as_it_went(file: MediaFile) -> None:
    assert MediaFile.from_json(json.loads(json.dumps(file.to_json()))) == file


def test_media_are_listed_in_the_order_of_the_form() -> None:
    first, last = image("first.png"), image("last.png")

    assert frames_request(first_frame=first, last_frame=last).media == (first, last)
    assert FULL.references == FULL.media == (*FULL.images, *FULL.videos, *FULL.audios)
    assert FULL.reference_counts() == {MediaKind.IMAGE: 2, MediaKind.VIDEO: 1, MediaKind.AUDIO: 1}


def test_fingerprint_is_a_sha256_and_the_same_for_an_equal_request() -> None:
    rebuilt = GenerationRequest.from_json(json.loads(json.dumps(FULL.to_json())))

    assert rebuilt.fingerprint() == FULL.fingerprint()
    assert len(bytes.fromhex(FULL.fingerprint())) == 32


def test_fingerprint_ignores_where_a_file_lies_and_what_it_is_called() -> None:
    moved = dataclasses.replace(FULL.images[0], path=Path("elsewhere.png"), name="holiday.png")

    assert dataclasses.replace(FULL, images=(moved, FULL.images[1])).fingerprint() == FULL.fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "lenient"},
        {"mode": Mode.TEXT},
        {"prompt": "Another tram"},
        {"duration_s": 9},
        {"resolution": "480p"},
        {"aspect_ratio": "1:1"},
        {"generate_audio": True},
        {"seed": None},
        {"first_frame": image("1.png")},
        {"last_frame": image("1.png")},
        {"images": (FULL.images[1], FULL.images[0])},
        {"images": (FULL.images[0], dataclasses.replace(FULL.images[1], sha256="0" * 64))},
        {"videos": ()},
        {"audios": (FULL.audios[0], FULL.audios[0])},
    ],
    ids=lambda change: next(iter(change)),
)
def test_fingerprint_tells_every_change_that_changes_the_video(change: dict[str, object]) -> None:
    assert dataclasses.replace(FULL, **change).fingerprint() != FULL.fingerprint()  # type: ignore[arg-type]


def test_every_field_of_a_request_is_written() -> None:
    names = {field.name for field in dataclasses.fields(GenerationRequest)}

    assert set(text_request().to_json()) == names
