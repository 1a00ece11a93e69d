"""The routes of the contract, over the real services and a scripted provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from seedance_ui import __version__
from seedance_ui.config import Settings
from seedance_ui.domain.job import Job, JobUpdate
from seedance_ui.domain.request import GenerationRequest, Mode
from seedance_ui.errors import SubmitUnknownError
from seedance_ui.services import Services
from seedance_ui.web.app import create_app
from tests.scripted import QuickClock, ScriptedProvider

UNKNOWN = "0" * 32
SNAPSHOT_FIELDS = {
    "job_id", "state", "phase", "provider", "mode", "created_at", "elapsed_s", "queued_s", "eta_s", "progress",
    "message", "cost", "error", "video_url", "poster_url", "remote_id",
}  # fmt: skip


@dataclass
class Site:
    """A running application without its page."""

    client: TestClient
    services: Services
    provider: ScriptedProvider

    def submit(self, prompt: str = "a lighthouse") -> str:
        request = GenerationRequest(provider="scripted", mode=Mode.TEXT, prompt=prompt)
        portal = self.client.portal
        assert portal is not None
        return portal.call(lambda: self.services.submit(request, owner="local"))

    def events(self, job_id: str, **headers: str) -> list[tuple[int, dict[str, Any]]]:
        """Read a stream to its end."""
        text = self.client.get(f"/api/jobs/{job_id}/events", headers=headers).text
        blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\r\n\r\n") if block]
        assert {block["event"] for block in blocks} <= {"job"}
        return [(int(block["id"]), json.loads(block["data"])) for block in blocks]


@pytest.fixture
def site(data_dir: Path, finished_video: Path) -> Iterator[Site]:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(data_dir), "SCRIPTED_KEY": "k"})
    made: list[ScriptedProvider] = []

    class Scripted(ScriptedProvider):
        info = ScriptedProvider.info.__class__(id="scripted", label="Scripted", hint="")

        def __init__(self, setup: Any) -> None:
            super().__init__(setup)
            self.on_poll = self.finish(finished_video)
            made.append(self)

    services = Services(settings, providers={"scripted": Scripted}, clock=QuickClock())
    with TestClient(create_app(services), base_url="http://127.0.0.1:7860") as client:
        yield Site(client, services, made[0])


def test_healthz_says_ok_and_counts(site: Site) -> None:
    assert site.client.get("/healthz").json() == {"status": "ok", "version": __version__, "jobs": {}}
    site.events(site.submit())
    assert site.client.get("/healthz").json()["jobs"] == {"succeeded": 1}


def test_healthz_says_when_no_job_is_walked(site: Site) -> None:
    site.services._runner.stop()
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "stopped")


def test_events_replay_from_the_first_and_end_with_the_job(site: Site) -> None:
    job_id = site.submit()
    events = site.events(job_id)
    assert [seq for seq, _ in events] == list(range(1, len(events) + 1))
    states = list(dict.fromkeys(snapshot["state"] for _, snapshot in events))
    assert states == ["queued", "uploading", "submitting", "running", "downloading", "succeeded"]
    assert all(set(snapshot) == SNAPSHOT_FIELDS for _, snapshot in events)
    assert site.events(job_id) == events


def test_events_go_on_behind_the_last_one_seen(site: Site) -> None:
    job_id = site.submit()
    events = site.events(job_id)
    assert site.events(job_id, **{"Last-Event-ID": "3"}) == events[3:]
    assert site.events(job_id, **{"Last-Event-ID": "not a number"}) == events


def test_events_tell_a_browser_to_stop_coming_back_after_the_end(site: Site) -> None:
    job_id = site.submit()
    last = site.events(job_id)[-1][0]
    answer = site.client.get(f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": str(last)})
    assert answer.status_code == 204


def test_events_of_a_job_that_rests_may_be_asked_for_again_but_not_at_once(site: Site) -> None:
    """It can move on: 204 would tell a browser to stop for good."""

    async def lose_the_answer(job_id: str) -> None:
        raise SubmitUnknownError("time-out", provider="scripted")

    site.provider.on_submit = lose_the_answer
    job_id = site.submit()
    last, snapshot = site.events(job_id)[-1]
    assert snapshot["state"] == "needs_attention"
    text = site.client.get(f"/api/jobs/{job_id}/events").text
    assert text.rstrip().endswith("retry: 30000")
    again = site.client.get(f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": str(last)})
    assert (again.status_code, again.text) == (200, "")
    assert site.services._store.adopt(job_id, remote_id="late")
    went_on = site.events(job_id, **{"Last-Event-ID": str(last)})
    assert (went_on[0][0], went_on[-1][1]["state"]) == (last + 1, "succeeded")


def test_events_are_never_cached_or_held_back(site: Site) -> None:
    answer = site.client.get(f"/api/jobs/{site.submit()}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "retry: 2000" in answer.text


def test_one_job_is_the_snapshot(site: Site) -> None:
    job_id = site.submit()
    final = site.events(job_id)[-1][1]
    answer = site.client.get(f"/api/jobs/{job_id}")
    assert answer.json() == final
    assert (final["video_url"], final["poster_url"]) == (f"/media/{job_id}.mp4", f"/media/{job_id}.jpg")


def test_some_jobs_leave_out_the_unknown(site: Site) -> None:
    first, second = site.submit("one"), site.submit("two")
    answer = site.client.get("/api/jobs", params={"id": [second, UNKNOWN, "../x", first]})
    assert [snapshot["job_id"] for snapshot in answer.json()] == [second, first]
    assert site.client.get("/api/jobs").json() == []
    assert site.client.get("/api/jobs", params={"id": [f"{n:032x}" for n in range(21)]}).status_code == 400


@pytest.mark.parametrize("job_id", [UNKNOWN, "x", "..%2f..%2fetc", "0" * 31, "'; DROP TABLE jobs"])
def test_unknown_and_malformed_ids_get_the_same_answer(site: Site, job_id: str) -> None:
    """F9."""
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/cancel")):
        answer = site.client.request(method, f"/api/jobs/{job_id}{path}")
        assert answer.status_code == 404
    for ending in (".mp4", ".jpg", "-last.png"):
        assert site.client.get(f"/media/{job_id}{ending}").status_code == 404


def test_cancel_answers_202_in_every_state(site: Site) -> None:
    async def wait(job: Job) -> JobUpdate:
        return JobUpdate("running", "Generating")

    site.provider.on_poll = wait
    site.provider.confirms_cancel = True
    job_id = site.submit()
    first = site.client.post(f"/api/jobs/{job_id}/cancel")
    assert first.status_code == 202
    assert site.events(job_id)[-1][1]["state"] == "cancelled"
    again = site.client.post(f"/api/jobs/{job_id}/cancel")
    assert (again.status_code, again.json()["state"]) == (202, "cancelled")


def test_media_are_served_in_ranges(site: Site, finished_video: Path) -> None:
    job_id = site.submit()
    site.events(job_id)
    whole = site.client.get(f"/media/{job_id}.mp4")
    assert whole.content == finished_video.read_bytes()
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == "private, max-age=86400, immutable"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = site.client.get(f"/media/{job_id}.mp4", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert site.client.get(f"/media/{job_id}.mp4", headers={"Range": "bytes=99999999-"}).status_code == 416
    assert site.client.get(f"/media/{job_id}.jpg").headers["content-type"] == "image/jpeg"
    assert site.client.get(f"/media/{job_id}-last.png").headers["content-type"] == "image/png"


def test_media_of_a_job_without_a_video_are_not_found(site: Site) -> None:
    async def wait(job: Job) -> JobUpdate:
        return JobUpdate("running", "Generating")

    site.provider.on_poll = wait
    assert site.client.get(f"/media/{site.submit()}.mp4").status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_describes_the_interface(site: Site, path: str) -> None:
    """G10."""
    assert site.client.get(path).status_code == 404


def test_ways_on_answer_with_the_job_and_say_why_not(site: Site) -> None:
    """A7."""

    async def lose(job_id: str) -> None:
        raise SubmitUnknownError("the connection ended", provider="scripted")

    site.provider.on_submit = lose
    job_id = site.submit()
    site.events(job_id)
    for verb in ("check-again", "try-now", "close"):
        answer = site.client.post(f"/api/jobs/{job_id}/{verb}")
        assert (answer.status_code, answer.json()["state"]) == (202, "needs_attention"), verb
    refused = site.client.post(f"/api/jobs/{job_id}/find-video", json={"generation_id": " remote-1 "})
    assert refused.status_code == 409
    assert "no video under 'remote-1'" in refused.json()["detail"]
    assert site.client.post(f"/api/jobs/{job_id}/find-video", json={"generation_id": " "}).status_code == 422


@pytest.mark.parametrize("verb", ["check-again", "try-now", "close", "find-video", "cancel"])
def test_ways_on_of_an_unknown_job_are_not_found(site: Site, verb: str) -> None:
    for job_id in (UNKNOWN, "nonsense"):
        answer = site.client.post(f"/api/jobs/{job_id}/{verb}", json={"generation_id": "x"})
        assert answer.status_code == 404, job_id
