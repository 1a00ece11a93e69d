"""What costs nothing: no fault of a question is final (B7, B9, B11), and none of them starts a second job."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from seedance_ui.services import LOCAL_OWNER
from tests.fakes.server import AcceptThenEdit, Fault, Instead, Reply
from tests.faults.table import BODIES, KINDS, NO_ANSWERS, ODD_STATUSES, REFUSALS, RETRY_AFTER, TOO_MANY, UNCLEAR, reply
from tests.faults.world import Breaks, Phase, World


async def survive(world: World, phase: Phase, faults: Mapping[str, Fault | Breaks]) -> list[dict[str, Any]]:
    """Run one job through all these faults, one after another, and return its story.

    A fault that ended the job, or let it rest, would leave the others undone: the fixture of the world counts them.
    """
    request = await world.priced(world.text())
    taken, sent = len(world.fake.bill), world.sent(Phase.SUBMIT)
    world.break_at(phase, *faults.values())

    snapshot = await world.run(request)

    assert world.is_saved(snapshot)
    assert (len(world.fake.bill) - taken, world.sent(Phase.SUBMIT) - sent) == (1, 1)
    assert snapshot["error"] is None
    return await world.story(snapshot["job_id"])


def states(story: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(snapshot["state"] for snapshot in story))


WALK = ["queued", "uploading", "submitting", "running", "downloading", "succeeded"]


async def test_no_fault_of_a_question_is_final(world: World, provider: str) -> None:
    """B7: asked on, with the same id, until the video is there."""
    story = await survive(world, Phase.POLL, NO_ANSWERS)
    assert states(story) == WALK
    [remote_id] = {snapshot["remote_id"] for snapshot in story} - {None}
    assert remote_id == world.fake.bill[-1]
    assert max(world.clock.slept_s) <= 300
    assert any("No answer from" in snapshot["message"] for snapshot in story)


@pytest.mark.parametrize("provider", ["scenario"])
async def test_no_fault_of_the_result_is_final(world: World) -> None:
    """B9: the job is done there, and nobody says where its video is."""
    story = await survive(world, Phase.RESULT, NO_ANSWERS)
    assert states(story) == WALK


async def test_no_unknown_word_is_final(world: World, provider: str, caplog: pytest.LogCaptureFixture) -> None:
    """B11: shown as it is, written down once."""
    caplog.set_level(logging.WARNING)
    twice = {f"{name}, {n}": fault for name, fault in ODD_STATUSES.items() for n in range(2)}
    story = await survive(world, Phase.POLL, twice)
    assert states(story) == WALK
    messages = [snapshot["message"] for snapshot in story]
    assert {"marinating", "<b>done</b>", "готово", "ab"} <= set(messages)
    assert max(map(len, messages)) < 600
    noted = [record.getMessage() for record in caplog.records if "'marinating'" in record.getMessage()]
    assert len(noted) == 1


@pytest.mark.parametrize("phase", [Phase.POLL, Phase.RESULT], ids=lambda phase: phase.value)
async def test_refused_key_rests_with_the_id(world: World, provider: str, phase: Phase) -> None:
    """B7: a person is needed, and the id is kept."""
    if not world.has(phase):
        phase = Phase.POLL
    request = await world.priced(world.text())
    world.break_at(phase, Instead(reply(401)))
    snapshot = await world.run(request)
    error = snapshot["error"]
    assert (snapshot["state"], error["code"], snapshot["remote_id"]) == (
        "needs_key", "key_refused", world.fake.bill[-1],
    )  # fmt: skip
    assert error["next_step"].endswith(".")


# B15: the answered id is the asked id


async def test_answer_about_another_job_is_no_answer(world: World, provider: str) -> None:
    """B15: another's success, its video and its failure are not taken for this job's; asking goes on."""
    theirs = {"id": "another", "status": "completed", "video": {"url": f"{world.fake.origin}/cdn/another.mp4"}}
    job = {"jobId": "another", "status": "success", "metadata": {"assetIds": ["asset_of_another"]}}
    others = {
        "a success": Instead(Reply(200, {**theirs, "job": job})),
        "a failure": Instead(Reply(200, {**theirs, "status": "error", "job": {**job, "status": "failure"}})),
        "a cancelled one": Instead(Reply(200, {**theirs, "status": "canceled", "job": {**job, "status": "canceled"}})),
        "our id in another case": AcceptThenEdit(_in_another_case),
    }
    downloads = world.sent(Phase.DOWNLOAD)
    assert states(await survive(world, Phase.POLL, others)) == WALK
    assert world.sent(Phase.DOWNLOAD) - downloads == 1
    assert not any("another" in path for _, path in world.wire.seen)


def _in_another_case(body: dict[str, Any]) -> dict[str, Any]:
    if "job" in body:
        return {**body, "job": {**body["job"], "jobId": body["job"]["jobId"].upper()}}
    return {**body, "id": body["id"].swapcase()}


@pytest.mark.parametrize("provider", ["scenario"])
async def test_answer_about_another_asset_is_no_answer(world: World) -> None:
    """B15: neither is another asset's link this job's video."""
    other = {"asset": {"id": "another", "url": f"{world.fake.origin}/cdn/another.mp4", "mimeType": "video/mp4"}}
    nameless = AcceptThenEdit(lambda body: {"asset": {**body["asset"], "id": None}})
    await survive(world, Phase.RESULT, {"another": Instead(Reply(200, other)), "no id": nameless})
    assert not any("another" in path for _, path in world.wire.seen)


@pytest.mark.parametrize("provider", ["scenario"])
async def test_answer_about_another_upload_puts_no_file_of_others_into_the_video(world: World) -> None:
    request = await world.priced(world.with_files())
    other = {"upload": {"id": "another", "status": "imported", "entityId": "asset_of_another"}}
    world.break_at(Phase.IMPORT, Instead(Reply(200, other)))
    assert world.is_saved(await world.run(request))
    assert "asset_of_another" not in str(world.fake.bodies()[-1])


# The price


@pytest.mark.parametrize("provider", ["scenario"])
async def test_no_fault_of_a_price_question_costs_anything(world: World) -> None:
    """The price is unknown, nothing was ordered, and the next question is asked as ever."""
    bodies = {name: Instead(replace(body, status=269)) for name, body in BODIES.items()}
    statuses = {str(status): Instead(reply(status)) for status in (*REFUSALS, *UNCLEAR) if not 200 <= status < 300}
    sending = {f"{name} while sending": Breaks(kind) for name, kind in KINDS.items()}
    reading = {f"{name} in the answer": Breaks(kind, "reading") for name, kind in KINDS.items()}
    faults = {**sending, **reading, **statuses, **bodies}
    taken = len(world.fake.bill)
    world.break_at(Phase.PRICE, *faults.values())
    for fault, request in zip(faults, priced_apart(world, "480p"), strict=False):
        assert (await world.services.quote(request)).total.amount is None, fault
    assert world.is_quiet()
    assert (await world.services.quote(next(priced_apart(world, "720p")))).total.amount is not None
    assert len(world.fake.bill) == taken


def priced_apart(world: World, resolution: str) -> Iterator[Any]:
    """Yield requests of which each has a price of its own."""
    ratios = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive")
    for ratio, duration_s, sound in itertools.product(ratios, range(4, 16), (True, False)):
        yield world.text(aspect_ratio=ratio, duration_s=duration_s, generate_audio=sound, resolution=resolution)


# A wish to stop


CANCELS = {
    **{name: Breaks(kind) for name, kind in KINDS.items()},
    **{str(status): Instead(reply(status)) for status in (401, 403, 404, 408, 409, 429, 500, 503, 302)},
    "HTML": Instead(BODIES["HTML"]),
    "taken, and goes on all the same": Instead(Reply(200, {})),
    "reset": Instead(Reply(200, b"{", cut_after=0, is_reset=True)),
}


@pytest.mark.parametrize("provider", ["scenario"])
async def test_stop_without_a_clear_answer_is_asked_for_again_and_the_video_is_kept(world: World) -> None:
    """A12: nobody says that a job cannot be stopped before its provider did."""
    world.fake.steps = ("in-progress",)
    await world.priced(world.text())
    for name, fault in CANCELS.items():
        asked = world.sent(Phase.CANCEL)
        world.break_at(Phase.CANCEL, fault)
        job_id = await world.services.submit(world.text(), owner=LOCAL_OWNER)
        await until(world, job_id, "Generating")
        await world.services.cancel(job_id)
        await until(world, job_id, CANNOT_STOP)
        story = [snapshot["message"] for snapshot in await world.story(job_id)]
        assert (NOT_CONFIRMED in story) is (name not in REFUSED), name
        assert world.sent(Phase.CANCEL) - asked == (1 if name in REFUSED else 2), name
        world.fake.jobs[world.fake.bill[-1]].steps[:] = ["success"]
        assert world.is_saved(await world.end(job_id)), name


REFUSED = {"404", "409"}
"""As clear as the 400 that Scenario answers for most jobs."""
NOT_CONFIRMED = "Scenario has not confirmed that it stops this job. If it finishes, its video will be kept"
CANNOT_STOP = "Scenario can't stop this job. It will finish and be charged, and its video will be kept"


async def until(world: World, job_id: str, message: str) -> None:
    async for _, snapshot in world.services.watch(job_id):
        if snapshot["message"] == message:
            return
    raise AssertionError(f"it never said {message!r}")


@pytest.mark.parametrize("provider", ["scenario"])
async def test_stop_that_is_confirmed_says_who_knows_about_the_money(world: World) -> None:
    """A12."""
    world.fake.steps, world.fake.can_cancel = ("in-progress",), True
    job_id = await world.services.submit(await world.priced(world.text()), owner=LOCAL_OWNER)
    await until(world, job_id, "Generating")
    await world.services.cancel(job_id)
    snapshot = await world.end(job_id)
    world.fake.can_cancel = False
    assert snapshot["state"] == "cancelled"
    assert snapshot["message"] == "Cancelled. Your usage page at Scenario says whether it was charged"
    assert snapshot["cost"]["amount"] != 0


@pytest.mark.parametrize("provider", ["aimlapi"])
async def test_stop_where_there_is_no_way_to_asks_nobody(world: World) -> None:
    """A12: AIML API documents none."""
    world.fake.steps = ("generating",)
    job_id = await world.services.submit(world.text(), owner=LOCAL_OWNER)
    await until(world, job_id, "Generating")
    await world.services.cancel(job_id)
    await until(world, job_id, CANNOT_STOP.replace("Scenario", "AIML API"))
    world.fake.generations[world.fake.bill[-1]].steps[:] = ["completed"]
    assert world.is_saved(await world.end(job_id))
    assert {method for method, _ in world.wire.seen} == {"GET", "POST"}
    assert len([path for method, path in world.wire.seen if method == "POST"]) == 1


# 429


@pytest.mark.parametrize("value", RETRY_AFTER.values(), ids=RETRY_AFTER)
async def test_too_many_requests_wait_a_minute_at_most_in_all(world: World, provider: str, value: str) -> None:
    """A3: both further attempts together."""
    request = await world.priced(world.text())
    world.break_at(Phase.SUBMIT, *[Instead(Reply(429, b"", {"Retry-After": value}))] * 3)
    before, sent = len(world.clock.slept_s), world.sent(Phase.SUBMIT)
    snapshot = await world.run(request)
    waits_s = world.clock.slept_s[before:]
    assert (snapshot["state"], snapshot["error"]["code"], snapshot["error"]["charged"]) == (
        TOO_MANY.state, TOO_MANY.code, TOO_MANY.charged,
    )  # fmt: skip
    assert world.sent(Phase.SUBMIT) - sent == TOO_MANY.times
    assert 1 <= sum(waits_s) <= 60
    assert len(waits_s) == 2
