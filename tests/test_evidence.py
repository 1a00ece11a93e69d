"""B18: what a person can hand to a provider's support, over the real services and a fake Scenario.

D5, D7: planted keys, links, paths and addresses come back from the provider in every answer, and stand nowhere.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import stamina
from starlette.testclient import TestClient

from seedance_ui import __version__
from seedance_ui.config import Settings
from seedance_ui.domain.folding import fold
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.jobs.evidence import SCHEMA, SCHEMA_VERSION
from seedance_ui.jobs.replies import MAX_REPLIES
from seedance_ui.providers.scenario import Scenario
from seedance_ui.services import LOCAL_OWNER, Services
from seedance_ui.web.app import create_app
from tests.fakes.scenario import AUTHORIZATION, GENERATE, KEY, MODEL, PRICE_CU, SECRET, FakeScenario
from tests.fakes.server import AcceptThenDrop, Drop, Instead, Received, Reply
from tests.media_makers import make_image
from tests.scripted import QuickClock

TEXT = GenerationRequest(
    provider="scenario", mode=Mode.TEXT, prompt="A tram in the rain", aspect_ratio="adaptive", seed=7
)
PAID = f"paid POST /generate/custom/{MODEL}"
EXACT = {"amount": PRICE_CU, "unit": "CU", "kind": "exact"}
OTHER_KEY = "sk-other+Zq7/9x=Tt"
"""Of another provider, which Scenario's adapter has never seen."""
PROMPT = f"A sign that says {SECRET}"
Start = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_waiting_between_questions() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def fake(finished_video: Path) -> Iterator[FakeScenario]:
    with FakeScenario(finished_video.read_bytes()) as server:
        yield server


@pytest.fixture
def start(data_dir: Path) -> Start:
    """Return a way to run the services, again and again on the same data."""

    @asynccontextmanager
    async def run(fake: FakeScenario, **env: str) -> AsyncIterator[Services]:
        settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **fake.settings(), **env})
        services = Services(settings, providers={"scenario": Scenario}, clock=QuickClock())
        services.start()
        try:
            yield services
        finally:
            await asyncio.get_running_loop().run_in_executor(None, services.stop)

    return run


async def until(services: Services, job_id: str, state: str) -> None:
    async for _, snapshot in services.watch(job_id):
        if snapshot["state"] == state:
            return
    raise AssertionError(f"the job ended as {snapshot['state']}: {snapshot['error']}")


async def evidence_of(services: Services, job_id: str) -> dict[str, Any]:
    evidence = await services.evidence(job_id)
    assert evidence is not None
    return dict(evidence)


def asked(evidence: dict[str, Any], what: str) -> list[dict[str, str]]:
    return [reply for reply in evidence["replies"] if reply["what"].startswith(what)]


async def test_evidence_of_a_success_names_everything_that_a_bill_is_argued_by(
    start: Start, fake: FakeScenario, tmp_path: Path
) -> None:
    async with start(fake) as services:
        picture = await services.take_in(make_image(tmp_path / "first.png", (400, 320)), "At home.png")
        request = replace(TEXT, mode=Mode.FRAMES, first_frame=picture)
        job_id = await services.submit(request, owner=LOCAL_OWNER, form_token="click")
        await until(services, job_id, "succeeded")
        evidence = await evidence_of(services, job_id)
        video = (services.media_path(f"{job_id}.mp4") or tmp_path).read_bytes()
        [item] = await services.library(LOCAL_OWNER)
    replies, states, video_said = (evidence.pop(name) for name in ("replies", "states", "video"))
    times = evidence.pop("times")
    assert evidence.pop("note").startswith("For a support ticket. It holds your prompt")
    assert times["created_at"] == states[0]["at"] == item["created_at"]
    assert times["created_at"] <= times["submitted_at"] <= times["started_at"] <= times["finished_at"]
    assert evidence.pop("made_at") >= times["finished_at"]
    assert evidence == {
        "schema": SCHEMA, "schema_version": SCHEMA_VERSION, "app_version": __version__, "job_id": job_id,
        "is_imported": False,
        "provider": "scenario", "remote_id": fake.bill[0], "mode": "frames", "state": "succeeded",
        "settings": {
            "duration_s": 8, "resolution": "720p", "aspect_ratio": "adaptive", "generate_audio": True, "seed": 7
        },
        "prompt": "A tram in the rain",
        "media": [
            {"place": "first_frame", "kind": "image", "size_bytes": picture.size_bytes, "sha256": picture.sha256}
        ],
        "price": {"quoted": EXACT, "now": EXACT}, "error": None, "attempts": 0,
    }  # fmt: skip
    assert [one["state"] for one in states] == [
        "queued", "uploading", "submitting", "running", "downloading", "succeeded"
    ]  # fmt: skip
    assert video_said == {"sha256": hashlib.sha256(video).hexdigest(), "size_bytes": len(video)}
    assert (replies[-1]["what"], replies[-1]["status"]) == ("GET the video at …", "200")
    assert [reply["at"] for reply in replies] == sorted(reply["at"] for reply in replies)


async def test_evidence_of_a_refusal_has_the_providers_words(start: Start, fake: FakeScenario) -> None:
    async with start(fake) as services:
        await services.quote(TEXT)
        fake.script("POST", GENERATE, Instead(Reply(400, {"reason": "No trams today", "trace_id": "trace-9"})))
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        await until(services, job_id, "failed")
        evidence = await evidence_of(services, job_id)
    [reply] = evidence["replies"]
    assert (reply["what"], reply["status"]) == (PAID, "400")
    assert json.loads(reply["words"]) == {"reason": "No trams today", "trace_id": "trace-9"}
    assert (evidence["error"]["detail"], evidence["error"]["charged"]) == ("No trams today", "no")
    assert evidence["price"] == {"quoted": EXACT, "now": {**EXACT, "amount": 0.0}}
    assert (evidence["remote_id"], evidence["video"], evidence["times"]["submitted_at"]) == (None, None, None)


async def test_evidence_of_an_unclear_request_names_what_broke(start: Start, fake: FakeScenario) -> None:
    """A2: and of the provider's list, which is asked afterwards, only the status: other people's jobs are in it."""
    async with start(fake) as services:
        await services.quote(TEXT)
        fake.script("GET", "/v1/jobs", *[Instead(Reply(200, {"jobs": [], "note": "another prompt"}))] * 9)
        fake.script("POST", GENERATE, AcceptThenDrop())
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        await until(services, job_id, "needs_attention")
        await services.check_again(job_id)
        evidence = await evidence_of(services, job_id)
    assert (evidence["replies"][0]["what"], evidence["replies"][0]["words"]) == (PAID, "")
    assert evidence["replies"][0]["status"] in ("RemoteProtocolError", "ReadError")
    lists = asked(evidence, "GET /jobs")
    assert lists
    assert {(reply["status"], reply["words"]) for reply in lists} == {("200", "")}


async def test_the_answer_to_the_paid_request_is_there_with_the_id_and_outlives_restarts_and_questions(
    start: Start, fake: FakeScenario
) -> None:
    """B3, B18: many more questions than there are places do not push it out."""
    fake.steps = ("in-progress",)
    async with start(fake) as services:
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        await until(services, job_id, "running")
        before = await evidence_of(services, job_id)
    assert (asked(before, "paid")[0]["status"], before["remote_id"]) == ("200", fake.bill[0])
    fake.jobs[fake.bill[0]].steps[:] = ["queued", "in-progress"] * 8 + ["success"]
    fake.script("GET", "/cdn/.*", *[Instead(Reply(403))] * 2)
    async with start(fake) as services:
        await until(services, job_id, "succeeded")
        after = await evidence_of(services, job_id)
    assert len(after["replies"]) == MAX_REPLIES
    assert after["replies"][0] == asked(before, "paid")[0]
    assert [reply["status"] for reply in asked(after, "GET the video")] == ["403", "403", "200"]


async def test_evidence_of_requests_that_were_not_taken_counts_them(start: Start, fake: FakeScenario) -> None:
    async with start(fake) as services:
        await services.quote(TEXT)
        fake.script("POST", GENERATE, Instead(Reply(429, {"reason": "cooldown"}, {"Retry-After": "1"})))
        job_id = await services.submit(TEXT, owner=LOCAL_OWNER)
        await until(services, job_id, "succeeded")
        evidence = await evidence_of(services, job_id)
    assert [reply["status"] for reply in asked(evidence, "paid")] == ["429", "200"]
    assert evidence["attempts"] == 1


# What must stand nowhere


class Echo(FakeScenario):
    """Says in every answer, in its headers and in its errors, everything that it should keep to itself."""

    def __init__(self, video: bytes, private: dict[str, str]) -> None:
        super().__init__(video)
        self.private = private

    def handle(self, request: Received) -> Reply:
        reply = super().handle(request)
        headers = {**reply.headers, "X-Echo": self.private["secret"], "X-Request-Id": self.private["token"]}
        if not isinstance(reply.body, dict):
            return replace(reply, headers=headers)
        return replace(
            reply, body={**reply.body, "echo": [self.private, {"as words": str(self.private)}]}, headers=headers
        )


def planted(data_dir: Path) -> dict[str, str]:
    token = AUTHORIZATION.partition(" ")[2]
    return {
        "key": KEY, "secret": SECRET, "authorization": AUTHORIZATION, "token": token,
        "coded": base64.b64encode(SECRET.encode()).decode(), "quoted": quote(token, safe=""),
        "other": OTHER_KEY, "other coded": base64.b64encode(f"x:{OTHER_KEY}".encode()).decode(),
        "other quoted": quote(OTHER_KEY, safe=""),
        "link": "https://user:pa55w0rd@cdn.example.com/a.mp4?Signature=s1gn4tur3",
        "data": "data:image/png;base64,cGxhbnRlZC1waXhlbHM=",
        "path": str(data_dir / "uploads" / "planted-file.png"), "home": "/home/planted-user/a.png",
        "address": "203.0.113.77", "handover": "https://app.example.com/handover/pl4nted70ken",
    }  # fmt: skip


def hits(text: str, data_dir: Path) -> list[str]:
    parts = {"link": "s1gn4tur3", "link's user": "pa55w0rd", "data": "cGxhbnRlZC1waXhlbHM", "path": "planted-file",
             "home": "planted-user", "handover": "pl4nted70ken"}  # fmt: skip
    return [name for name, value in {**planted(data_dir), **parts}.items() if value in text]


async def test_what_is_echoed_stands_in_no_evidence_no_database_and_no_log(
    start: Start, data_dir: Path, finished_video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """D1, D5, D7."""
    caplog.set_level(logging.DEBUG)
    private = planted(data_dir)
    refusal = Reply(400, {"reason": f"{SECRET} and {AUTHORIZATION} are odd", "echo": private})
    html = Reply(502, f"<html>{KEY} {private['quoted']} {private['coded']}</html>".encode())
    with Echo(finished_video.read_bytes(), private) as fake:
        async with start(fake, AIMLAPI_KEY=OTHER_KEY) as services:
            await services.quote(TEXT)
            done = await services.submit(TEXT, owner="0wner", form_token="f0rm-t0ken")
            await until(services, done, "succeeded")
            fake.script("POST", GENERATE, Instead(refusal))
            refused = await services.submit(replace(TEXT, prompt=PROMPT), owner=LOCAL_OWNER)
            await until(services, refused, "failed")
            fake.script("POST", GENERATE, Instead(html))
            unclear = await services.submit(TEXT, owner=LOCAL_OWNER)
            await until(services, unclear, "needs_attention")
            evidence = [await evidence_of(services, job_id) for job_id in (done, refused, unclear)]
            rows = b"".join(path.read_bytes() for path in data_dir.glob("*.sqlite3*"))
    written = json.dumps(evidence, ensure_ascii=False)
    assert "echo" in written and "are odd" in written
    assert hits(written, data_dir) == []
    for ours in ("f0rm-t0ken", hashlib.sha256(b"f0rm-t0ken").hexdigest(), "0wner", str(data_dir)):
        assert ours not in written
    assert hits(caplog.text, data_dir) == []
    assert evidence[1]["prompt"] == "A sign that says …"
    assert PROMPT.encode() in rows  # what a person asks for is kept as it is
    for asked in (PROMPT, fold(PROMPT)):  # the second is what a search looks in
        rows = rows.replace(asked.encode(), b"")
    assert hits(rows.decode("utf-8", "replace"), data_dir) == []


async def test_an_upload_that_broke_is_told_without_its_link(start: Start, fake: FakeScenario, tmp_path: Path) -> None:
    async with start(fake) as services:
        picture = await services.take_in(make_image(tmp_path / "first.png", (400, 320)), "At home.png")
        fake.script("POST", "/v1/(assets|uploads)", *[Drop()] * 9)
        job_id = await services.submit(replace(TEXT, mode=Mode.FRAMES, first_frame=picture), owner=LOCAL_OWNER)
        await until(services, job_id, "failed")
        evidence = await evidence_of(services, job_id)
    assert evidence["replies"]
    assert all(reply["words"] == "" and not reply["status"].isdigit() for reply in evidence["replies"])
    assert "At home" not in json.dumps(evidence)
    assert fake.bill == []


# The route


def test_the_evidence_is_a_download_that_nobody_keeps(data_dir: Path, fake: FakeScenario) -> None:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), **fake.settings()})
    services = Services(settings, providers={"scenario": Scenario}, clock=QuickClock())
    with TestClient(create_app(services), base_url="http://127.0.0.1:7860") as client:
        assert client.portal is not None
        client.portal.call(lambda: services.quote(TEXT))
        fake.script("POST", GENERATE, Instead(Reply(400, {"reason": "<script>"})))
        job_id = client.portal.call(lambda: services.submit(TEXT, owner=LOCAL_OWNER))
        client.get(f"/api/jobs/{job_id}/events")
        answer = client.get(f"/api/jobs/{job_id}/evidence.json")
        for unknown in ("0" * 32, "..", "x", job_id.upper() + "0"):
            assert client.get(f"/api/jobs/{unknown}/evidence.json").status_code == 404
    assert answer.status_code == 200
    assert (answer.json()["job_id"], answer.json()["state"]) == (job_id, "failed")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == f'attachment; filename="seedance-{job_id}.json"'
    assert answer.headers["cache-control"] == "no-store"
