"""AIML API's adapter against a strict fake on a real socket."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from seedance_ui.config import Settings
from seedance_ui.domain.job import NO_WORD, Job, JobUpdate, RemoteVideo
from seedance_ui.domain.media import MediaFile, MediaKind, MediaLink, Reference, identity
from seedance_ui.domain.pricing import Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.domain.validation import blocking, check_request
from seedance_ui.errors import (
    AuthenticationError,
    BadRequestError,
    ContentFilterError,
    InsufficientBalanceError,
    InvalidRequestError,
    MediaError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitError,
    SubmitUnknownError,
    UnexpectedResponseError,
)
from seedance_ui.providers.aimlapi import MODEL, AimlApi, build_payload, price_of
from seedance_ui.providers.aimlapi_answers import Generation, LogPage, parse_update
from seedance_ui.providers.base import Handles, Setup
from seedance_ui.services import LOCAL_OWNER, Services
from tests import samples
from tests.fakes.aimlapi import GENERATIONS, KEY, FakeAimlApi, RefusedError, check_body, log_row, refusal
from tests.fakes.server import AcceptThen, AcceptThenDrop, Drop, Instead, Reply
from tests.scripted import QuickClock, make_job, no_report

TEXT = GenerationRequest(provider="aimlapi", mode=Mode.TEXT, prompt="A tram in the rain")
CLIP_LINK = MediaLink("https://example.com/clip.mp4", MediaKind.VIDEO)
PICTURE_LINK = MediaLink("https://example.com/picture.jpg", MediaKind.IMAGE)
REACHABLE = AimlApi(Setup(Path(), hand_over=lambda job_id, file: "https://outside.example"))
"""Without a key, but with an address from outside."""
MARKS = (b"nobody", b"2031:07:09")
PLAIN = {
    "model": "bytedance/seedance-2-0-fast",
    "prompt": "A tram in the rain",
    "duration": 8,
    "resolution": "720p",
    "aspect_ratio": "16:9",
    "generate_audio": True,
}


@pytest.fixture
def fake() -> Iterator[FakeAimlApi]:
    with FakeAimlApi() as server:
        yield server


def make_setup(fake: FakeAimlApi, tmp_path: Path, **changes: Any) -> Setup:
    setup = Setup(
        work_dir=tmp_path,
        keys={"AIMLAPI_KEY": KEY},
        base_url=fake.origin,
        hand_over=lambda job_id, file: f"https://outside.example/handover/{job_id}-{file.sha256[:8]}",
        now=lambda: datetime(2026, 1, 2, tzinfo=timezone.utc),
    )
    return replace(setup, **changes)


@pytest.fixture
async def provider(fake: FakeAimlApi, tmp_path: Path) -> AsyncIterator[AimlApi]:
    made = AimlApi(make_setup(fake, tmp_path))
    yield made
    await made.close()


def job_of(request: GenerationRequest = TEXT, **changes: Any) -> Job:
    return replace(make_job(), request=request, **changes)


def on_disk(file: MediaFile, tmp_path: Path) -> MediaFile:
    path = tmp_path / file.name
    path.write_bytes(f"bytes of {file.name}".encode())
    return replace(file, path=path)


def handles_of(request: GenerationRequest) -> Handles:
    """Return handles as `upload` would make them, without any disk."""

    def handle(one: Reference) -> str:
        if isinstance(one, MediaLink):
            return one.url
        if one.kind is MediaKind.VIDEO:
            return f"https://outside.example/handover/{one.sha256[:32]}"
        return f"data:{one.mime};base64,{base64.b64encode(one.name.encode()).decode()}"

    return Handles({identity(one): handle(one) for one in request.media})


def data_uri(file: MediaFile) -> str:
    return f"data:{file.mime};base64,{base64.b64encode(f'bytes of {file.name}'.encode()).decode()}"


# The body


def test_build_payload_of_words_is_the_whole_body() -> None:
    assert build_payload(TEXT, Handles()) == PLAIN
    assert build_payload(replace(TEXT, seed=0), Handles()) == {**PLAIN, "seed": 0}


def test_build_payload_of_frames_names_first_and_last() -> None:
    first, last = samples.image("first.png"), samples.image("last.png")
    one = replace(TEXT, mode=Mode.FRAMES, first_frame=first)
    both = replace(one, last_frame=last)
    handles = Handles({first.sha256: "data:1", last.sha256: "data:2"})
    assert build_payload(one, handles) == {**PLAIN, "image_url": "data:1"}
    assert build_payload(both, handles) == {**PLAIN, "image_url": "data:1", "last_image_url": "data:2"}


def test_build_payload_of_references_keeps_their_order_and_writes_tags_as_aiml_api_reads_them() -> None:
    images = tuple(samples.image(f"{n}.png") for n in range(9))
    videos = (samples.video("a.mp4"), CLIP_LINK)
    audios = (samples.audio("a.mp3"), samples.audio("b.mp3"), samples.audio("c.mp3"))
    request = replace(
        TEXT, mode=Mode.REFERENCES, prompt="@IMAGE2 sings @audio1", images=images, videos=videos, audios=audios, seed=7
    )
    handles = handles_of(request)
    assert build_payload(request, handles) == {
        **PLAIN,
        "prompt": "@Image2 sings @Audio1",
        "seed": 7,
        "image_urls": [handles.by_identity[image.sha256] for image in images],
        "video_urls": [handles.by_identity[videos[0].sha256], CLIP_LINK.url],
        "audio_urls": [handles.by_identity[audio.sha256] for audio in audios],
    }


FILES = {
    kind: st.lists(st.sampled_from(choices), max_size=most, unique_by=identity).map(tuple)
    for kind, most, choices in (
        ("images", 9, [*(samples.image(f"{n}.png") for n in range(9)), samples.image("x.jpg", mime="image/jpeg")]),
        ("videos", 3, [samples.video(f"{n}.mp4", duration_s=2.0 + n) for n in range(3)] + [CLIP_LINK]),
        ("audios", 3, [samples.audio(f"{n}.mp3") for n in range(3)] + [samples.audio("w.wav", mime="audio/wav")]),
    )
}
FRAME = st.sampled_from([samples.image("first.png"), samples.image("last.png"), PICTURE_LINK])
MEDIA = {
    Mode.TEXT: st.just({}),
    Mode.FRAMES: st.fixed_dictionaries({"first_frame": FRAME, "last_frame": st.none() | FRAME}),
    Mode.REFERENCES: st.fixed_dictionaries(FILES),
}


@st.composite
def requests(draw: st.DrawFn) -> GenerationRequest:
    """Draw a request that passes the checks, nearly always."""
    mode = draw(st.sampled_from(Mode))
    return GenerationRequest(
        provider="aimlapi",
        mode=mode,
        prompt=draw(st.text(min_size=1, max_size=50) | st.sampled_from(["@image1 walks", "@VIDEO1 to @Audio1"])),
        duration_s=draw(st.integers(4, 15)),
        resolution=draw(st.sampled_from(["480p", "720p"])),
        aspect_ratio=draw(st.sampled_from(["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"])),
        generate_audio=draw(st.booleans()),
        seed=draw(st.none() | st.integers(0, 2**32 - 1)),
        **draw(MEDIA[mode]),
    )


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(requests())
def test_build_payload_of_any_valid_request_satisfies_the_published_schema(request: GenerationRequest) -> None:
    """A request that passed the checks is never one that the reference would refuse."""
    assume(not blocking(check_request(request, REACHABLE.spec())))
    check_body(json.loads(json.dumps(build_payload(request, handles_of(request)))))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"duration_s": 4, "resolution": "480p", "aspect_ratio": "21:9", "generate_audio": False, "seed": 2**32 - 1},
        {"mode": Mode.FRAMES, "first_frame": samples.image(), "last_frame": samples.image("b.png")},
        {"mode": Mode.REFERENCES, "videos": (samples.video(), CLIP_LINK), "audios": (samples.audio(),)},
    ],
    ids=["text", "every setting", "frames", "references"],
)
def test_build_payload_of_each_mode_satisfies_the_published_schema(changes: dict[str, Any]) -> None:
    request = replace(TEXT, **changes)
    assert not blocking(check_request(request, REACHABLE.spec()))
    check_body(json.loads(json.dumps(build_payload(request, handles_of(request)))))


def test_check_body_would_have_noticed_a_string_for_an_integer() -> None:
    with pytest.raises(RefusedError):
        check_body({**PLAIN, "duration": "8"})


# The spec and the price


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_s": 0}, "duration_s"),
        ({"aspect_ratio": "adaptive"}, "aspect_ratio"),
        ({"mode": Mode.FRAMES, "prompt": "", "first_frame": samples.image()}, "prompt"),
        ({"mode": Mode.REFERENCES, "prompt": " ", "images": (samples.image(),)}, "prompt"),
        ({"mode": Mode.REFERENCES, "videos": (samples.video(width_px=1920, height_px=1080),)}, "references"),
        ({"mode": Mode.REFERENCES, "videos": (samples.video(width_px=480, height_px=480),)}, "references"),
        ({"mode": Mode.REFERENCES, "audios": (samples.audio(),)}, "references"),
    ],
    ids=["auto", "adaptive", "no prompt", "no prompt 2", "large video", "small video", "audio alone"],
)
def test_what_aiml_api_lacks_is_said_at_the_field(changes: dict[str, Any], field: str) -> None:
    spec = REACHABLE.spec()
    assert {problem.field for problem in blocking(check_request(replace(TEXT, **changes), spec))} == {field}


def test_a_local_video_without_an_address_from_outside_is_said_at_the_file() -> None:
    request = replace(TEXT, mode=Mode.REFERENCES, videos=(CLIP_LINK, samples.video()))
    [problem] = blocking(check_request(request, AimlApi(Setup(Path())).spec()))
    assert (problem.asset, problem.field) == ("@Video2", "references")
    assert "SEEDANCE_PUBLIC_URL" in problem.message


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        ({}, 2.515968),
        ({"duration_s": 15}, 4.71744),
        ({"resolution": "480p"}, 1.168),
        ({"images": (samples.image(),), "audios": (samples.audio(),)}, 2.515968),
        ({"videos": (samples.video(duration_s=5.0),)}, 4.088448),
        ({"videos": (samples.video(duration_s=5.0), CLIP_LINK)}, 7.296308),
    ],
    ids=["the reference's sample", "15 s", "480p", "pictures and sound", "5 s of video in", "a link"],
)
async def test_estimate_is_the_worst_case(changes: dict[str, Any], usd: float, provider: AimlApi) -> None:
    request = replace(TEXT, **changes)
    assert await provider.estimate(request) == price_of(request)
    cost = price_of(request).cost
    assert (cost.amount, cost.unit, cost.kind) == (pytest.approx(usd, abs=1e-6), "USD", "estimate")


def test_price_names_seconds_rate_and_what_costs_nothing_more() -> None:
    request = replace(TEXT, videos=(samples.video(duration_s=5.0),), resolution="480p", duration_s=4)

    video, references, sound = price_of(request).parts

    assert (video.kind, video.seconds, video.per_second, video.is_most) == ("video", 4, 0.146, False)
    assert (references.kind, references.seconds, references.is_most) == ("reference_videos", 5.0, True)
    assert (sound.kind, sound.amount) == ("sound", 0.0)
    assert [part.kind for part in price_of(replace(TEXT, generate_audio=False)).parts] == ["video"]


# Upload and submit


async def test_upload_makes_data_uris_of_pictures_and_sound_and_links_of_videos(
    provider: AimlApi, fake: FakeAimlApi, tmp_path: Path
) -> None:
    picture = on_disk(samples.image("a.jpg", mime="image/jpeg"), tmp_path)
    sound = on_disk(samples.audio("a.mp3"), tmp_path)
    clip = samples.video("a.mp4")
    request = replace(TEXT, mode=Mode.REFERENCES, images=(picture,), videos=(clip, CLIP_LINK), audios=(sound,))
    job = job_of(request)
    handles = await provider.upload(job, no_report)
    assert handles.of(request.references) == [
        data_uri(picture),
        f"https://outside.example/handover/{job.job_id}-{clip.sha256[:8]}",
        CLIP_LINK.url,
        data_uri(sound),
    ]
    assert fake.received == []
    await provider.submit(job, handles)
    assert fake.bodies() == [build_payload(request, handles)]


async def test_a_frame_that_is_a_link_is_sent_as_it_is(provider: AimlApi, fake: FakeAimlApi, tmp_path: Path) -> None:
    last = on_disk(samples.image("last.png"), tmp_path)
    job = job_of(replace(TEXT, mode=Mode.FRAMES, first_frame=PICTURE_LINK, last_frame=last))
    await provider.submit(job, await provider.upload(job, no_report))
    assert fake.bodies() == [{**PLAIN, "image_url": PICTURE_LINK.url, "last_image_url": data_uri(last)}]


async def test_upload_of_a_file_that_is_gone_names_it(provider: AimlApi) -> None:
    request = replace(TEXT, mode=Mode.FRAMES, first_frame=samples.image("gone.png"))
    with pytest.raises(MediaError, match="gone.png"):
        await provider.upload(job_of(request), no_report)


async def test_submit_is_one_post_under_our_own_id(provider: AimlApi, fake: FakeAimlApi) -> None:
    job = job_of()
    submitted = await provider.submit(job, Handles())
    assert fake.bill == [submitted.remote_id]
    [request] = fake.received
    assert (request.method, request.path, request.query) == ("POST", GENERATIONS, {})
    assert request.json() == PLAIN
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-client-request-id"] == job.job_id
    assert fake.generations[submitted.remote_id].client_request_id == job.job_id
    assert submitted.update == JobUpdate("queued", "In the provider's queue", cost=Cost(2.515968, "USD", "exact"))


@pytest.mark.parametrize(
    "fault",
    [
        Drop(),
        AcceptThenDrop(),
        AcceptThen(refusal(500, "Internal server error")),
        AcceptThen(refusal(502, "Bad gateway")),
        AcceptThen(refusal(503, "The model is under maintenance")),
        AcceptThen(refusal(504, "Generation timeout")),
        Instead(Reply(200, b"<html>", {"Content-Type": "text/html"})),
        Instead(Reply(200, {"status": "queued"})),
        Instead(Reply(200, {"id": "", "status": "queued"})),
        Instead(Reply(200, {"id": None, "status": "queued"})),
        Instead(Reply(302, headers={"Location": GENERATIONS})),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_submit_with_an_unclear_end_says_so_and_is_never_sent_again(
    provider: AimlApi, fake: FakeAimlApi, fault: Any
) -> None:
    """A2."""
    fake.script("POST", GENERATIONS, fault)
    with pytest.raises(SubmitUnknownError):
        await provider.submit(job_of(), Handles())
    assert len(fake.received) == 1


async def test_submit_with_a_body_that_cannot_be_read_finds_the_id_in_the_header(
    provider: AimlApi, fake: FakeAimlApi
) -> None:
    fake.script("POST", GENERATIONS, AcceptThen(Reply(200, b"{", {"x-inference-id": "gen-1"})))
    submitted = await provider.submit(job_of(), Handles())
    assert (submitted.remote_id, submitted.update) == ("gen-1", None)


@pytest.mark.parametrize("meta", ["odd", {"usage": 5}, {"usage": {"usd_spent": -1}}, {"usage": {"usd_spent": "x"}}])
async def test_submit_never_loses_an_id_to_an_odd_bill(provider: AimlApi, fake: FakeAimlApi, meta: Any) -> None:
    fake.script("POST", GENERATIONS, Instead(Reply(200, {"id": "gen-1", "status": "queued", "meta": meta})))
    submitted = await provider.submit(job_of(), Handles())
    assert submitted.remote_id == "gen-1"
    assert submitted.update == JobUpdate("queued", "In the provider's queue")


ERRORS = [
    (400, "Body validation error! Expected 4, received 3", BadRequestError, None, None),
    (400, "image_urls[1]: could not be downloaded", BadRequestError, "bad_media", "@Image2"),
    (400, "Input image may contain real person", ContentFilterError, "face", None),
    (400, "Blocked for copyright restrictions", ContentFilterError, "copyright", None),
    (422, "The prompt was flagged as sensitive", ContentFilterError, "moderation", None),
    (400, "OutputAudioSensitiveContentDetected", ContentFilterError, "moderation_audio", None),
    (401, "This request requires a valid API key", AuthenticationError, None, None),
    (403, "You've run out of credits. Please top up your balance.", InsufficientBalanceError, None, None),
    (402, "Payment required", InsufficientBalanceError, None, None),
    (404, "Model not found", BadRequestError, None, None),
    (413, "Payload too large", BadRequestError, None, None),
]


@pytest.mark.parametrize(("status", "message", "kind", "code", "asset"), ERRORS, ids=lambda value: str(value)[:40])
async def test_submit_that_is_refused_says_why(
    provider: AimlApi,
    fake: FakeAimlApi,
    status: int,
    message: str,
    kind: type[ProviderError],
    code: str | None,
    asset: str | None,
) -> None:
    """A4: every row of the error table; an empty account is a 403 here."""
    fake.script("POST", GENERATIONS, Instead(refusal(status, message)))
    with pytest.raises(kind) as caught:
        await provider.submit(job_of(), Handles())
    assert message in str(caught.value)
    assert (caught.value.code, caught.value.asset, caught.value.request_id) == (code, asset, "req-1")
    assert fake.bill == []


async def test_submit_without_credit_is_no_matter_of_the_key(provider: AimlApi, fake: FakeAimlApi) -> None:
    fake.credit_usd = 1.0
    with pytest.raises(InsufficientBalanceError, match="run out of credits"):
        await provider.submit(job_of(), Handles())


async def test_submit_of_too_many_requests_names_the_wait(provider: AimlApi, fake: FakeAimlApi) -> None:
    reply = refusal(429, "Too Many Requests")
    fake.script("POST", GENERATIONS, Instead(replace(reply, headers={"Retry-After": "17"})))
    with pytest.raises(RateLimitError) as caught:
        await provider.submit(job_of(), Handles())
    assert caught.value.retry_after_s == 17


# Answers


def said(answer: dict[str, Any]) -> JobUpdate:
    request = replace(TEXT, mode=Mode.REFERENCES, images=(samples.image(), samples.image("b.png")))
    return parse_update(Generation.model_validate({"id": "gen-1", **answer}), request)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "queued"),
        ("waiting", "queued"),
        ("generating", "running"),
        ("active", "running"),
        ("completed", "succeeded"),
        ("error", "failed"),
    ],
)
def test_parse_update_knows_every_status_word(word: str, state: str) -> None:
    assert said({"status": word}).state == state


@pytest.mark.parametrize("word", ["marinating", "Completed", "ERROR", ""])
def test_parse_update_shows_an_unknown_word_and_draws_no_conclusion(word: str) -> None:
    """B11."""
    assert said({"status": word}) == JobUpdate("unknown", word or NO_WORD)


@pytest.mark.parametrize("video", [{"url": "https://x.example/v"}, [{"url": "https://x.example/v"}]])
def test_parse_update_takes_the_video_as_an_object_or_an_array(video: Any) -> None:
    assert said({"status": "completed", "video": video}).video == RemoteVideo("https://x.example/v")


@pytest.mark.parametrize("video", [None, [], {}, {"url": ""}, {"url": None}, "https://x.example/v", [None]])
def test_parse_update_of_a_success_without_a_link_is_still_a_success(video: Any) -> None:
    """B10: the link is asked for again."""
    assert said({"status": "completed", "video": video}) == JobUpdate("succeeded", "Ready")


@pytest.mark.parametrize(
    ("error", "code", "asset", "detail"),
    [
        ({"name": "Error", "message": "It broke"}, "generation_failed", None, "Error: It broke"),
        ("It broke", "generation_failed", None, "It broke"),
        (None, "generation_failed", None, "It gave no reason."),
        ({"name": "OutputAudioSensitiveContentDetected", "message": "No"}, "moderation_audio", None, "OutputAudio"),
        ({"message": "image 2 may contain a real person: @Image2"}, "face", "@Image2", "real person"),
        ({"name": "PolicyViolation", "message": "No"}, "copyright", None, "PolicyViolation"),
        ({"name": "Error", "message": "content_policy_violation"}, "moderation", None, "content_policy"),
        ({"message": "@Image7 is broken"}, "generation_failed", None, "@Image7"),
    ],
    ids=["object", "string", "nothing", "sound", "face", "copyright", "moderation", "a file that was not sent"],
)
def test_parse_update_of_a_failure_says_why_and_that_it_was_free(
    error: Any, code: str, asset: str | None, detail: str
) -> None:
    update = said({"status": "error", "error": error})
    assert update.error is not None
    assert (update.error.code, update.error.asset, update.error.charged) == (code, asset, "no")
    assert detail in update.error.detail


def test_parse_update_of_a_failure_that_names_dollars_does_not_say_that_it_was_free() -> None:
    update = said({"status": "error", "error": "x", "meta": {"usage": {"credits_used": 2, "usd_spent": 1.5}}})
    assert update.error is not None
    assert (update.error.charged, update.cost) == ("unknown", Cost(1.5, "USD", "exact"))


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        ({"credits_used": 5_031_936, "usd_spent": 2.515968}, Cost(2.515968, "USD", "exact")),
        ({"usd_spent": 0}, Cost(0.0, "USD", "exact")),
        ({"credits_used": 5_031_936}, None),
        (None, None),
        ({"usd_spent": None}, None),
    ],
)
def test_parse_update_never_takes_credits_for_dollars(usage: Any, cost: Cost | None) -> None:
    assert said({"status": "generating", "meta": {"usage": usage}}).cost == cost


async def test_poll_follows_a_generation_to_its_video(provider: AimlApi, fake: FakeAimlApi) -> None:
    job = job_of()
    submitted = await provider.submit(job, Handles())
    job = replace(job, remote_id=submitted.remote_id)
    updates = [await provider.poll(job) for _ in range(4)]
    assert [update.state for update in updates] == ["queued", "running", "succeeded", "succeeded"]
    assert isinstance(updates[2].video, RemoteVideo)
    assert updates[2].video != updates[3].video  # each answer brings a fresh link
    asked = fake.requests("GET", GENERATIONS)
    assert [request.query for request in asked] == [{"generation_id": submitted.remote_id}] * 4
    assert {request.headers["authorization"] for request in asked} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, {"id": "another", "status": "completed"}), UnexpectedResponseError),
        (Reply(200, {"status": "completed"}), UnexpectedResponseError),
        (Reply(200, {"id": "gen-1"}), UnexpectedResponseError),
        (Reply(200, b"[]"), UnexpectedResponseError),
        (Reply(200, b"not JSON"), UnexpectedResponseError),
        (refusal(401, "This request requires a valid API key"), AuthenticationError),
        (refusal(404, "Generation not found"), BadRequestError),
        (refusal(403, "You've run out of credits"), InsufficientBalanceError),
        (refusal(429, "Too Many Requests"), RateLimitError),
        (refusal(500, "Internal server error"), ProviderUnavailableError),
        (refusal(502, "Bad gateway"), ProviderUnavailableError),
    ],
    ids=lambda value: str(getattr(value, "body", ""))[:50],
)
async def test_poll_with_an_answer_that_is_none_draws_no_conclusion(
    provider: AimlApi, fake: FakeAimlApi, reply: Reply, kind: type[ProviderError]
) -> None:
    """B7, B15."""
    fake.script("GET", GENERATIONS, *[Instead(reply)] * 3)
    with pytest.raises(kind):
        await provider.poll(job_of(remote_id="gen-1"))


# A lost request, the key


async def test_reconcile_finds_the_request_by_our_id_on_any_page(provider: AimlApi, fake: FakeAimlApi) -> None:
    """A7."""
    job = job_of()
    fake.script("POST", GENERATIONS, AcceptThenDrop())
    with pytest.raises(SubmitUnknownError):
        await provider.submit(job, Handles())
    [taken] = fake.generations.values()
    fake.other_rows = [log_row(taken, inference_id=f"other-{n}", client_request_id=None) for n in range(250)]
    assert await provider.reconcile(job) == taken.generation_id
    pages = fake.requests("GET", "/v2/logs")
    assert [page.query["offset"] for page in pages] == ["0", "100", "200"]
    assert pages[0].query == {
        "start": "2025-12-31T23:50:00Z",
        "end": "2026-01-02T00:10:00Z",
        "model": MODEL,
        "limit": "100",
        "offset": "0",
    }
    assert len(fake.bill) == 1


async def test_reconcile_after_the_clock_was_set_back_still_looks_at_when_the_job_was_made(
    provider: AimlApi, fake: FakeAimlApi
) -> None:
    """B14."""
    later = replace(job_of(), created_at=provider.setup.now() + timedelta(days=1))
    await provider.reconcile(later)
    [page] = fake.requests("GET", "/v2/logs")
    assert page.query["start"] < page.query["end"]


async def test_reconcile_with_no_match_or_more_than_one_finds_nothing(provider: AimlApi, fake: FakeAimlApi) -> None:
    job = job_of()
    assert await provider.reconcile(job) is None
    one = await provider.submit(job, Handles())
    two = await provider.submit(job, Handles())
    assert await provider.reconcile(job) is None
    assert await provider.reconcile(job, known=[one.remote_id]) == two.remote_id
    assert await provider.reconcile(job_of()) is None


def test_a_row_without_our_id_is_never_a_match() -> None:
    rows = [{"inference_id": "a", "client_request_id": None}, {"inference_id": None, "client_request_id": "j"}, {}]
    page = LogPage.model_validate({"data": rows})
    assert page.inference_ids_of("j") == page.inference_ids_of("") == set()


async def test_check_key_costs_nothing(provider: AimlApi, fake: FakeAimlApi, tmp_path: Path) -> None:
    await provider.check_key()
    wrong = AimlApi(make_setup(fake, tmp_path, keys={"AIMLAPI_KEY": "wrong"}))
    with pytest.raises(AuthenticationError, match="valid API key"):
        await wrong.check_key()
    await wrong.close()
    assert [request.path for request in fake.received] == ["/v2/billing", "/v2/billing"]
    assert fake.bill == []


async def test_without_a_key_nothing_is_asked(fake: FakeAimlApi, tmp_path: Path) -> None:
    keyless = AimlApi(make_setup(fake, tmp_path, keys={}))
    with pytest.raises(AuthenticationError, match="AIMLAPI_KEY"):
        await keyless.submit(job_of(), Handles())
    assert fake.received == []


async def test_cancel_is_not_asked_for_where_no_way_is_documented(provider: AimlApi, fake: FakeAimlApi) -> None:
    assert provider.spec().can_cancel == "never"
    assert await provider.cancel(job_of(remote_id="gen-1")) is False
    assert fake.received == []


# From the request to the library


@pytest.fixture
async def app(fake: FakeAimlApi, data_dir: Path, finished_video: Path) -> AsyncIterator[Services]:
    fake.video = finished_video.read_bytes()
    env = {**fake.settings(), "SEEDANCE_DATA_DIR": str(data_dir), "SEEDANCE_PUBLIC_URL": "https://outside.example"}
    services = Services(Settings.from_env(env), providers={"aimlapi": AimlApi}, clock=QuickClock())
    services.start()
    yield services
    await asyncio.get_running_loop().run_in_executor(None, services.stop)


async def last_snapshot(services: Services, job_id: str) -> dict[str, Any]:
    return dict([snapshot async for _, snapshot in services.watch(job_id)][-1])


async def test_a_request_becomes_the_very_video_that_was_served(app: Services, fake: FakeAimlApi) -> None:
    assert (await app.quote(TEXT)).total == Cost(2.515968, "USD", "estimate")
    job_id = await app.submit(TEXT, owner=LOCAL_OWNER)
    snapshot = await last_snapshot(app, job_id)
    assert (snapshot["state"], snapshot["remote_id"]) == ("succeeded", fake.bill[0])
    assert snapshot["cost"] == {"amount": 2.515968, "unit": "USD", "kind": "exact"}
    path = app.media_path(f"{job_id}.mp4")
    assert path is not None
    assert path.read_bytes() == fake.video
    assert len(fake.bill) == 1


async def test_a_link_that_expires_while_it_is_fetched_is_renewed(app: Services, fake: FakeAimlApi) -> None:
    """B5."""
    fake.script("GET", "/cdn/.*", Instead(Reply(403, b"<Error/>", {"Content-Type": "application/xml"})))
    job_id = await app.submit(TEXT, owner=LOCAL_OWNER)
    assert (await last_snapshot(app, job_id))["state"] == "succeeded"
    links = [request.query["signature"] for request in fake.requests("GET", "/cdn/.*")]
    assert len(links) == len(set(links)) == 2
    assert len(fake.bill) == 1


async def test_references_arrive_without_places_and_their_video_by_a_link_of_ours(
    app: Services, fake: FakeAimlApi, tmp_path: Path
) -> None:
    """F7, on the bytes that the provider received."""
    exif = Image.Exif()
    exif[0x010F] = "A camera that nobody should hear of"
    exif.get_ifd(0x8825)[29] = "2031:07:09"  # the day on which somebody was somewhere
    Image.new("RGB", (640, 480), "teal").save(tmp_path / "a.jpg", exif=exif)
    assert all(mark in (tmp_path / "a.jpg").read_bytes() for mark in MARKS)
    picture = await app.take_in(tmp_path / "a.jpg", "a.jpg")
    request = replace(TEXT, mode=Mode.REFERENCES, images=(picture,), videos=(samples.video(),))
    job_id = await app.submit(request, owner=LOCAL_OWNER)
    assert (await last_snapshot(app, job_id))["state"] == "succeeded"
    [body] = fake.bodies()
    sent = base64.b64decode(body["image_urls"][0].removeprefix("data:image/jpeg;base64,"), validate=True)
    assert sent == picture.path.read_bytes()
    assert not any(mark in sent for mark in MARKS)
    [link] = body["video_urls"]
    assert link.startswith("https://outside.example/handover/")


@pytest.mark.parametrize(
    "changes",
    [
        {"duration_s": 4.5},
        {"duration_s": 0},
        {"seed": -1},
        {"resolution": "8K"},
        {"prompt": "x" * 6001},
        {"mode": Mode.REFERENCES, "audios": (samples.audio(),)},
        {"mode": Mode.REFERENCES, "images": tuple(samples.image(f"{n}.png") for n in range(10))},
        {"mode": Mode.REFERENCES, "videos": (MediaLink("http://example.com/a.mp4", MediaKind.VIDEO),)},
    ],
    ids=lambda changes: ", ".join(changes),
)
async def test_a_request_with_a_problem_opens_no_socket(
    app: Services, fake: FakeAimlApi, changes: dict[str, Any]
) -> None:
    """C7."""
    with pytest.raises(InvalidRequestError):
        await app.submit(replace(TEXT, **changes), owner=LOCAL_OWNER)
    assert fake.received == []
    assert await app.count_by_state() == {}


async def test_a_failure_is_free_and_says_why(app: Services, fake: FakeAimlApi) -> None:
    fake.steps = ("generating", "error")
    fake.failure = {"name": "InputTextSensitiveContentDetected", "message": "The prompt was declined"}
    job_id = await app.submit(TEXT, owner=LOCAL_OWNER)
    snapshot = await last_snapshot(app, job_id)
    assert (snapshot["state"], snapshot["error"]["code"], snapshot["error"]["charged"]) == (
        "failed",
        "moderation",
        "no",
    )
    assert snapshot["cost"] == {"amount": 0.0, "unit": "USD", "kind": "exact"}


async def test_the_key_is_nowhere_in_what_is_kept(app: Services, fake: FakeAimlApi, data_dir: Path) -> None:
    """D1, D7: an answer that echoes it does not bring it into the database either."""
    fake.script("POST", GENERATIONS, Instead(refusal(400, f"Bad request by Bearer {KEY}")))
    job_id = await app.submit(TEXT, owner=LOCAL_OWNER)
    assert (await last_snapshot(app, job_id))["state"] == "failed"
    kept = [path for path in data_dir.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in kept)
    assert [path for path in kept if KEY.encode() in path.read_bytes()] == []
