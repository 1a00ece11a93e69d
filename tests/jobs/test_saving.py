"""From a provider's success to a video in the library: never lost, never failed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seedance_ui.domain.job import Job, JobState, JobUpdate, RemoteVideo
from seedance_ui.domain.pricing import Cost
from seedance_ui.errors import AuthenticationError, RateLimitError
from seedance_ui.jobs.runner import LEASE_S
from tests.fakes.server import FakeServer, Instead, Received, Reply, serve_range
from tests.scripted import QuickClock

if TYPE_CHECKING:
    from tests.jobs.conftest import Bench

SIGNED = "?Signature=secret"


class ImpatientClock(QuickClock):
    """Lets every wait pass at once; only the lease keeper's must not spin."""

    async def sleep(self, seconds: float) -> None:
        if seconds == LEASE_S / 3:
            await asyncio.Event().wait()
        self.slept_s.append(seconds)
        self.time += timedelta(seconds=seconds)
        self.waited_s += seconds
        await asyncio.sleep(0)


@pytest.fixture
def quick_clock() -> QuickClock:
    return ImpatientClock()


class Videos(FakeServer):
    """Serves one finished video."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def handle(self, request: Received) -> Reply:
        return serve_range(request, self.content, "video/mp4")


@pytest.fixture
def videos(finished_video: Path) -> Iterator[Videos]:
    with Videos(finished_video.read_bytes()) as server:
        yield server


class Says:
    """Finishes at once, and hands out these links, one a question; the last one again and again."""

    def __init__(self, bench: Bench, server: FakeServer, *links: str | Exception | None) -> None:
        bench.provider.setup = replace(bench.provider.setup, base_url=server.origin)
        bench.provider.on_poll = self.poll
        self.origin = server.origin
        self.links = list(links)
        self.asked = 0

    async def poll(self, job: Job) -> JobUpdate:
        self.asked += 1
        link = self.links.pop(0) if len(self.links) > 1 else self.links[0]
        if isinstance(link, Exception):
            raise link
        video = RemoteVideo(f"{self.origin}{link}{SIGNED}") if link else None
        return JobUpdate("succeeded", "Ready", video=video, cost=Cost(2.515968, "USD", "exact"))


def messages(bench: Bench, job: Job) -> str:
    return "\n".join(snapshot["message"] for _, snapshot in bench.store.events_after(job.job_id, 0))


def is_whole(bench: Bench, job: Job, videos: Videos) -> bool:
    assert job.state is JobState.SUCCEEDED
    assert not list(bench.tools.library.directory.glob("*.part"))
    return bench.tools.library.video_path(job.job_id).read_bytes() == videos.content


async def test_save_of_a_remote_video_keeps_every_byte(bench: Bench, videos: Videos) -> None:
    says = Says(bench, videos, "/v.mp4")
    bench.start_runner()
    job = await bench.until(bench.add())
    assert is_whole(bench, job, videos)
    assert job.cost == Cost(2.515968, "USD", "exact")
    assert (says.asked, len(videos.received)) == (1, 1)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_save_with_an_expired_link_asks_for_a_fresh_one(bench: Bench, videos: Videos, status: int) -> None:
    """B5."""
    videos.script("GET", "/old.mp4", Instead(Reply(status)))
    says = Says(bench, videos, "/old.mp4", "/new.mp4")
    bench.start_runner()
    job = await bench.until(bench.add())
    assert is_whole(bench, job, videos)
    assert [request.path for request in videos.received] == ["/old.mp4", "/new.mp4"]
    assert says.asked == 2
    assert "secret" not in messages(bench, job)


async def test_save_without_a_link_asks_six_times_in_a_minute_then_each_minute(bench: Bench, videos: Videos) -> None:
    """B10."""
    says = Says(bench, videos, *[None] * 9, "/v.mp4")
    bench.start_runner()
    job = await bench.until(bench.add())
    assert is_whole(bench, job, videos)
    assert bench.clock.slept_s == [1.0, 3.0, 6.0, 10.0, 15.0, 60.0, 60.0, 60.0]
    assert says.asked == 10  # the first answer was the one that said it is ready
    assert "until 2026-01-02 00:00 UTC" in messages(bench, job)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>busy</html>", {"Content-Type": "text/html"}),
        Reply(200, b"\0" * 20_000, {"Content-Type": "video/mp4"}),
        Reply(302, headers={"Location": "https://10.0.0.1/v.mp4"}),
    ],
    ids=["html", "no mp4", "private address"],
)
async def test_save_of_what_is_no_video_goes_on_until_there_is_one(bench: Bench, videos: Videos, reply: Reply) -> None:
    """B6: never a success, never a failure."""
    videos.script("GET", "/v.mp4", Instead(reply))
    Says(bench, videos, "/v.mp4")
    bench.start_runner()
    job = await bench.until(bench.add())
    assert is_whole(bench, job, videos)
    assert bench.states(job.job_id)[-2:] == ["downloading", "succeeded"]


async def test_save_of_a_body_cut_without_a_promised_length_is_done_again(bench: Bench, videos: Videos) -> None:
    """B6: only the boxes of the file tell that its end is missing."""
    half = videos.content[: len(videos.content) // 2]
    videos.script("GET", "/v.mp4", Instead(Reply(200, half, {"Content-Type": "video/mp4"}, promise_length=False)))
    Says(bench, videos, "/v.mp4")
    bench.start_runner()
    job = await bench.until(bench.add())
    assert is_whole(bench, job, videos)
    assert len(videos.received) == 2


async def test_save_past_the_retention_rests_with_the_generation_id(bench: Bench, videos: Videos) -> None:
    """B10: a person is needed; the price stays, and nothing says that it failed."""
    Says(bench, videos, None)
    spec = replace(bench.provider.spec(), retention_s=300)
    bench.provider.spec = lambda: spec  # type: ignore[method-assign]
    bench.start_runner()
    job_id = bench.add()
    job = await bench.until(job_id)
    assert job.state is JobState.NEEDS_ATTENTION
    assert job.error is not None
    assert (job.error.code, job.error.charged) == ("expired", "yes")
    assert f"remote-{job_id}" in job.error.detail
    assert job.cost == Cost(2.515968, "USD", "exact")
    assert bench.clock.slept_s == [1.0, 3.0, 6.0, 10.0, 15.0, *[60.0] * 5]


async def test_save_waits_as_long_as_the_provider_asks(bench: Bench, videos: Videos) -> None:
    Says(bench, videos, None, RateLimitError("slow down", provider="scripted", retry_after_s=77), "/v.mp4")
    bench.start_runner()
    assert is_whole(bench, await bench.until(bench.add()), videos)
    assert 77 in bench.clock.slept_s


async def test_save_with_a_refused_key_rests_with_its_id(bench: Bench, videos: Videos) -> None:
    Says(bench, videos, None, AuthenticationError("gone", provider="scripted"))
    bench.start_runner()
    job = await bench.until(bench.add())
    assert (job.state, job.remote_id) == (JobState.NEEDS_KEY, f"remote-{job.job_id}")


async def test_save_after_a_restart_asks_where_the_video_is_now(bench: Bench, videos: Videos) -> None:
    """B2, D5: links are never stored."""
    says = Says(bench, videos, "/v.mp4")
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.DOWNLOADING, remote_id="r1")
    bench.tools.library.part_path(job_id, job.epoch).write_bytes(b"half of it")
    bench.start_runner()
    assert is_whole(bench, await bench.until(job_id), videos)
    assert says.asked == 1


async def test_save_of_what_is_in_the_library_already_leaves_no_part_behind(bench: Bench, videos: Videos) -> None:
    """B4: one process died in mid-download, and the next one between the rename and its commit."""
    says = Says(bench, videos, "/v.mp4")
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="dead", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.DOWNLOADING, remote_id="r1")
    part = bench.tools.library.part_path(job_id, job.epoch)
    part.write_bytes(b"half of it")
    bench.tools.library.video_path(job_id).write_bytes(videos.content)
    bench.start_runner()
    assert is_whole(bench, await bench.until(job_id), videos)
    assert (part.exists(), says.asked) == (False, 0)


async def test_save_that_was_frozen_does_not_write_into_what_another_process_saved(
    bench: Bench, videos: Videos
) -> None:
    """A9, B4: replicas share a library, and one of them may stand still in the middle of a body."""
    Says(bench, videos, "/v.mp4")
    job_id = bench.add()
    job = bench.store.claim_next("scripted", worker="frozen", lease_s=60)
    assert job is not None
    bench.store.move(job, state=JobState.DOWNLOADING, remote_id="r1")
    with bench.tools.library.part_path(job_id, job.epoch).open("ab", buffering=0) as frozen:
        frozen.write(videos.content[:5000])
        bench.start_runner()
        saved = await bench.until(job_id)
        frozen.write(videos.content[5000:])
    assert is_whole(bench, saved, videos)


async def test_save_that_waits_is_tried_at_once_where_a_person_wants_it(
    bench: Bench, videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B8: what stood in the way may be out of it."""

    async def endless(seconds: float) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(bench.clock, "sleep", endless)
    says = Says(bench, videos, None, None, "/v.mp4")
    runner = bench.start_runner()
    job_id = bench.add()
    await bench.until_said(job_id, "trying again")
    waiting = bench.store.get(job_id)
    assert waiting is not None and waiting.state is JobState.DOWNLOADING
    assert waiting.error is not None and (waiting.error.code, waiting.error.charged) == ("cannot_save", "yes")
    runner.nudge(job_id)
    saved = await bench.until(job_id)
    assert is_whole(bench, saved, videos)
    assert saved.error is None
    assert says.asked == 3
