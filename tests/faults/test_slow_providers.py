"""Providers that are too slow: silent before the first byte, or dripping. The time-outs are small here, and real."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from seedance_ui.providers import http
from seedance_ui.providers.downloads import Limits
from tests.fakes.server import AcceptThen, AcceptThenSpoil, Hold, Instead, Reply
from tests.faults.world import Phase, World, new_world

SHORT = httpx.Timeout(0.1)
DRIPS = Reply(200, b'{"id": "gen_1", "job": {"jobId": "job_1"}}' + b" " * 10_000, drips_after=10)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory, finished_video: Path) -> Iterator[dict[str, World]]:
    """Shared worlds, whose clients lose patience soon."""
    made: dict[str, World] = {}
    video = finished_video.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TIMEOUT", "SUBMIT_TIMEOUT"):
            patch.setattr(http, name, SHORT)
        patch.setattr(http, "ANSWER_WITHIN_S", 0.1)
        with (
            new_world("scenario", tmp_path_factory.mktemp("s"), video) as made["scenario"],
            new_world("aimlapi", tmp_path_factory.mktemp("a"), video) as made["aimlapi"],
        ):
            yield made


@pytest.mark.parametrize("is_silent", [True, False], ids=["silent", "dripping"])
async def test_slow_answer_to_the_paid_request_is_an_open_question(
    world: World, provider: str, is_silent: bool
) -> None:
    """A2: it may have been taken, and is not sent again."""
    fault = Hold() if is_silent else AcceptThen(DRIPS)
    request = await world.priced(world.text())
    sent = world.sent(Phase.SUBMIT)
    world.break_at(Phase.SUBMIT, fault)
    snapshot = await world.run(request)
    if isinstance(fault, Hold):
        fault.go.set()
    error = snapshot["error"]
    assert (snapshot["state"], error["code"], error["charged"]) == ("needs_attention", "submit_unknown", "unknown")
    assert ("ReadTimeout" if is_silent else "The answer names no") in error["detail"]
    assert world.sent(Phase.SUBMIT) - sent == 1


@pytest.mark.parametrize("provider", ["aimlapi"])
async def test_slow_answer_to_the_paid_request_with_the_id_in_its_head_is_no_question(world: World) -> None:
    """A2, B3."""
    request = await world.priced(world.text())
    slow = AcceptThenSpoil(lambda whole: replace(whole, body=whole.content() + b" " * 10_000, drips_after=10))
    world.break_at(Phase.SUBMIT, slow)
    snapshot = await world.run(request)
    assert world.is_saved(snapshot)
    assert snapshot["remote_id"] == world.fake.bill[-1]


async def test_slow_answers_to_questions_are_asked_for_again(world: World, provider: str) -> None:
    """B7, E6: an answer without end holds no job for ever."""
    request = await world.priced(world.text())
    silent = Hold()
    world.break_at(Phase.POLL, silent, Instead(DRIPS))
    snapshot = await world.run(request)
    silent.go.set()
    assert world.is_saved(snapshot)


async def test_dripping_download_is_given_up_and_goes_on(world: World, provider: str) -> None:
    """B6, E6: 200 bytes a second are below 10 KB/s."""
    request = await world.priced(world.text())
    video = Reply(200, world.fake.video, {"Content-Type": "video/mp4", "ETag": '"e"'}, drips_after=1000)
    world.break_at(Phase.DOWNLOAD, Instead(video))
    downloader = world.services._tools.downloader
    real = downloader.limits, downloader.monotonic
    downloader.limits, downloader.monotonic = Limits(stall_s=0.1), time.monotonic
    seen = len(world.fake.received)
    snapshot = await world.run(request)
    downloader.limits, downloader.monotonic = real
    assert world.is_saved(snapshot)
    ranges = [one.headers.get("range") for one in world.fake.received[seen:] if one.path.startswith("/cdn/")]
    assert ranges[0] is None
    assert len(ranges) > 1
