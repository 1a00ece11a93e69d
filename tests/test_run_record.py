"""What our own export says of a run, our own import takes, whatever a valid job holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from seedance_ui.domain.file_rules import MAX_LINK_CHARS
from seedance_ui.domain.job import Job, JobState
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference
from seedance_ui.domain.model_spec import MAX_SEED
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.redaction import Redactor
from seedance_ui.domain.request import GenerationRequest
from seedance_ui.domain.shared_run import VIDEO, EntryJson, build_record, entry_name
from seedance_ui.domain.validation import check_request
from seedance_ui.jobs.run_record import parse_record
from seedance_ui.media.names import display_name
from seedance_ui.media.sniff import EXTENSIONS
from tests.samples import LENIENT, audio, frames_request, image, references_request, text_request, video
from tests.scripted import make_job

SPEC = replace(LENIENT, takes_links=True, max_prompt_chars=20_000)
REDACTOR = Redactor(["sk-planted-key-0123"])
HOST = "https://media.example.com/"
NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)

_TIMES = st.integers(-26 * 365, 73 * 365).map(lambda days: NOON + timedelta(days, microseconds=days % 7))
"""Where the bounds of a record are: from 2000 on, to 2100."""
_PATHS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=80)
_WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0@"), max_size=60).map(
    "A tram. {}".format
)
_SEEDS = st.none() | st.integers(0, MAX_SEED)
_COSTS = st.builds(
    Cost,
    st.none() | st.floats(0, 1000),
    unit=st.sampled_from(["USD", "CU"]),
    kind=st.sampled_from(["estimate", "exact"]),
)


def _references(kind: MediaKind, most: int) -> st.SearchStrategy[tuple[Reference, ...]]:
    make = {MediaKind.IMAGE: image, MediaKind.VIDEO: video, MediaKind.AUDIO: audio}[kind]
    files = st.text(max_size=80).map(lambda name: make(display_name(name)))
    links = _PATHS.map(lambda path: MediaLink(HOST + path, kind))
    return st.lists(files | links, min_size=1, max_size=most).map(tuple)


def _requests() -> st.SearchStrategy[GenerationRequest]:
    images = _references(MediaKind.IMAGE, 9)
    fields: dict[str, Any] = {
        "provider": st.just(SPEC.provider),
        "prompt": _WORDS,
        "duration_s": st.just(0) | st.integers(SPEC.min_duration_s, SPEC.max_duration_s),
        "resolution": st.sampled_from(SPEC.resolutions),
        "aspect_ratio": st.sampled_from(SPEC.aspect_ratios),
        "generate_audio": st.booleans(),
        "seed": _SEEDS,
    }
    first = images.map(lambda some: some[0])
    files = {
        "images": images,
        "videos": _references(MediaKind.VIDEO, 3),
        "audios": _references(MediaKind.AUDIO, 3),
    }
    return st.one_of(
        st.builds(text_request, **fields),
        st.builds(frames_request, **fields, first_frame=first, last_frame=st.none() | first),
        st.builds(references_request, **fields, **files),
    )


_JOBS = st.builds(
    lambda request, **facts: replace(make_job(), request=request, state=JobState.SUCCEEDED, **facts),
    _requests(),
    created_at=_TIMES,
    started_at=st.none() | _TIMES,
    finished_at=_TIMES,
    cost=_COSTS,
    seed=_SEEDS,
)
_LONG = references_request(
    prompt="x" * SPEC.max_prompt_chars, images=(MediaLink(HOST.ljust(MAX_LINK_CHARS, "a"), MediaKind.IMAGE),)
)
_SET_BACK = replace(make_job(), created_at=NOON, started_at=NOON - timedelta(hours=1), finished_at=NOON - timedelta(2))
_RESTED = replace(make_job(), created_at=NOON, started_at=NOON, finished_at=NOON + timedelta(days=90))


def _is_valid(request: GenerationRequest) -> bool:
    return not [problem for problem in check_request(request, SPEC) if problem.severity == "problem"]


def _entry(name: str) -> EntryJson:
    return {"name": name, "size_bytes": 9, "sha256": "0" * 64}


@settings(max_examples=25)
@given(job=_JOBS, comes_along=st.booleans())
@example(job=replace(make_job(), request=_LONG), comes_along=True)
@example(job=_SET_BACK, comes_along=True)
@example(job=_RESTED, comes_along=True)
def test_record_of_every_valid_run_is_taken(job: Job, comes_along: bool) -> None:
    """B14: also of one that a clock was set back in, or that rested for months."""
    assume(_is_valid(job.request))
    files = {place: one for place, one in job.request.placed_media() if isinstance(one, MediaFile) and comes_along}
    media = {place: entry_name(place, EXTENSIONS[file.mime]) for place, file in files.items()}
    entries = [_entry(name) for name in (VIDEO, *media.values())]
    written: dict[str, Any] = {
        **build_record(job, provider_label="Lenient Video", model="m", media=media, entries=entries, redactor=REDACTOR)
    }

    record = parse_record(json.dumps(written).encode())

    times = record.times
    assert (times.created_at, times.started_at, times.finished_at) == (job.created_at, job.started_at, job.finished_at)
    assert record.model_dump(exclude={"times"}) == {name: said for name, said in written.items() if name != "times"}
