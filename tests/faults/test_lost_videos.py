"""From success to the saved video: everything that can come instead of it, and what is left when nothing comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.server import AcceptThenEdit, Instead, Reply
from tests.faults.table import EXPIRED, LOCATION, NO_VIDEOS, ODD_STATUSES, reply
from tests.faults.world import PROVIDERS, Phase, World, new_world


async def test_no_fault_of_a_download_is_final(world: World, provider: str) -> None:
    """B5, B6: none of all this is a video, and the job goes on until there is one."""
    request = await world.priced(world.text())
    taken = len(world.fake.bill)
    world.break_at(Phase.DOWNLOAD, *NO_VIDEOS.values())

    snapshot = await world.run(request)

    assert world.is_saved(snapshot)
    assert len(world.fake.bill) - taken == 1
    story = await world.story(snapshot["job_id"])
    assert [one["state"] for one in story].count("succeeded") == 1
    assert {one["state"] for one in story[-3:-1]} == {"downloading"}


async def test_expired_link_is_replaced_at_once(world: World, provider: str) -> None:
    """B5: a fresh one each time, within the first minute; the card says until when it is tried."""
    request = await world.priced(world.text())
    world.break_at(Phase.DOWNLOAD, *[Instead(reply(status)) for status in EXPIRED])
    before, seen = len(world.clock.slept_s), len(world.fake.received)

    snapshot = await world.run(request)

    assert world.is_saved(snapshot)
    downloads = [one for one in world.fake.received[seen:] if one.path.startswith("/cdn/")]
    links = [one.query.get("Signature") or one.query["signature"] for one in downloads]
    assert len(links) == len(set(links)) == 5
    assert [wait_s for wait_s in world.clock.slept_s[before:] if wait_s >= 1] == [1.0, 3.0, 6.0, 10.0]
    messages = [one["message"] for one in await world.story(snapshot["job_id"])]
    assert any(message.startswith("Saving the video, and trying again until 2026-01-") for message in messages)


@pytest.mark.parametrize("percent", [1, 50, 98])
@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("rest", ["too short", "too long"])
async def test_cut_download_goes_on_where_it_ended(
    world: World, provider: str, percent: int, is_reset: bool, rest: str
) -> None:
    """B6: Range and If-Range on the same link, and every byte in the end; a rest that is too long is thrown away."""
    video = world.fake.video
    cut, more = len(video) * percent // 100, 1000
    headers = {"Content-Type": "video/mp4", "ETag": '"e"'}
    part = {**headers, "Content-Range": f"bytes {cut}-{len(video) - 1}/{len(video)}"}
    content = video[cut : cut + more] if rest == "too short" else video[cut:] + b"x"
    request = await world.priced(world.text())
    world.break_at(
        Phase.DOWNLOAD,
        Instead(Reply(200, video, headers, cut_after=cut, is_reset=is_reset)),
        Instead(Reply(206, content, part, promise_length=False)),
    )
    seen = len(world.fake.received)

    assert world.is_saved(await world.run(request))

    first, second, third = [one for one in world.fake.received[seen:] if one.path.startswith("/cdn/")]
    assert first.query == second.query == third.query
    if not is_reset:  # what a reset leaves unread is lost
        assert (second.headers["range"], second.headers["if-range"]) == (f"bytes={cut}-", '"e"')
        assert third.headers.get("range") == (f"bytes={cut + more}-" if rest == "too short" else None)


async def test_redirected_download_is_followed_without_our_key(world: World, provider: str) -> None:
    """B6, D8."""
    request = await world.priced(world.text())
    seen = len(world.fake.received)
    world.break_at(Phase.DOWNLOAD, *[Instead(Reply(302, headers={"Location": "?again=1"}))] * 2)
    world.break_at(Phase.DOWNLOAD, Instead(Reply(302, b"", LOCATION | {"Location": "//127.0.0.1:1/v.mp4"})))
    assert world.is_saved(await world.run(request))
    assert not any("authorization" in one.headers for one in world.fake.received[seen:] if one.path.startswith("/cdn/"))


# Nothing ever comes


@pytest.fixture(scope="module")
def brief_worlds(tmp_path_factory: pytest.TempPathFactory, finished_video: Path) -> Iterator[dict[str, World]]:
    """Worlds whose providers keep a job for half an hour."""
    made: dict[str, World] = {}
    video = finished_video.read_bytes()
    with (
        new_world("scenario", tmp_path_factory.mktemp("s"), video, brief=True) as made["scenario"],
        new_world("aimlapi", tmp_path_factory.mktemp("a"), video, brief=True) as made["aimlapi"],
    ):
        yield made


def without_url(body: dict[str, Any]) -> dict[str, Any]:
    """Return an answer that names no link, in the form of each provider."""
    if "asset" in body:
        return {"asset": {**body["asset"], "url": None}}
    return body if "job" in body else {**body, "video": None}


def marinating(body: dict[str, Any]) -> dict[str, Any]:
    return (
        {**body, "job": {**body["job"], "status": "marinating"}} if "job" in body else {**body, "status": "marinating"}
    )


NEVER = {
    "no answer": (Phase.POLL, Instead(reply(503)), "unknown"),
    "an answer about another job": (Phase.POLL, Instead(Reply(200, {"id": "x", "status": "completed"})), "unknown"),
    "an unknown word": (Phase.POLL, ODD_STATUSES["marinating"], "unknown"),
    "success without a link": (Phase.RESULT, AcceptThenEdit(without_url), "yes"),
    "links that have expired": (Phase.DOWNLOAD, Instead(reply(403)), "yes"),
    "what is no video": (Phase.DOWNLOAD, Instead(Reply(200, b"\0" * 20_000, {"Content-Type": "video/mp4"})), "yes"),
}
"""B5, B7, B10, B11: what never ends is left to a person with the ID, and is never a failure."""


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", NEVER)
async def test_what_never_comes_is_left_to_a_person_in_the_end(
    brief_worlds: dict[str, World], provider: str, name: str
) -> None:
    world = brief_worlds[provider]
    phase, fault, charged = NEVER[name]
    if not world.has(phase):
        phase = Phase.POLL
    request = await world.priced(world.text())
    begun = world.clock.now()
    world.break_at(phase, *[fault] * 500)

    snapshot = await world.run(request)

    assert not world.is_quiet()
    error = snapshot["error"]
    assert (snapshot["state"], error["code"], error["charged"]) == ("needs_attention", "expired", charged)
    assert snapshot["remote_id"] == world.fake.bill[-1]
    assert snapshot["remote_id"] in error["detail"]
    assert error["next_step"].endswith(".")
    assert 1800 <= (world.clock.now() - begun).total_seconds() < 5400
    assert len([one for one in await world.story(snapshot["job_id"]) if one["state"] == "failed"]) == 0


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_success_without_a_link_is_asked_about_six_times_in_a_minute(
    brief_worlds: dict[str, World], provider: str
) -> None:
    """B10: then once in a minute."""
    world = brief_worlds[provider]
    request = await world.priced(world.text())
    phase = Phase.RESULT if world.has(Phase.RESULT) else Phase.POLL
    world.break_at(phase, *[AcceptThenEdit(without_url)] * 9)
    before = len(world.clock.slept_s)
    assert world.is_saved(await world.run(request))
    assert world.is_quiet()
    waits_s = [wait_s for wait_s in world.clock.slept_s[before:] if wait_s >= 1]
    assert waits_s == [1.0, 3.0, 6.0, 10.0, 15.0, 60.0, 60.0, 60.0]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_run_of_more_than_an_hour_says_so(world: World, provider: str) -> None:
    """B11."""
    steps = world.fake.steps
    world.fake.steps = ("in-progress",) * 250 + steps if provider == "scenario" else ("generating",) * 250 + steps
    snapshot = await world.run(await world.priced(world.text()))
    world.fake.steps = steps
    assert world.is_saved(snapshot)
    messages = [one["message"] for one in await world.story(snapshot["job_id"])]
    assert messages.count("Generating. This takes long; your job keeps running") == 1
