"""Scenario's adapter against a strict fake on a real socket."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedance_ui.domain.job import Job, JobState, RemoteVideo
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink
from seedance_ui.domain.pricing import NO_PRICE_CU, UNKNOWN_CU, Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ContentFilterError,
    InsufficientBalanceError,
    MediaError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    StrayJobError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.providers import scenario_assets
from seedance_ui.providers.base import Handles, Setup
from seedance_ui.providers.http import SUBMIT_WITHIN_S
from seedance_ui.providers.scenario import Scenario, build_payload
from tests.fakes.scenario import AUTHORIZATION, EXAMPLE_BODY, GENERATE, PRICE_CU, SECRET, FakeScenario
from tests.fakes.server import AcceptThen, AcceptThenDrop, AcceptThenEdit, Drop, Hold, Instead, Received, Reply
from tests.scripted import make_job, no_report

VIDEO = b"the finished video"
TEXT = GenerationRequest(provider="scenario", mode=Mode.TEXT, prompt="A tram in the rain", aspect_ratio="adaptive")
MakeFile = Callable[..., MediaFile]


@pytest.fixture
def fake() -> Iterator[FakeScenario]:
    with FakeScenario(VIDEO) as server:
        yield server


class Now:
    """A clock that a test moves."""

    time = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
async def scenario(fake: FakeScenario, data_dir: Path, now: Now) -> AsyncIterator[Scenario]:
    made = make_scenario(fake, data_dir, now)
    yield made
    await made.close()


def make_scenario(fake: FakeScenario, data_dir: Path, now: Callable[[], datetime], **more: Any) -> Scenario:
    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    keys = {name: value for name, value in fake.settings().items() if name in Scenario.info.key_variables}
    return Scenario(Setup(data_dir / "work", keys=keys, base_url=fake.base_url, pause=pause, now=now, **more))


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Return a maker of files of a kind; the content is what a test says."""
    mimes = {"image": "image/png", "video": "video/mp4", "audio": "audio/mpeg"}

    def make(kind: str, content: bytes, name: str | None = None) -> MediaFile:
        digest = hashlib.sha256(content).hexdigest()
        path = tmp_path / (name or digest)
        path.write_bytes(content)
        return MediaFile(path, MediaKind(kind), mimes[kind], len(content), digest, name=f"holiday with {kind}")

    return make


def job_of(request: GenerationRequest, **changes: Any) -> Job:
    return replace(make_job(), request=request, **changes)


async def run(scenario: Scenario, request: GenerationRequest) -> Job:
    """Upload and submit, as the runner does; return the running job."""
    job = job_of(request)
    submitted = await scenario.submit(job, await scenario.upload(job, no_report))
    return replace(job, state=JobState.RUNNING, remote_id=submitted.remote_id)


def content_of(fake: FakeScenario, asset_ids: str | list[str]) -> list[bytes]:
    ids = [asset_ids] if isinstance(asset_ids, str) else asset_ids
    return [fake.assets[asset_id].content for asset_id in ids]


# The fake is as strict as the real one


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "Input prompt is required"),
        ({**EXAMPLE_BODY, "duration": 5}, "Input prompt is required"),
        ({"prompt": "x", "image_url": "y"}, "Unknown: image_url"),
        ({"prompt": "x", "duration": "8"}, "duration"),
        ({"prompt": "x", "duration": 3}, "duration"),
        ({"prompt": "x", "resolution": "1080p"}, "resolution"),
        ({"prompt": "x", "aspectRatio": "2:1"}, "aspectRatio"),
        ({"prompt": "x", "generateAudio": "true"}, "generateAudio"),
        ({"prompt": "x", "seed": -1}, "seed"),
        ({"prompt": "x", "dryRun": True}, "Unknown: dryRun"),
        ({"prompt": "x", "image": "asset_nowhere"}, "no image asset"),
        ({"prompt": "x", "lastFrameImage": "IMAGE"}, "only valid with image"),
        ({"prompt": "x", "referenceImages": "IMAGE"}, "array"),
        ({"prompt": "x", "referenceImages": []}, "array"),
        ({"prompt": "x", "referenceImages": ["IMAGE"] * 10}, "array"),
        ({"prompt": "x", "referenceVideos": ["IMAGE"]}, "no video asset"),
        ({"prompt": "x", "image": "IMAGE", "referenceImages": ["IMAGE"]}, "mutually exclusive"),
        ({"prompt": "x", "referenceAudio": ["AUDIO"]}, "at least one"),
    ],
    ids=str,
)
def test_the_fake_refuses_what_the_reference_forbids(fake: FakeScenario, body: dict[str, Any], reason: str) -> None:
    ids = {"IMAGE": fake.add_asset("image"), "AUDIO": fake.add_asset("audio")}
    text = json.dumps(body)
    for word, asset_id in ids.items():
        text = text.replace(f'"{word}"', f'"{asset_id}"')
    answer = post(fake, GENERATE, text)
    assert answer.status_code in (400, 404)
    assert reason in answer.json()["reason"]
    assert fake.bill == []


def post(fake: FakeScenario, path: str, text: str, **headers: str) -> httpx.Response:
    sent = {"Authorization": AUTHORIZATION, "Content-Type": "application/json", **headers}
    return httpx.post(fake.origin + path, content=text, headers=sent, trust_env=False)


def test_the_fake_takes_the_example_of_the_reference(fake: FakeScenario) -> None:
    example = """{
    "duration": -1,
    "resolution": "720p",
    "aspectRatio": "adaptive",
    "generateAudio": true
  }"""
    assert post(fake, GENERATE, example).status_code == 200
    assert len(fake.bill) == 1


def test_the_fake_wants_the_key_on_the_api_and_not_on_the_storage(fake: FakeScenario) -> None:
    assert post(fake, GENERATE, "{}", Authorization="Basic eDp5").status_code == 401
    url = f"{fake.origin}/storage/upload_1/1?X-Amz-Signature=s"
    assert httpx.put(url, headers={"Authorization": AUTHORIZATION}, trust_env=False).status_code == 400


# The body


async def test_text_becomes_exactly_this_body(fake: FakeScenario, scenario: Scenario) -> None:
    await run(scenario, replace(TEXT, duration_s=8, resolution="480p", aspect_ratio="9:16", generate_audio=False))
    assert fake.bodies() == [
        {
            "prompt": "A tram in the rain",
            "duration": 8,
            "resolution": "480p",
            "aspectRatio": "9:16",
            "generateAudio": False,
        }
    ]
    [request] = fake.requests("POST", GENERATE)
    assert request.query == {}
    assert request.headers["authorization"] == AUTHORIZATION


async def test_auto_and_seed_are_sent_as_the_reference_writes_them(fake: FakeScenario, scenario: Scenario) -> None:
    await run(scenario, replace(TEXT, duration_s=0, seed=0))
    [body] = fake.bodies()
    assert (body["duration"], body["seed"]) == (-1, 0)


async def test_frames_become_single_ids(fake: FakeScenario, scenario: Scenario, make_file: MakeFile) -> None:
    first, last = make_file("image", b"first"), make_file("image", b"last")
    await run(scenario, replace(TEXT, mode=Mode.FRAMES, prompt=" ", first_frame=first, last_frame=last))
    await run(scenario, replace(TEXT, mode=Mode.FRAMES, first_frame=first))
    both, one = fake.bodies()
    assert content_of(fake, both["image"]) + content_of(fake, both["lastFrameImage"]) == [b"first", b"last"]
    assert "prompt" not in both
    assert both["image"] == one["image"]
    assert "lastFrameImage" not in one


async def test_references_become_arrays_in_the_order_of_their_tags(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    images = tuple(make_file("image", b"image %d" % n) for n in range(9))
    videos = tuple(make_file("video", b"video %d" % n) for n in range(3))
    audios = tuple(make_file("audio", b"audio %d" % n) for n in range(3))
    request = replace(
        TEXT, mode=Mode.REFERENCES, prompt="@Image9 dances like @Video1 to @Audio3", images=images, videos=videos,
        audios=audios,
    )  # fmt: skip
    await run(scenario, request)
    [body] = fake.bodies()
    assert body["prompt"] == "@image9 dances like @video1 to @audio3"
    assert content_of(fake, body["referenceImages"]) == [b"image %d" % n for n in range(9)]
    assert content_of(fake, body["referenceVideos"]) == [b"video %d" % n for n in range(3)]
    assert content_of(fake, body["referenceAudio"]) == [b"audio %d" % n for n in range(3)]
    assert {"image", "lastFrameImage"}.isdisjoint(body)


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
async def test_a_single_reference_is_an_array_too(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, kind: str
) -> None:
    files = {"images": (make_file("image", b"i"),), f"{kind}s": (make_file(kind, b"one"),)}
    await run(scenario, replace(TEXT, mode=Mode.REFERENCES, **files))
    [body] = fake.bodies()
    field = {"image": "referenceImages", "video": "referenceVideos", "audio": "referenceAudio"}[kind]
    assert content_of(fake, body[field]) == [b"one"]


DURATIONS = st.one_of(st.just(0), st.integers(4, 15))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prompt=st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and text.isprintable()),
    duration_s=DURATIONS,
    resolution=st.sampled_from(Scenario(Setup(Path())).spec().resolutions),
    aspect_ratio=st.sampled_from(Scenario(Setup(Path())).spec().aspect_ratios),
    generate_audio=st.booleans(),
    seed=st.one_of(st.none(), st.integers(0, 4294967295)),
    counts=st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)).filter(
        lambda counts: counts[2] == 0 or counts[0] + counts[1] > 0
    ),
    frames=st.integers(0, 2),
)
def test_every_valid_request_makes_a_body_that_the_reference_allows(
    fake: FakeScenario, counts: tuple[int, int, int], frames: int, **values: Any
) -> None:
    def links(kind: MediaKind, count: int) -> tuple[MediaLink, ...]:
        return tuple(MediaLink(f"https://example.com/{kind.value}{n}", kind) for n in range(count))

    request = replace(TEXT, **values)
    if any(counts):
        images, videos, audios = (links(kind, count) for kind, count in zip(MediaKind, counts, strict=True))
        request = replace(request, mode=Mode.REFERENCES, images=images, videos=videos, audios=audios)
    elif frames:
        picture = MediaFile(Path("x"), MediaKind.IMAGE, "image/png", 1, "0" * 64, "x")
        request = replace(request, mode=Mode.FRAMES, first_frame=picture, last_frame=picture if frames == 2 else None)
    handles = {
        reference.url if isinstance(reference, MediaLink) else reference.sha256: fake.add_asset(reference.kind.value)
        for reference in request.media
    }
    body = build_payload(request, Handles(handles))
    sent = Received("POST", GENERATE, {}, {"content-type": "application/json"}, json.dumps(body).encode())
    assert fake._generate(sent).status == 200


# Files


async def test_a_small_image_goes_in_one_request_under_no_name_of_the_person(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    await run(scenario, replace(TEXT, mode=Mode.FRAMES, first_frame=make_file("image", b"pixels")))
    [request] = fake.requests("POST", "/v1/assets")
    assert request.json()["name"].startswith("image-")
    assert b"holiday" not in b"".join(one.body for one in fake.received)
    assert fake.uploads == {}


async def test_a_large_image_goes_in_four_steps(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenario_assets, "PART_BYTES", 1_500_000)
    content = bytes(range(256)) * 14_000
    await run(scenario, replace(TEXT, mode=Mode.FRAMES, first_frame=make_file("image", content)))
    [body] = fake.bodies()
    assert content_of(fake, body["image"]) == [content]
    parts = fake.requests("PUT", "/storage/.*")
    assert [len(part.body) for part in parts] == [1_500_000, 1_500_000, 584_000]
    assert all("authorization" not in part.headers for part in parts)
    steps = [request.path.rpartition("/")[2] for request in fake.requests("POST", "/v1/uploads.*")]
    assert steps == ["uploads", "action"]


async def test_the_same_content_is_stored_once_for_all_jobs(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    one, same = make_file("video", b"clip", "a"), make_file("video", b"clip", "b")
    request = replace(TEXT, mode=Mode.REFERENCES, videos=(one, same))
    await asyncio.gather(*(run(scenario, replace(request, prompt=f"take {n}")) for n in range(3)))
    assert len(fake.uploads) == 1
    assert {tuple(body["referenceVideos"]) for body in fake.bodies()} == {tuple(fake.bodies()[0]["referenceVideos"])}


async def test_an_asset_that_was_deleted_is_stored_again(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    request = replace(TEXT, mode=Mode.FRAMES, first_frame=make_file("image", b"pixels"))
    await run(scenario, request)
    fake.assets.clear()
    await run(scenario, request)
    assert len(fake.requests("POST", "/v1/assets")) == 2
    assert content_of(fake, fake.bodies()[1]["image"]) == [b"pixels"]


async def test_four_files_travel_at_the_same_time(fake: FakeScenario, scenario: Scenario, make_file: MakeFile) -> None:
    holds = [Hold() for _ in range(5)]
    fake.script("POST", "/v1/assets", *holds)
    images = tuple(make_file("image", b"image %d" % n) for n in range(5))
    job = job_of(replace(TEXT, mode=Mode.REFERENCES, images=images))
    counts: list[tuple[int, int]] = []
    uploading = asyncio.ensure_future(scenario.upload(job, lambda done, total: counts.append((done, total))))
    await asyncio.to_thread(lambda: [hold.arrived.wait(10) for hold in holds[:4]])
    assert not holds[4].arrived.is_set()
    release(holds)
    assert len((await uploading).by_identity) == 5
    assert len(counts) == 5
    assert counts == sorted(counts)
    assert counts[-1] == (5, 5)


def release(holds: list[Hold]) -> None:
    for hold in holds:
        hold.go.set()


async def test_what_was_stored_before_a_fault_is_not_stored_again(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenario_assets, "AT_ONCE", 1)
    job = job_of(replace(TEXT, mode=Mode.REFERENCES, images=(make_file("image", b"1"), make_file("image", b"2"))))
    stored = Reply(200, {"asset": {"id": fake.add_asset("image", b"1")}})
    fake.script("POST", "/v1/assets", Instead(stored), Instead(Reply(503)))
    with pytest.raises(ProviderUnavailableError):
        await scenario.upload(job, no_report)
    handles = await scenario.upload(job, no_report)
    assert len(fake.requests("POST", "/v1/assets")) == 3
    assert [fake.assets[asset_id].content for asset_id in handles.of(job.request.images)] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (AcceptThenDrop(), "/v1/uploads"),
        (Instead(Reply(200, {"upload": {"id": "u", "status": "pending", "parts": []}})), "/v1/uploads"),
        (Instead(Reply(200, {})), "/v1/uploads"),
        (Instead(Reply(403)), "/storage/.*"),
        (Drop(), "/storage/.*"),
    ],
    ids=["drop", "no parts", "odd", "expired link", "dropped part"],
)
async def test_a_fault_of_an_upload_is_passing_and_free(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, fault: Any, path: str
) -> None:
    fake.script("POST", path, fault)
    fake.script("PUT", path, fault)
    job = job_of(replace(TEXT, mode=Mode.REFERENCES, videos=(make_file("video", b"clip"),)))
    with pytest.raises(ProviderUnavailableError):
        await scenario.upload(job, no_report)
    assert (await scenario.upload(job, no_report)).by_identity.keys() == {job.request.videos[0].sha256}  # type: ignore[union-attr]


async def test_a_file_that_scenario_cannot_read_is_named(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    fake.upload_fails_with = "Unsupported codec, see https://x.example/?Signature=1"
    images, videos = (make_file("image", b"1"),), (make_file("video", b"1v"), make_file("video", b"2v"))
    with pytest.raises(BadRequestError) as caught:
        await scenario.upload(job_of(replace(TEXT, mode=Mode.REFERENCES, images=images, videos=videos)), no_report)
    assert (caught.value.code, caught.value.asset) in [("bad_media", "@Video1"), ("bad_media", "@Video2")]
    assert str(caught.value) == "Unsupported codec, see https://x.example/?…"


async def test_an_upload_that_never_ends_is_given_up(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenario_assets, "MAX_LOOKS", 2)
    with pytest.raises(ProviderUnavailableError, match="within five minutes"):
        await scenario.upload(
            job_of(replace(TEXT, mode=Mode.REFERENCES, videos=(make_file("video", b"clip"),))), no_report
        )


async def test_a_file_that_is_gone_says_so(fake: FakeScenario, scenario: Scenario, make_file: MakeFile) -> None:
    picture = make_file("image", b"pixels")
    picture.path.unlink()
    with pytest.raises(MediaError, match="Add it again"):
        await scenario.upload(job_of(replace(TEXT, mode=Mode.FRAMES, first_frame=picture)), no_report)


async def test_a_link_is_fetched_by_scenario_itself(fake: FakeScenario, scenario: Scenario) -> None:
    link = MediaLink("https://example.com/clip.mp4", MediaKind.VIDEO)
    await run(scenario, replace(TEXT, mode=Mode.REFERENCES, videos=(link,)))
    [request] = fake.requests("POST", "/v1/uploads")
    assert request.json() == {"url": link.url, "kind": "video", "assetOptions": {"hide": True}}
    assert fake.assets[fake.bodies()[0]["referenceVideos"][0]].kind == "video"


async def test_a_frame_that_is_a_link_is_fetched_like_any_other(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    link = MediaLink("https://example.com/first.jpg", MediaKind.IMAGE)
    await run(scenario, replace(TEXT, mode=Mode.FRAMES, first_frame=link, last_frame=make_file("image", b"pixels")))
    [request] = fake.requests("POST", "/v1/uploads")
    assert request.json() == {"url": link.url, "kind": "image", "assetOptions": {"hide": True}}
    [body] = fake.bodies()
    assert [fake.assets[body[name]].kind for name in ("image", "lastFrameImage")] == ["image", "image"]


# The price


async def test_the_price_comes_from_a_dry_run_that_starts_nothing(fake: FakeScenario, scenario: Scenario) -> None:
    assert (await scenario.estimate(TEXT)).cost == Cost(PRICE_CU, "CU", "exact")
    [request] = fake.requests("POST", GENERATE)
    assert request.query == {"dryRun": "true"}
    assert "dryRun" not in request.json()
    assert fake.bill == []


async def test_the_price_of_files_needs_no_upload(fake: FakeScenario, scenario: Scenario, make_file: MakeFile) -> None:
    frames = replace(TEXT, mode=Mode.FRAMES, prompt="", first_frame=make_file("image", b"x"))
    references = replace(TEXT, mode=Mode.REFERENCES, prompt="", videos=(make_file("video", b"y"),))
    assert (await scenario.estimate(frames)).cost == Cost(PRICE_CU, "CU", "exact")
    assert (await scenario.estimate(references)).cost == Cost(PRICE_CU, "CU", "estimate")
    assert {received.path for received in fake.received} == {GENERATE}


async def test_only_what_changes_the_price_is_asked_for_again(fake: FakeScenario, scenario: Scenario, now: Now) -> None:
    for changes in ({}, {"prompt": "other words"}, {"seed": 3}, {"prompt": ""}):
        await scenario.estimate(replace(TEXT, **changes))
    assert len(fake.received) == 1
    await scenario.estimate(replace(TEXT, duration_s=4))
    await scenario.estimate(replace(TEXT, resolution="480p"))
    assert len(fake.received) == 3
    now.time += timedelta(hours=2)
    await scenario.estimate(TEXT)
    assert len(fake.received) == 4


async def test_the_price_of_a_request_without_words_is_known(fake: FakeScenario, scenario: Scenario) -> None:
    assert (await scenario.estimate(replace(TEXT, prompt=""))).cost == Cost(PRICE_CU, "CU", "exact")


CLIP_LINK = MediaLink("https://example.com/clip.mp4", MediaKind.VIDEO)


@pytest.mark.parametrize(
    ("clips_s", "duration_s", "asked_s", "kind", "basis"),
    [
        ((), 8, 8, "exact", "Scenario named this price for exactly these settings."),
        ((), 0, 15, "estimate", "Auto leaves the length to Scenario. It named this price for 15 s, the longest."),
        ((5.0,), 8, 8, "estimate", "Scenario named this price without seeing the reference videos"),
        ((5.0, 8.04, 2.0), 0, 9, "estimate", "It named this price for 9 s without seeing the videos"),
        ((8.0,), 0, 8, "estimate", "It named this price for 8 s without seeing the videos"),
        ((2.0,), 0, 4, "estimate", "It named this price for 4 s without seeing the videos"),
        ((15.2,), 0, 15, "estimate", "It named this price for 15 s without seeing the videos"),
        ((5.0, "link"), 0, 15, "estimate", "It named this price for 15 s without seeing the videos"),
        ((5.0, None), 0, 15, "estimate", "It named this price for 15 s without seeing the videos"),
    ],
    ids=["settings", "Auto", "clip", "Auto of the longest", "whole", "short", "long", "a link", "not measured"],
)
async def test_the_price_is_asked_for_the_length_that_is_billed_and_exact_only_where_the_bill_is_known(
    fake: FakeScenario,
    scenario: Scenario,
    make_file: MakeFile,
    clips_s: tuple[Any, ...],
    duration_s: int,
    asked_s: int,
    kind: str,
    basis: str,
) -> None:
    clips = [
        CLIP_LINK if length_s == "link" else replace(make_file("video", b"%d" % n), duration_s=length_s)
        for n, length_s in enumerate(clips_s)
    ]
    request = replace(TEXT, duration_s=duration_s, videos=tuple(clips))
    request = replace(request, mode=Mode.REFERENCES) if clips else request
    fake.cu_by_length = {asked_s: 3.5 * asked_s}

    price = await scenario.estimate(request)

    assert price.cost == Cost(3.5 * asked_s, "CU", kind)
    assert basis in price.basis
    assert price.basis.endswith("Asking for it started nothing.")
    assert fake.received[-1].json()["duration"] == asked_s


async def test_clips_of_another_billed_length_have_another_price(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    fake.cu_by_length = {length_s: 10.0 * length_s for length_s in range(4, 16)}
    clip = replace(make_file("video", b"x"), duration_s=5.0)
    auto = replace(TEXT, mode=Mode.REFERENCES, duration_s=0, videos=(clip,))

    lengths_s = (5.0, 12.5, 4.9, 5.0)
    prices = [await scenario.estimate(replace(auto, videos=(replace(clip, duration_s=one),))) for one in lengths_s]

    assert [price.cost.amount for price in prices] == [50, 130, 50, 50]
    assert len(fake.received) == 2


async def test_auto_and_its_longest_length_share_an_answer_and_no_certainty(
    fake: FakeScenario, scenario: Scenario
) -> None:
    prices = [await scenario.estimate(replace(TEXT, duration_s=length_s)) for length_s in (0, 15, 0)]

    assert [price.kind for price in prices] == ["estimate", "exact", "estimate"]
    assert len(fake.received) == 1


async def test_auto_is_sent_as_auto_and_its_bill_replaces_the_estimate(fake: FakeScenario, scenario: Scenario) -> None:
    fake.cu_by_length = {-1: 25.5, 15: 75}
    auto = replace(TEXT, duration_s=0)
    assert (await scenario.estimate(auto)).cost == Cost(75, "CU", "estimate")

    job = await run(scenario, auto)

    assert [body["duration"] for body in fake.bodies()] == [-1]
    assert (await scenario.poll(job)).cost == Cost(25.5, "CU", "exact")


async def test_a_price_that_is_not_to_be_had_has_no_basis(fake: FakeScenario, scenario: Scenario) -> None:
    fake.script("POST", GENERATE, Instead(Reply(269, {"creativeUnitsCost": 1e300})))
    assert await scenario.estimate(replace(TEXT, duration_s=0)) == NO_PRICE_CU


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
async def test_without_an_answer_the_price_is_not_known_and_asked_for_again(
    fake: FakeScenario, scenario: Scenario, status: int
) -> None:
    fake.script("POST", GENERATE, Instead(Reply(status)))
    assert (await scenario.estimate(TEXT)).cost == UNKNOWN_CU
    assert (await scenario.estimate(TEXT)).cost == Cost(PRICE_CU, "CU", "exact")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_another_success_than_269_stops_dry_runs(fake: FakeScenario, scenario: Scenario, status: int) -> None:
    fake.script("POST", GENERATE, Instead(Reply(status, b"" if status == 204 else {"creativeUnitsCost": 1})))
    assert (await scenario.estimate(TEXT)).cost == UNKNOWN_CU
    assert (await scenario.estimate(replace(TEXT, duration_s=4))).cost == UNKNOWN_CU
    assert len(fake.received) == 1


async def test_a_dry_run_that_started_a_job_is_told_with_its_id_once(fake: FakeScenario, scenario: Scenario) -> None:
    fake.dry_run_status = 200
    asked = await asyncio.gather(
        *(scenario.estimate(replace(TEXT, duration_s=n)) for n in (4, 5, 6)), return_exceptions=True
    )
    strays = [one for one in asked if isinstance(one, StrayJobError)]
    assert [one.remote_id for one in strays] == fake.bill
    assert len(fake.bill) == 1
    assert [one for one in asked if one not in strays] == [NO_PRICE_CU, NO_PRICE_CU]


@pytest.mark.parametrize(
    ("details", "parts"),
    [
        (
            {"custom-generation": 36, "quality-gate": 4},
            [("action", "custom-generation", 36), ("action", "quality-gate", 4)],
        ),
        ({"custom-generation": 40, "caption": 0}, [("action", "custom-generation", 40)]),
        ({"custom-generation": 36}, [("whole", "", 40)]),
        ({}, [("whole", "", 40)]),
        ([], [("whole", "", 40)]),
        ({"custom-generation": "many"}, [("whole", "", 40)]),
        (None, [("whole", "", 40)]),
    ],
    ids=["two", "one is free", "do not add up", "none", "a list", "words", "null"],
)
async def test_the_parts_of_a_price_are_what_the_dry_run_names_where_they_add_up(
    fake: FakeScenario, scenario: Scenario, details: Any, parts: list[tuple[str, str, float]]
) -> None:
    fake.script("POST", GENERATE, Instead(Reply(269, {"creativeUnitsCost": PRICE_CU, "costDetails": details})))
    price = await scenario.estimate(TEXT)
    assert [(part.kind, part.name, part.amount) for part in price.parts] == parts
    assert price.cost == Cost(PRICE_CU, "CU", "exact")
    assert (price.as_of, price.basis[:24]) == (scenario.setup.now().date(), "Scenario named this pric")


# The paid request


async def test_submit_tells_id_and_price(fake: FakeScenario, scenario: Scenario) -> None:
    submitted = await scenario.submit(job_of(TEXT), Handles())
    assert [submitted.remote_id] == fake.bill
    assert submitted.update is not None
    assert submitted.update.cost == Cost(PRICE_CU, "CU", "exact")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {}),
        Reply(200, {"job": {}}),
        Reply(200, {"job": {"jobId": ""}}),
        Reply(200, {"job": {"jobId": None}}),
        Reply(200, []),
        Reply(200, b"ok"),
        Reply(500, {"message": "x"}),
        Reply(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}),
        Reply(503, {"message": "x"}),
        Reply(504, b""),
        Reply(409, {}),
    ],
    ids=lambda reply: f"{reply.status} {reply.body}",
)
async def test_submit_without_an_id_is_an_open_question_and_sent_once(
    fake: FakeScenario, scenario: Scenario, reply: Reply
) -> None:
    """A2."""
    fake.script("POST", GENERATE, AcceptThen(reply))
    with pytest.raises(SubmitUnknownError):
        await scenario.submit(job_of(TEXT), Handles())
    assert len(fake.bill) == 1


async def test_submit_takes_an_id_at_an_odd_place_rather_than_losing_it(fake: FakeScenario, scenario: Scenario) -> None:
    fake.script("POST", GENERATE, Instead(Reply(200, {"jobId": "job_7", "creativeUnitsCost": "many"})))
    submitted = await scenario.submit(job_of(TEXT), Handles())
    assert (submitted.remote_id, submitted.update) == ("job_7", None)


@pytest.mark.parametrize(
    ("reply", "kind", "code", "words"),
    [
        (Reply(400, {"reason": "Input prompt is required", "trace_id": "t"}), BadRequestError, None, "Input prompt"),
        (Reply(400, {"reason": "referenceImages[0]: no asset"}), BadRequestError, "bad_media", "no asset"),
        (Reply(400, {"reason": "may contain real person"}), ContentFilterError, "face", "real person"),
        (Reply(400, {"reason": "copyright"}), ContentFilterError, "copyright", "copyright"),
        (Reply(400, {"reason": "flagged by moderation"}), ContentFilterError, "moderation", "flagged"),
        (Reply(400, {"reason": "OutputAudioSensitive"}), ContentFilterError, "moderation_audio", "OutputAudio"),
        (Reply(401, b"Unauthorized", {"Content-Type": "text/plain"}), AuthenticationError, None, "Unauthorized"),
        (Reply(402, {"message": "Not enough creative units"}), InsufficientBalanceError, None, "creative units"),
        (Reply(403, {"message": "Upgrade to the Max plan"}), InsufficientBalanceError, "no_plan", "Max plan"),
        (Reply(403, {"message": "Out of credits"}), InsufficientBalanceError, None, "credits"),
        (Reply(403, {"message": "Forbidden"}), AuthenticationError, "forbidden", "Forbidden"),
        (Reply(404, {"reason": "No such model"}), BadRequestError, None, "No such model"),
        (Reply(404, {"message": "No such project"}), BadRequestError, None, "No such project"),
        (Reply(429, {"reason": "cooldown", "remainingSeconds": 12}), RateLimitError, None, "cooldown: wait 12 s"),
        (
            Reply(429, {"reason": "Too many", "details": {"actionName": "custom", "actionLimit": 4}}),
            RateLimitError,
            None,
            "at most 4 at once",
        ),
    ],
    ids=lambda value: f"{value.status} {value.body}"[:40] if isinstance(value, Reply) else None,
)
async def test_every_row_of_the_error_table(
    fake: FakeScenario, scenario: Scenario, reply: Reply, kind: type[ProviderError], code: str | None, words: str
) -> None:
    fake.script("POST", GENERATE, Instead(reply))
    with pytest.raises(kind, match=words) as caught:
        await scenario.submit(job_of(TEXT), Handles())
    assert caught.value.code == code
    assert fake.bill == []


@pytest.mark.parametrize(
    ("body", "headers", "wait_s"),
    [
        ({"reason": "cooldown", "remainingSeconds": 12}, {}, 12.0),
        ({"reason": "cooldown", "remainingSeconds": 900}, {}, 300.0),
        ({"reason": "cooldown", "remainingSeconds": "soon"}, {"Retry-After": "7"}, 7.0),
        ({"reason": "slow down"}, {"Retry-After": "7"}, 7.0),
        ({"reason": "slow down"}, {}, None),
    ],
    ids=str,
)
async def test_a_cooldown_says_how_long(
    fake: FakeScenario, scenario: Scenario, body: dict[str, Any], headers: dict[str, str], wait_s: float | None
) -> None:
    fake.script("POST", GENERATE, Instead(Reply(429, body, headers)))
    with pytest.raises(RateLimitError) as caught:
        await scenario.submit(job_of(TEXT), Handles())
    assert caught.value.retry_after_s == wait_s


# Questions about a job


async def test_a_job_goes_through_its_words_to_a_video(fake: FakeScenario, scenario: Scenario) -> None:
    fake.steps = ("pending", "queued", "warming-up", "in-progress", "finalizing", "success")
    job = await run(scenario, replace(TEXT, seed=5))
    updates = [await scenario.poll(job) for _ in fake.steps]
    assert [update.state for update in updates] == ["queued"] * 3 + ["running"] * 2 + ["succeeded"]
    assert updates[3].progress == 0.5
    assert (updates[5].cost, updates[5].seed) == (Cost(PRICE_CU, "CU", "exact"), 5)
    assert isinstance(updates[5].video, RemoteVideo)
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(updates[5].video.url)).content == VIDEO


async def test_each_question_after_success_brings_a_fresh_link(fake: FakeScenario, scenario: Scenario) -> None:
    fake.steps = ("success",)
    job = await run(scenario, TEXT)
    first, second = [(await scenario.poll(job)).video for _ in range(2)]
    assert isinstance(first, RemoteVideo)
    assert isinstance(second, RemoteVideo)
    assert first.url != second.url


@pytest.mark.parametrize(
    "reply",
    [Reply(404, {"reason": "Asset not found"}), Reply(503), Reply(200, {"asset": {"id": "a"}}), Reply(200, {})],
    ids=["404", "503", "no url", "odd"],
)
async def test_success_without_a_link_is_a_success_to_ask_about_again(
    fake: FakeScenario, scenario: Scenario, reply: Reply
) -> None:
    """B9, B10."""
    fake.steps = ("success",)
    job = await run(scenario, TEXT)
    fake.script("GET", "/v1/assets/.*", *[Instead(reply)] * 3)
    update = await scenario.poll(job)
    assert (update.state, update.video) == ("succeeded", None)


@pytest.mark.parametrize(("disable_refund", "charged"), [(False, "no"), (True, "unknown")])
async def test_a_failure_says_why_and_whether_it_costs(
    fake: FakeScenario, scenario: Scenario, disable_refund: bool, charged: str
) -> None:
    fake.steps, fake.disable_refund = ("failure",), disable_refund
    update = await scenario.poll(await run(scenario, TEXT))
    assert update.state == "failed"
    assert update.error is not None
    assert update.error.detail == "The model could not make this video. Change the prompt and try again."
    assert (update.error.code, update.error.charged) == ("generation_failed", charged)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("InputImageSensitiveContentDetected.PrivacyInformation", "face"),
        ("OutputVideoSensitiveContentDetected.PolicyViolation", "copyright"),
        ("OutputAudioSensitiveContentDetected", "moderation_audio"),
        ("NSFW content", "moderation"),
    ],
)
async def test_a_refusal_while_the_job_ran_has_its_code(
    fake: FakeScenario, scenario: Scenario, words: str, code: str
) -> None:
    fake.steps, fake.failure = ("failure",), words
    update = await scenario.poll(await run(scenario, TEXT))
    assert update.error is not None
    assert update.error.code == code


async def test_an_unknown_word_is_shown_as_it_is_and_keeps_the_job(fake: FakeScenario, scenario: Scenario) -> None:
    """B11."""
    fake.steps = ("re-heating <b>",)
    update = await scenario.poll(await run(scenario, TEXT))
    assert (update.state, update.message) == ("unknown", "re-heating <b>")


@pytest.mark.parametrize(
    "job",
    [
        {"status": "in-progress", "progress": "half", "metadata": None, "billing": []},
        {"status": "in-progress", "progress": 7, "metadata": {"assetIds": "x", "input": 3}},
        {"status": "in-progress", "progress": -1, "billing": {"cuCost": "free"}, "createdAt": "yesterday"},
    ],
    ids=str,
)
async def test_odd_details_do_not_spoil_an_answer(fake: FakeScenario, scenario: Scenario, job: dict[str, Any]) -> None:
    fake.script("GET", "/v1/jobs/.*", Instead(Reply(200, {"job": {"jobId": "job_1", **job}})))
    update = await scenario.poll(job_of(TEXT, remote_id="job_1"))
    assert update.state == "running"
    assert update.progress is None or 0 <= update.progress <= 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, {"job": {"jobId": "job_other", "status": "success"}}), UnexpectedResponseError),
        (Reply(200, {"job": {"jobId": "job_1"}}), UnexpectedResponseError),
        (Reply(200, b"<html>"), UnexpectedResponseError),
        (Reply(404, {"reason": "Job not found"}), BadRequestError),
        (Reply(401), AuthenticationError),
        (Reply(429), RateLimitError),
        (Reply(502), ProviderUnavailableError),
    ],
    ids=["another job", "no status", "html", "404", "401", "429", "502"],
)
async def test_a_question_without_a_usable_answer_is_an_error_and_no_verdict(
    fake: FakeScenario, scenario: Scenario, reply: Reply, kind: type[ProviderError]
) -> None:
    """B7, B15."""
    fake.script("GET", "/v1/jobs/.*", *[Instead(reply)] * 3)
    with pytest.raises(kind):
        await scenario.poll(job_of(TEXT, remote_id="job_1"))


# Cancel, reconcile, key


async def test_cancel_is_true_only_where_scenario_stopped_the_job(fake: FakeScenario, scenario: Scenario) -> None:
    fake.steps = ("in-progress",)
    job = await run(scenario, TEXT)
    assert await scenario.cancel(job) is False
    fake.can_cancel = True
    assert await scenario.cancel(job) is True
    assert (await scenario.poll(job)).state == "cancelled"


def unresolved(request: GenerationRequest) -> Job:
    now = datetime.now(timezone.utc)
    return job_of(request, state=JobState.NEEDS_ATTENTION, created_at=now, finished_at=now)


async def test_reconcile_finds_the_one_job_with_this_input(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    mine = replace(TEXT, mode=Mode.REFERENCES, images=(make_file("image", b"1"),))
    fake.script("POST", GENERATE, AcceptThenDrop())
    with pytest.raises(SubmitUnknownError):
        await run(scenario, mine)
    [lost] = fake.bill
    await run(scenario, replace(mine, images=(make_file("image", b"2"),)))
    await run(scenario, replace(mine, prompt="other words"))
    await run(scenario, TEXT)
    assert await scenario.reconcile(unresolved(mine)) == lost
    assert await scenario.reconcile(unresolved(mine), known=[lost]) is None


async def test_reconcile_after_a_restart_knows_a_job_with_files_by_its_words(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, data_dir: Path
) -> None:
    """A7: the ids of the files are forgotten; words, settings and how many files there are tie it to us."""
    mine = replace(TEXT, mode=Mode.REFERENCES, images=(make_file("image", b"1"), make_file("image", b"2")))
    await run(scenario, mine)
    await run(scenario, replace(mine, images=mine.images[:1]))
    restarted = make_scenario(fake, data_dir, Now())
    assert await restarted.reconcile(unresolved(mine)) == fake.bill[0]
    await restarted.close()


STRANGERS = {
    "a frame": {"mode": Mode.FRAMES, "first_frame": "image"},
    "references": {"mode": Mode.REFERENCES, "images": ("image", "image")},
    "a link": {"mode": Mode.REFERENCES, "videos": (MediaLink("https://example.com/mine.mp4", MediaKind.VIDEO),)},
}


@pytest.mark.parametrize("files", STRANGERS.values(), ids=STRANGERS)
async def test_reconcile_after_a_restart_leaves_a_strangers_job_without_words_alone(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, data_dir: Path, files: dict[str, Any]
) -> None:
    """A7: killed before the POST; meanwhile a colleague on the same account made one with equal settings."""
    contents = iter([b"mine", b"mine too", b"theirs", b"theirs too"])

    def made(value: Any) -> Any:
        if value == "image":
            return make_file("image", next(contents))
        return tuple(map(made, value)) if isinstance(value, tuple) else value

    mine = replace(TEXT, prompt=" ", **{name: made(value) for name, value in files.items()})
    theirs = replace(TEXT, prompt=" ", **{name: made(value) for name, value in files.items()})
    restarted = make_scenario(fake, data_dir, Now())
    await run(scenario, theirs)
    assert await restarted.reconcile(unresolved(mine)) is None
    await restarted.close()


@pytest.mark.parametrize("files", STRANGERS.values(), ids=STRANGERS)
async def test_a_job_without_words_that_a_person_names_is_theirs_after_a_restart(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile, data_dir: Path, files: dict[str, Any]
) -> None:
    """A7: what nobody may guess, a person may say; settings, number of files and time still have to match."""
    made = {"image": make_file("image", b"1"), ("image", "image"): (make_file("image", b"2"), make_file("image", b"3"))}
    mine = replace(TEXT, prompt=" ", **{name: made.get(value, value) for name, value in files.items()})
    await run(scenario, mine)
    await run(scenario, replace(mine, duration_s=mine.duration_s + 1))
    restarted = make_scenario(fake, data_dir, Now())
    assert await restarted.is_record_of(unresolved(mine), fake.bill[0])
    assert not await restarted.is_record_of(unresolved(mine), fake.bill[1])
    await restarted.close()


async def test_reconcile_without_words_finds_a_job_by_the_files_that_this_process_sent(
    fake: FakeScenario, scenario: Scenario, make_file: MakeFile
) -> None:
    mine, theirs = (
        replace(TEXT, mode=Mode.FRAMES, prompt=" ", first_frame=make_file("image", content)) for content in (b"1", b"2")
    )
    await run(scenario, theirs)
    await run(scenario, mine)
    assert await scenario.reconcile(unresolved(mine)) == fake.bill[1]
    assert await scenario.is_record_of(unresolved(mine), fake.bill[1])
    assert not await scenario.is_record_of(unresolved(mine), fake.bill[0])


async def test_reconcile_takes_no_job_of_an_unknown_time(fake: FakeScenario, scenario: Scenario) -> None:
    await run(scenario, TEXT)

    def without_time(page: Any) -> Any:
        return {"jobs": [{**job, "createdAt": None} for job in page["jobs"]]}

    fake.script("GET", "/v1/jobs", AcceptThenEdit(without_time))
    assert await scenario.reconcile(unresolved(TEXT)) is None


async def test_reconcile_is_silent_where_two_match_or_none(fake: FakeScenario, scenario: Scenario) -> None:
    """A7."""
    assert await scenario.reconcile(unresolved(TEXT)) is None
    for _ in range(2):
        await run(scenario, TEXT)
    assert await scenario.reconcile(unresolved(TEXT)) is None
    assert await scenario.reconcile(unresolved(TEXT), known=fake.bill[:1]) == fake.bill[1]


async def test_reconcile_looks_only_at_its_time(fake: FakeScenario, scenario: Scenario) -> None:
    await run(scenario, TEXT)
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    earlier = datetime.now(timezone.utc) - timedelta(hours=1)
    assert await scenario.reconcile(job_of(TEXT, created_at=later)) is None
    assert await scenario.reconcile(job_of(TEXT, created_at=earlier, finished_at=earlier)) is None


async def test_reconcile_looks_around_when_a_job_was_sent_and_not_when_the_app_came_back(
    fake: FakeScenario, scenario: Scenario
) -> None:
    """A7: it waited for an hour, and a restart found it days later."""
    await run(scenario, TEXT)
    now, hour = datetime.now(timezone.utc), timedelta(hours=1)
    waited = replace(unresolved(TEXT), created_at=now - hour, sent_at=now, finished_at=now + hour)
    late = timedelta(seconds=SUBMIT_WITHIN_S) + timedelta(minutes=5)  # on its way, and by another clock
    for sent_at in (now, now - late + timedelta(seconds=30)):
        assert await scenario.reconcile(replace(waited, sent_at=sent_at)) == fake.bill[0]
    for sent_at in (now - hour / 2, now + hour / 2):
        assert await scenario.reconcile(replace(waited, sent_at=sent_at)) is None
        assert not await scenario.is_record_of(replace(waited, sent_at=sent_at), fake.bill[0])


async def test_reconcile_reads_every_page(fake: FakeScenario, scenario: Scenario) -> None:
    await run(scenario, TEXT)
    for n in range(120):
        await run(scenario, replace(TEXT, prompt=f"take {n}"))
    fake.bill.reverse()
    assert await scenario.reconcile(unresolved(replace(TEXT, prompt="take 119"))) == fake.bill[0]
    assert len(fake.requests("GET", "/v1/jobs")) == 2


async def test_check_key_costs_nothing_and_tells_a_bad_key(fake: FakeScenario, scenario: Scenario) -> None:
    await scenario.check_key()
    fake.script("GET", "/v1/models/.*", Instead(Reply(401, f"No such key {SECRET}".encode())))
    with pytest.raises(AuthenticationError) as caught:
        await scenario.check_key()
    assert SECRET not in str(caught.value)
    assert fake.bill == []


async def test_the_project_stands_in_the_query_of_every_call(
    fake: FakeScenario, data_dir: Path, now: Now, make_file: MakeFile
) -> None:
    with_project = make_scenario(fake, data_dir, now, project_id="proj_1")
    fake.steps = ("success",)
    await with_project.estimate(TEXT)
    job = await run(with_project, replace(TEXT, mode=Mode.REFERENCES, videos=(make_file("video", b"clip"),)))
    await with_project.poll(job)
    await with_project.close()
    assert {one.query.get("projectId") for one in fake.received if one.path.startswith("/v1/")} == {"proj_1"}
