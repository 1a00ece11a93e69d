"""From a request to a saved video: the real services, runner, downloader and adapter against the fake Scenario."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from seedance_ui.config import Settings
from seedance_ui.domain.media import MediaFile
from seedance_ui.domain.pricing import UNKNOWN_CU, Cost
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import InvalidRequestError, MissingKeyError
from seedance_ui.providers.scenario import Scenario
from seedance_ui.services import LOCAL_OWNER, Services
from tests.fakes.scenario import AUTHORIZATION, GENERATE, PRICE_CU, SECRET, FakeScenario
from tests.fakes.server import AcceptThen, AcceptThenDrop, Instead, Reply
from tests.media_makers import make_image, make_mp3, make_video
from tests.scripted import QuickClock

TEXT = GenerationRequest(provider="scenario", mode=Mode.TEXT, prompt="A tram in the rain", aspect_ratio="adaptive")
PAID = Cost(PRICE_CU, "CU", "exact").to_json()
Start = Callable[..., Any]


@pytest.fixture
def fake(finished_video: Path) -> Iterator[FakeScenario]:
    with FakeScenario(finished_video.read_bytes()) as server:
        yield server


@pytest.fixture
def start(data_dir: Path, fake: FakeScenario) -> Start:
    """Return a way to run the services, again and again on the same data."""

    @asynccontextmanager
    async def run(**env: str) -> AsyncIterator[Services]:
        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **fake.settings(), **env})
        services = Services(settings, providers={"scenario": Scenario}, clock=QuickClock())
        services.start()
        try:
            yield services
        finally:
            await asyncio.get_running_loop().run_in_executor(None, services.stop)

    return run


async def ended(services: Services, job_id: str) -> dict[str, Any]:
    snapshots = [snapshot async for _, snapshot in services.watch(job_id)]
    return dict(snapshots[-1])


async def make(services: Services, request: GenerationRequest) -> dict[str, Any]:
    return await ended(services, await services.submit(request, owner=LOCAL_OWNER))


def saved(services: Services, snapshot: dict[str, Any]) -> bytes:
    path = services.media_path(f"{snapshot['job_id']}.mp4")
    assert path is not None
    return path.read_bytes()


async def pictures(services: Services, tmp_path: Path, count: int) -> tuple[MediaFile, ...]:
    made = [make_image(tmp_path / f"{n}.png", (320, 300 + n)) for n in range(count)]
    return tuple([await services.take_in(path, path.name) for path in made])


async def test_text_becomes_the_video_that_was_served(start: Start, fake: FakeScenario) -> None:
    async with start() as services:
        assert (await services.quote(TEXT)).total == Cost(PRICE_CU, "CU", "exact")
        snapshot = await make(services, TEXT)
        assert (snapshot["state"], snapshot["cost"]) == ("succeeded", PAID)
        assert saved(services, snapshot) == fake.video
    assert [snapshot["remote_id"]] == fake.bill
    assert fake.bodies()[0]["prompt"] == "A tram in the rain"


async def test_frames_arrive_without_what_a_camera_wrote_into_them(
    start: Start, fake: FakeScenario, tmp_path: Path
) -> None:
    """F7, on the bytes that left this machine."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "Planted Camera"
    photo = make_image(tmp_path / "photo.jpg", (400, 320), exif=exif)
    async with start() as services:
        first = await services.take_in(photo, "At home.jpg")
        (last,) = await pictures(services, tmp_path, 1)
        request = replace(TEXT, mode=Mode.FRAMES, prompt="", first_frame=first, last_frame=last)
        assert (await make(services, request))["state"] == "succeeded"
    [body] = fake.bodies()
    sent = fake.assets[body["image"]].content
    (tmp_path / "sent").write_bytes(sent)
    with Image.open(tmp_path / "sent") as picture:
        assert (picture.size, dict(picture.getexif())) == ((320, 400), {})
    assert b"Planted Camera" not in sent
    assert all(b"At home" not in request.body for request in fake.received)


async def test_every_reference_arrives_in_its_place(start: Start, fake: FakeScenario, tmp_path: Path) -> None:
    async with start() as services:
        images = await pictures(services, tmp_path, 9)
        videos = [make_video(tmp_path / f"{n}.mp4", size=(640, 480 + 16 * n), sound=True) for n in range(3)]
        audios = [make_mp3(tmp_path / f"{n}.mp3", 2.0 + n / 2) for n in range(3)]
        request = replace(
            TEXT,
            mode=Mode.REFERENCES,
            prompt="@Image9 moves like @Video3 and speaks like @Audio1",
            images=images,
            videos=tuple([await services.take_in(path, path.name) for path in videos]),
            audios=tuple([await services.take_in(path, path.name) for path in audios]),
        )
        snapshot = await make(services, request)
        assert snapshot["state"] == "succeeded"
        assert saved(services, snapshot) == fake.video
    [body] = fake.bodies()
    for name, files in (
        ("referenceImages", request.images), ("referenceVideos", request.videos), ("referenceAudio", request.audios),
    ):  # fmt: skip
        digests = [hashlib.sha256(fake.assets[asset_id].content).hexdigest() for asset_id in body[name]]
        assert digests == [file.sha256 for file in files if isinstance(file, MediaFile)]
    assert body["prompt"] == "@image9 moves like @video3 and speaks like @audio1"


async def test_an_answer_that_is_lost_leaves_one_paid_request_and_a_question(start: Start, fake: FakeScenario) -> None:
    """A2."""
    async with start() as services:
        fake.script("POST", GENERATE, Instead(Reply(503)), AcceptThenDrop())  # the first is the question for a price
        snapshot = await make(services, TEXT)
    assert (snapshot["state"], snapshot["error"]["charged"]) == ("needs_attention", "unknown")
    assert len(fake.bill) == 1


async def test_a_refused_rate_is_tried_again_and_paid_once(start: Start, fake: FakeScenario) -> None:
    """A3."""
    async with start() as services:
        await services.quote(TEXT)
        fake.script("POST", GENERATE, Instead(Reply(429, {"reason": "cooldown", "remainingSeconds": 2})))
        assert (await make(services, TEXT))["state"] == "succeeded"
    assert len(fake.bill) == 1
    assert len(fake.requests("POST", GENERATE)) == 3


async def test_a_refusal_is_told_with_its_way_out_and_costs_nothing(start: Start, fake: FakeScenario) -> None:
    fake.steps, fake.failure = ("in-progress", "failure"), "OutputAudioSensitiveContentDetected"
    async with start() as services:
        snapshot = await make(services, TEXT)
    assert (snapshot["state"], snapshot["cost"]["amount"]) == ("failed", 0)
    assert snapshot["error"]["code"] == "moderation_audio"
    assert snapshot["error"]["next_step"].startswith("Generate again without sound")


async def test_an_expired_link_is_replaced_by_a_fresh_one(start: Start, fake: FakeScenario) -> None:
    """B5."""
    fake.script("GET", "/cdn/.*", Instead(Reply(403)), Instead(Reply(404)))
    async with start() as services:
        snapshot = await make(services, TEXT)
        assert saved(services, snapshot) == fake.video
    links = [request.query["Signature"] for request in fake.requests("GET", "/cdn/.*")]
    assert len(set(links)) == len(links) == 3
    assert all("authorization" not in request.headers for request in fake.requests("GET", "/cdn/.*"))


async def test_a_job_that_cannot_be_stopped_says_so_and_is_kept(start: Start, fake: FakeScenario) -> None:
    fake.steps = ("in-progress",)
    async with start() as services:
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        messages = []
        async for _, snapshot in services.watch(job_id):
            messages.append(snapshot["message"])
            if snapshot["message"] == "Generating":
                await services.cancel(job_id)
            if "can't stop" in snapshot["message"]:
                for job in fake.jobs.values():
                    job.steps[:] = ["success"]
        assert snapshot["state"] == "succeeded"
    assert any(message.startswith("Scenario can't stop this job") for message in messages)


async def test_a_restart_goes_on_with_a_running_job(start: Start, fake: FakeScenario) -> None:
    """B2."""
    fake.steps = ("in-progress",)
    async with start() as services:
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        async for _, snapshot in services.watch(job_id):
            if snapshot["state"] == "running":
                break
    fake.jobs[fake.bill[0]].steps[:] = ["success"]
    async with start() as services:
        assert (await ended(services, job_id))["state"] == "succeeded"
    assert len(fake.bill) == 1


# A price question that started a job


async def test_a_job_that_a_quote_started_is_kept_with_its_video(start: Start, fake: FakeScenario) -> None:
    fake.dry_run_status = 200
    async with start() as services:
        assert (await services.quote(TEXT)).total == UNKNOWN_CU
        assert (await services.quote(replace(TEXT, duration_s=4))).total == UNKNOWN_CU
        listed = [*await services.staged_jobs(LOCAL_OWNER), *await services.library(LOCAL_OWNER)]
        [job_id] = {item["job_id"] for item in listed}
        snapshot = await ended(services, job_id)
        assert (snapshot["state"], snapshot["cost"]) == ("succeeded", PAID)
        assert saved(services, snapshot) == fake.video
    assert [snapshot["remote_id"]] == fake.bill


async def test_a_click_whose_price_question_started_the_job_sends_no_second_one(
    start: Start, fake: FakeScenario
) -> None:
    fake.dry_run_status = 200
    async with start() as services:
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER, form_token="click")
        assert await services.submit(TEXT, owner=LOCAL_OWNER, form_token="click") == job_id
        assert (await ended(services, job_id))["state"] == "succeeded"
    assert len(fake.bill) == 1


async def test_without_a_price_a_job_at_home_still_runs(start: Start, fake: FakeScenario) -> None:
    fake.dry_run_status = 204
    async with start() as services:
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        first = (await services.events_after(job_id, 0))[0][1]
        assert first["cost"] == UNKNOWN_CU.to_json()
        assert (await ended(services, job_id))["cost"] == PAID


# Keys


async def test_in_public_the_owners_key_is_neither_offered_nor_used(start: Start, fake: FakeScenario) -> None:
    async with start(SEEDANCE_PUBLIC="on") as services:
        [offer] = services.offers()
        assert not offer.available
        assert offer.reason is not None
        assert "owner" in offer.reason
        for ask in (services.quote(TEXT), services.submit(TEXT, owner=None), services.check_key("scenario")):
            with pytest.raises(MissingKeyError):
                await ask
    assert fake.received == []


@pytest.mark.parametrize("missing", ["SCENARIO_API_KEY", "SCENARIO_API_SECRET"])
async def test_without_half_of_the_key_the_message_names_it(start: Start, fake: FakeScenario, missing: str) -> None:
    async with start(**{missing: ""}) as services:
        with pytest.raises(MissingKeyError, match=f"needs {missing}. The animatic works without a key"):
            await services.submit(TEXT, owner=LOCAL_OWNER)
    assert fake.received == []


async def test_a_refused_key_rests_until_there_is_another(start: Start, fake: FakeScenario) -> None:
    fake.steps = ("in-progress",)
    async with start() as services:
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        fake.script("GET", "/v1/jobs/.*", Instead(Reply(401, f"Bad key {SECRET}".encode())))
        snapshot = await ended(services, job_id)
    assert (snapshot["state"], snapshot["error"]["code"]) == ("needs_key", "key_refused")
    assert snapshot["remote_id"] == fake.bill[0]
    assert SECRET not in str(snapshot)


async def test_check_key_is_free(start: Start, fake: FakeScenario) -> None:
    async with start() as services:
        await services.check_key("scenario")
    assert [request.method for request in fake.received] == ["GET"]


async def test_no_key_and_no_signed_link_is_written_down(
    start: Start, fake: FakeScenario, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """D1, D7."""
    caplog.set_level("DEBUG")
    leak = Reply(400, {"reason": f"{SECRET} {AUTHORIZATION}"})
    async with start() as services:
        await services.quote(TEXT)
        await make(services, TEXT)
        fake.script("POST", GENERATE, AcceptThen(leak))
        await make(services, TEXT)
    written = caplog.text.encode() + b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    for secret in (SECRET, AUTHORIZATION.partition(" ")[2], "Signature="):
        assert secret.encode() not in written


# What is not valid is never sent


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": " "},
        {"duration_s": 3},
        {"duration_s": 8.0},
        {"resolution": "1080p"},
        {"aspect_ratio": "2:1"},
        {"seed": -1},
        {"generate_audio": "yes"},
        {"mode": Mode.FRAMES},
        {"mode": Mode.REFERENCES},
        {"prompt": "x" * 6001},
        {"prompt": "@Image1 walks"},
    ],
    ids=str,
)
async def test_an_invalid_request_opens_no_socket(start: Start, fake: FakeScenario, changes: dict[str, Any]) -> None:
    async with start() as services:
        with pytest.raises(InvalidRequestError):
            await services.submit(replace(TEXT, **changes), owner=LOCAL_OWNER)
    assert fake.received == []
